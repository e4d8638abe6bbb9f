import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { JsonElement } from './json-array.js';
import { readJsonArray } from './json-array.js';

const folder = mkdtempSync(join(tmpdir(), 'zerorouter-json-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function read(
  text: string,
  member: string | null,
): Promise<{ elements: JsonElement[]; header: Record<string, unknown> }> {
  const path = join(folder, 'file.json');
  writeFileSync(path, text);
  const header = {};
  const elements: JsonElement[] = [];
  for await (const element of readJsonArray(path, member, header)) elements.push(element);
  return { elements, header };
}

describe('readJsonArray', () => {
  it('yields the elements of one member with their lines, and the rest as header', async () => {
    const document = {
      name: 'a "b" [c]',
      nested: { records: [1, 2], list: [[], {}] },
      records: [{ q: 'x,]}"\\' }, [1, [2]], 'text', null, -1.5],
      after: [true],
    };
    const { elements, header } = await read(JSON.stringify(document, null, 1), 'records');
    expect(elements.map(({ value }) => value)).toEqual(document.records);
    expect(elements.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4]);
    expect(elements.map(({ line }) => line)).toEqual([14, 17, 23, 24, 25]);
    expect(header).toEqual({ name: document.name, nested: document.nested, after: [true] });
  });

  it('does not depend on where the file is cut into chunks', async () => {
    // Larger than several 64 kB chunks, with escapes and braces at many offsets.
    const records = Array.from({ length: 4000 }, (_, i) => ({
      i,
      text: '\\"}],{[é🌊'.repeat(i % 17),
    }));
    const { elements } = await read(JSON.stringify({ records }), 'records');
    expect(elements.map(({ value }) => value)).toEqual(records);
    expect((await read(JSON.stringify(records), null)).elements).toHaveLength(4000);
  });

  it('takes an empty list, and NaN as Python writes it', async () => {
    expect((await read('{"records": [ ]}', 'records')).elements).toEqual([]);
    const { elements } = await read('[{"score": NaN, "text": "NaN", "x": -Infinity}]', null);
    expect(elements[0]!.value).toEqual({ score: null, text: 'NaN', x: null });
  });

  it.each([
    ['{"records": [1,\n{"a" 2}]}', 'records', /file\.json:2: element 2 is not valid JSON/],
    ['{"records": [1,\n2,]}', 'records', /file\.json:2: element 3 is not valid JSON/],
    ['{"records": [1,\n2', 'records', /file\.json:2: ends in the middle/],
    ['{"records": [1}]', 'records', /file\.json:1: has a "}" that closes nothing/],
    ['{"other": [1]}', 'records', /file\.json: has no list "records"/],
    ['{"records": 3}', 'records', /file\.json: has no list "records"/],
    ['[1]', 'records', /file\.json:1: is no JSON object with a list "records"/],
    ['{"a": 1}', null, /file\.json:1: is no JSON list/],
    ['[1] [2]', null, /file\.json:1: is not valid JSON/],
    ['hello', null, /file\.json:1: is not valid JSON/],
    ['', null, /file\.json:1: ends in the middle/],
  ])('refuses %j', async (text, member, message) => {
    await expect(read(text, member)).rejects.toThrow(message);
  });
});
