import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from '@jest/globals';
import { importDataSet } from './import-data-set.js';

const root = mkdtempSync(join(tmpdir(), 'zerorouter-llmrouterbench-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let worlds = 0;
/** Writes files below a fresh folder. */
function world(files: Record<string, unknown>): string {
  const folder = join(root, `world-${++worlds}`);
  mkdirSync(folder);
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    const text = typeof content === 'string' ? content : JSON.stringify(content, null, 2);
    writeFileSync(path, name.endsWith('.gz') ? gzipSync(text) : text);
  }
  return folder;
}

async function run(from: string) {
  const outDir = join(root, `out-${worlds}-${Math.floor(performance.now() * 1000)}`);
  const summary = await importDataSet({ format: 'llmrouterbench', from, outDir });
  const read = (name: string) => readFileSync(join(outDir, name), 'utf8').trim().split('\n');
  return { summary, queries: read('queries.jsonl'), outcomes: read('outcomes.csv').slice(1), read };
}

const record = (index: number, score: unknown, change: object = {}) => ({
  index,
  origin_query: `q${index}`,
  prompt: `Solve q${index}.`,
  score,
  prompt_tokens: 7,
  completion_tokens: 5,
  cost: 0.002,
  raw_output: 'four',
  ...change,
});
const result = (records: unknown[], change: object = {}) => ({
  performance: 0.5,
  model_name: 'maker/ant',
  dataset_name: 'sums',
  split: 'test',
  demo: false,
  records,
  ...change,
});

describe('LLMRouterBench', () => {
  it('reads the newest run that is no demo of every data set, split and model', async () => {
    const run1 = 'results/bench/sums/test/ant/sums-test-ant';
    const from = world({
      [`${run1}-20250101_000000.json`]: result([record(1, 0)]),
      [`${run1}-20250301_120000.json.gz`]: result([
        record(1, 1),
        record(2, null),
        record(3, true, { prompt: '', cost: 0, raw_output: null }),
      ]),
      [`${run1}-20250401_000000.json`]: result([record(1, 0)], { demo: true }),
      // The README's shorter form: names come from the path.
      'results/bench/sums/test/bee/r-20250101_000000.json': {
        performance: 1,
        records: [record(1, 0.5, { prompt: 'solve Q1. ' }), record(2, 0, { prompt: 'Another.' })],
      },
      'config/unrelated.json': { nothing: true },
    });
    const { summary, queries, outcomes, read } = await run(from);
    expect(queries.map((line) => JSON.parse(line) as object)).toEqual([
      { id: 'sums/test/1', benchmark: 'sums', text: 'Solve q1.' },
      { id: 'sums/test/3', benchmark: 'sums', text: 'q3' },
      { id: 'sums/test/2', benchmark: 'sums', text: 'Another.' },
    ]);
    expect(outcomes).toEqual([
      'sums/test/1,maker/ant,1,7,5,0.002,',
      'sums/test/3,maker/ant,1,7,5,,',
      'sums/test/1,bee,0.5,7,5,0.002,',
      'sums/test/2,bee,0,7,5,0.002,',
    ]);
    expect(read('output_chars.csv')).toHaveLength(4);
    expect(summary).toMatchObject({ queries: 3, models: 2, outcomes: 4, unscored: 1 });
  });

  it('keeps a changed prompt under the same number apart', async () => {
    const { summary, queries } = await run(
      world({
        'sums/test/ant/a-20250101_000000.json': result([record(1, 1)]),
        'sums/test/bee/b-20250101_000000.json': result([record(1, 1, { prompt: 'Reworded.' })], {
          model_name: 'bee',
        }),
      }),
    );
    expect(summary).toMatchObject({ queries: 2, variants: 1 });
    expect((JSON.parse(queries[1]!) as { id: string }).id).toMatch(/^sums\/test\/1#[\da-f]{8}$/);
  });

  it.each([
    [result([record(1, 1), record(2, 85)]), /r\.json:18: record 2: score is 85, expected a score/],
    [result([record(1, 'x')]), /record 1: score is "x"/],
    [result([{ index: 1, prompt: 'p' }]), /record 1: score is missing/],
    [
      result([record(1, 1, { prompt: null, origin_query: ' ' })]),
      /prompt and origin_query are blank/,
    ],
    [result([7]), /record 1: the record is no object/],
    [result([record(1, 1, { completion_tokens: -4 })]), /completion_tokens is -4/],
    [{ records: [record(1, 1)] }, /record 1: dataset_name is missing/],
    [{ performance: 1 }, /r\.json: has no list "records"/],
    ['{"records": [', /r\.json:1: ends in the middle/],
  ])('refuses a malformed result with its place', async (content, message) => {
    await expect(run(world({ 'r.json': content }))).rejects.toThrow(message);
  });

  it('says what to do when there is no result', async () => {
    await expect(run(world({ 'bench.tar.gz': 'x' }))).rejects.toThrow(/extract the release/);
  });
});
