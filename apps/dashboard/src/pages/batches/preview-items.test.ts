import { describe, expect, it } from '@jest/globals';
import { previewItems } from './preview-items.js';

const file = (...lines: string[]) => new Blob([lines.join('\n')]);
const item = (i: number, query = 'Why?') => JSON.stringify({ custom_id: `q-${i}`, query });

describe('previewItems', () => {
  it('counts the items of a small file and shows the first', async () => {
    const lines = Array.from({ length: 7 }, (_, i) => item(i));
    const preview = await previewItems(file(...lines, '', ''));
    expect(preview).toMatchObject({ count: 7, exact: true, problem: null });
    expect(preview.items.map(({ custom_id }) => custom_id)).toEqual([
      'q-0',
      'q-1',
      'q-2',
      'q-3',
      'q-4',
    ]);
  });

  it('names the first line that is no item, and why', async () => {
    expect((await previewItems(file(item(0), '', '{"custom_id":'))).problem).toMatchObject({
      line: 3,
      message: expect.stringMatching(/^is no JSON/),
    });
    expect((await previewItems(file('{"custom_id":"a"}'))).problem).toMatchObject({
      line: 1,
      message: expect.stringMatching(/give either "query"/),
    });
    expect(
      (await previewItems(file(item(0), '{"custom_id":"a","query":"x","no":1}'))).problem,
    ).toEqual({ line: 2, message: 'Unrecognized key: "no"' });
    expect((await previewItems(file('', ' '))).problem?.message).toMatch(/no items/);
  });

  it('judges a large file by its beginning', async () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => item(i, `Question ${i}?`));
    const preview = await previewItems(file(...lines));
    expect(preview).toMatchObject({ exact: false, problem: null });
    expect(Math.abs(preview.count - 20_000)).toBeLessThan(600);
    const one = await previewItems(file(item(0, 'x'.repeat(300_000))));
    expect(one.problem?.message).toMatch(/longer than/);
  });
});
