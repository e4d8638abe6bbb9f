import { describe, expect, it } from '@jest/globals';
import type { QueryLatents } from '@zerorouter/contracts';
import { rememberLatents } from './remember-latents.js';

function harness(capacity: number) {
  const asked: string[] = [];
  let closed = false;
  const predictor = rememberLatents(
    {
      predict: (text) => {
        asked.push(text);
        if (text === 'bad') return Promise.reject(new Error('no'));
        return Promise.resolve({ inputTokens: text.length } as QueryLatents);
      },
      close: () => Promise.resolve(void (closed = true)),
    },
    capacity,
  );
  return { asked, predictor, isClosed: () => closed };
}

describe('rememberLatents', () => {
  it('places a text once, also while it is being placed', async () => {
    const { asked, predictor } = harness(3);
    const both = await Promise.all([predictor.predict('aa'), predictor.predict('aa')]);
    expect(both.map(({ inputTokens }) => inputTokens)).toEqual([2, 2]);
    expect((await predictor.predict('aa')).inputTokens).toBe(2);
    expect(asked).toEqual(['aa']);
  });

  it('forgets what was not asked for the longest', async () => {
    const { asked, predictor } = harness(2);
    for (const text of ['a', 'b', 'a', 'c', 'a', 'b']) await predictor.predict(text);
    expect(asked).toEqual(['a', 'b', 'c', 'b']);
  });

  it('does not remember a failure, and closes what it stands for', async () => {
    const { asked, predictor, isClosed } = harness(2);
    await expect(predictor.predict('bad')).rejects.toThrow('no');
    await expect(predictor.predict('bad')).rejects.toThrow('no');
    expect(asked).toEqual(['bad', 'bad']);
    await predictor.close();
    expect(isClosed()).toBe(true);
  });
});
