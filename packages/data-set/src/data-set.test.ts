import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readDataSet } from './data-set.js';
import { questionStem, textHash } from './queries.js';

const QUERIES = '{"id":"q1","benchmark":"b","text":"One?"}\n{"id":2,"text":"Two?"}\n';
const HEADER = 'query_id,model,score,input_tokens,output_tokens,cost_usd,latency_s\n';

describe('readDataSet', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'zerorouter-data-set-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const write = (name: string, content: string | Uint8Array) =>
    writeFileSync(join(folder, name), content);

  it('reads a folder, gzipped or not, with blanks as unknown', async () => {
    write('queries.jsonl.gz', gzipSync(QUERIES));
    write('outcomes.csv', `${HEADER}q1,m,1,,5,,\n2,m,0.5,7,,0.01,2\n`);
    const { queries, outcomes } = await readDataSet(folder);
    expect(queries).toEqual([
      { id: 'q1', benchmark: 'b', text: 'One?' },
      { id: '2', benchmark: '', text: 'Two?' },
    ]);
    expect(outcomes.models).toEqual(['m']);
    expect(Array.from(outcomes.score)).toEqual([1, 0.5]);
    expect(Array.from(outcomes.inputTokens)).toEqual([NaN, 7]);
  });

  it.each([
    ['a query without text', `${QUERIES}{"id":"q3"}\n`, `${HEADER}q1,m,1,,,,\n`, /queries.jsonl:3/],
    ['an id that comes twice', `${QUERIES}${QUERIES}`, `${HEADER}q1,m,1,,,,\n`, /queries.jsonl:3/],
    ['a score beyond 1', QUERIES, `${HEADER}q1,m,1.5,,,,\n`, /outcomes.csv:2/],
    ['an outcome of no query', QUERIES, `${HEADER}q1,m,1,,,,\nq9,m,1,,,,\n`, /outcomes.csv:3/],
  ])('names file and line of %s', async (_, queries, outcomes, place) => {
    write('queries.jsonl', queries);
    write('outcomes.csv', outcomes);
    await expect(readDataSet(folder)).rejects.toMatchObject({ code: 'bad_input' });
    await expect(readDataSet(folder)).rejects.toThrow(place);
  });
});

describe('textHash', () => {
  it('is the same for copies that differ in form, case and white space, and for no others', () => {
    expect(textHash('  What is\n ﬁve? ')).toBe(textHash('what is five?'));
    expect(textHash('what is five')).not.toBe(textHash('what is five?'));
  });
});

describe('questionStem', () => {
  it('is that of the last question, without its options', () => {
    const question = 'Which of these planets is the largest in the solar system?';
    const shots = `Q: an example\nA: its answer\n\n${question}\nA. Mars\nB. Jupiter`;
    expect(questionStem(shots)).toBe(questionStem(`${question}\n(A) Venus\n(B) Jupiter`));
    expect(questionStem(shots)).not.toBe(questionStem('Which is the smallest planet of all then?'));
  });
});
