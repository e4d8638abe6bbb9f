import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from '@jest/globals';
import { importDataSet } from './import-data-set.js';

/*
 * The Parquet fixtures hold invented questions; pyarrow made them with:
 *
 *   pq.write_table(pa.table({"Global Index": ["Tides_1", "Ethics_virtue_2", "Tides_3"],
 *     "Context": ["The quay is low.", "", "A long pier."],
 *     "Question": ["Which floods?", "Is a gull kind?", "How long?"],
 *     "Options": [["quay", "hill"], ["yes", "no"], []], "Answer": ["A", "B", "9"]}),
 *     "routerarena_questions.parquet", row_group_size=2)
 *   pq.write_table(pa.table({"global_index": ["Tides_1", "Ethics_virtue_2"],
 *     "llm_selected": ["lab/small"] * 2, "generated_answer": ["A", "no"],
 *     "token_usage": [{"input_tokens": 11, "output_tokens": 3}] * 2, "success": [True, True],
 *     "evaluation_result": [{"score": 1.0, "inference_cost": 0.002},
 *                           {"score": 0.5, "inference_cost": 0.0}]}),
 *     "routerarena_results.parquet", compression="zstd")
 */
const fixture = (name: string) => join(import.meta.dirname, 'fixtures', name);
const root = mkdtempSync(join(tmpdir(), 'zerorouter-routerarena-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let worlds = 0;
function world(files: Record<string, string>): string {
  const folder = join(root, `world-${++worlds}`);
  mkdirSync(folder);
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, name.endsWith('.gz') ? gzipSync(text) : text);
  }
  return folder;
}

let runs = 0;
async function run(from: string) {
  const outDir = join(root, `out-${++runs}`);
  const summary = await importDataSet({ format: 'routerarena', from, outDir });
  const read = (name: string) => readFileSync(join(outDir, name), 'utf8').trim();
  return {
    summary,
    read,
    queries: read('queries.jsonl')
      .split('\n')
      .map((line) => JSON.parse(line) as object),
    outcomes: read('outcomes.csv').split('\n').slice(1),
  };
}

const lines = (...rows: object[]) => `${rows.map((row) => JSON.stringify(row)).join('\n')}\n`;
const cached = (index: string, score: number | null, change: object = {}) => ({
  global_index: index,
  question: `Prompt of ${index}`,
  llm_selected: 'lab/ant',
  generated_answer: 'abc',
  token_usage: { input_tokens: 9, output_tokens: 2, total_tokens: 11 },
  success: true,
  provider: 'p',
  error: null,
  run_number: 1,
  evaluation_result: score === null ? null : { score, metric: 'mcq', inference_cost: 0.01 },
  ...change,
});

describe('RouterArena', () => {
  it('reads a clone: cached results, then predictions, with prompts and prices', async () => {
    const from = world({
      'dataset/router_data.json': JSON.stringify([
        { prompt_formatted: 'As sent.', 'global index': 'AIME_1' },
      ]),
      'dataset/router_robustness.json': JSON.stringify([
        { prompt_formatted: 'aS sEnt', 'global index': 'AIME_1' },
      ]),
      'cached_results/lab_ant.jsonl.gz': lines(
        cached('AIME_1', 0, { run_number: 2 }),
        cached('AIME_1', 1),
        cached('Ethics_virtue_7', 0.5, { run_number: 2 }),
        cached('Ethics_virtue_7', 1, { run_number: 3 }),
        cached('AIME_2', null),
        cached('AIME_3', 1, { success: false }),
      ),
      'router_inference/predictions/example.json': JSON.stringify([
        {
          'global index': 'AIME_1',
          prompt: 'As sent.',
          prediction: 'bee',
          generated_result: { generated_answer: 'no', success: true, token_usage: {} },
          cost: 0,
          accuracy: 1.0,
        },
        {
          'global index': 'AIME_1',
          prompt: 'x',
          prediction: 'lab/ant',
          generated_result: { success: true },
          cost: 1,
          accuracy: 0,
        },
        {
          'global index': 'AIME_2',
          prompt: 'x',
          prediction: 'bee',
          generated_result: null,
          cost: null,
          accuracy: null,
        },
      ]),
      'model_cost/cost.json': JSON.stringify({
        'lab/ant': { input_token_price_per_million: 0.5, output_token_price_per_million: 2 },
        other: { input_token_price_per_million: 1, output_token_price_per_million: 1 },
      }),
      'README.json': '{"not": "read"}',
    });
    const { summary, queries, outcomes, read } = await run(from);
    expect(queries).toEqual([
      { id: 'AIME_1', benchmark: 'AIME', text: 'As sent.' },
      { id: 'Ethics_virtue_7', benchmark: 'Ethics_virtue', text: 'Prompt of Ethics_virtue_7' },
    ]);
    expect(outcomes).toEqual([
      'AIME_1,lab/ant,1,9,2,0.01,',
      'Ethics_virtue_7,lab/ant,0.5,9,2,0.01,',
      'AIME_1,bee,1,,,,',
    ]);
    expect(JSON.parse(read('models.json'))).toEqual({
      'lab/ant': {
        input_price_per_mtok: 0.5,
        output_price_per_mtok: 2,
        price_source: 'RouterArena model_cost/cost.json',
      },
    });
    expect(summary).toMatchObject({ queries: 2, models: 2, unscored: 3, duplicates: 3 });
  });

  it('reads Parquet: questions laid out with lettered options, counts of 64 bits', async () => {
    const from = world({});
    copyFileSync(fixture('routerarena_questions.parquet'), join(from, 'full.parquet'));
    copyFileSync(fixture('routerarena_results.parquet'), join(from, 'results.parquet'));
    const { queries, outcomes } = await run(from);
    expect(queries).toEqual([
      {
        id: 'Tides_1',
        benchmark: 'Tides',
        text: 'The quay is low.\n\nWhich floods?\n\nA. quay\nB. hill',
      },
      {
        id: 'Ethics_virtue_2',
        benchmark: 'Ethics_virtue',
        text: 'Is a gull kind?\n\nA. yes\nB. no',
      },
    ]);
    expect(outcomes).toEqual([
      'Tides_1,lab/small,1,11,3,0.002,',
      'Ethics_virtue_2,lab/small,0.5,11,3,,',
    ]);
  });

  it.each<[Record<string, string>, RegExp]>([
    [{ 'a.jsonl': lines(cached('A_1', 1), cached('A_2', 1.5)) }, /a\.jsonl:2: score is 1\.5/],
    [{ 'a.jsonl': `${lines(cached('A_1', 1))}{oops\n` }, /a\.jsonl:2: not valid JSON/],
    [{ 'a.jsonl': lines({ foo: 1 }) }, /a\.jsonl:1: the entry is none of RouterArena/],
    [{ 'a.jsonl': lines(cached('A_1', 1), { foo: 1 }) }, /a\.jsonl:2: the entry is no result/],
    [{ 'a.jsonl': lines(cached('A_1', 1, { question: '' })) }, /a\.jsonl:1: no prompt for "A_1"/],
    [{ 'a.jsonl': lines(cached('A_1', null)) }, /holds no scored answer/],
    [{ 'a.parquet': 'PAR?' }, /a\.parquet: is no readable Parquet file/],
    [{ 'notes.txt': '' }, /holds no \.jsonl, \.json or \.parquet/],
    [
      {
        'a.jsonl': lines(cached('A_1', 1)),
        'cost.json': '{"lab/ant": {"input_token_price_per_million": "low"}}',
      },
      /cost\.json: lab\/ant: input_token_price_per_million is no price/,
    ],
  ])('refuses malformed files with their place (%#)', async (files, message) => {
    await expect(run(world(files))).rejects.toThrow(message);
  });
});
