import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from '@jest/globals';
import { importDataSet } from './import-data-set.js';

const root = mkdtempSync(join(tmpdir(), 'zerorouter-embedllm-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let worlds = 0;
function world(files: Record<string, string>): string {
  const folder = join(root, `world-${++worlds}`);
  mkdirSync(folder);
  for (const [name, text] of Object.entries(files))
    writeFileSync(join(folder, name), name.endsWith('.gz') ? gzipSync(text) : text);
  return folder;
}

let runs = 0;
async function run(from: string, limit?: number) {
  const outDir = join(root, `out-${++runs}`);
  const summary = await importDataSet({
    format: 'embedllm',
    from,
    outDir,
    ...(limit === undefined ? {} : { limit }),
  });
  const read = (name: string) => readFileSync(join(outDir, name), 'utf8').trim().split('\n');
  return {
    summary,
    queries: read('queries.jsonl').map((line) => JSON.parse(line) as object),
    outcomes: read('outcomes.csv').slice(1),
  };
}

const HEADER = 'prompt_id,model_id,category_id,label,model_name,category,prompt';

describe('EmbedLLM', () => {
  it('reads its tables; a label under several variants becomes their mean', async () => {
    const from = world({
      'train.csv.gz': `${HEADER}
7,0,3,1,lab__ant,gpqa_a,"One, two?"
7,1,3,0,lab__bee,gpqa_a,"One, two?"
7,0,4,0,lab__ant,gpqa_b,"One, two? "
`,
      'test.csv': `${HEADER}\n2,0,1,1,lab__ant,mmlu,Three?\n`,
    });
    const { summary, queries, outcomes } = await run(from);
    expect(queries).toEqual([
      { id: '7', benchmark: 'gpqa_a', text: 'One, two?' },
      { id: '2', benchmark: 'mmlu', text: 'Three?' },
    ]);
    expect(outcomes).toEqual(['7,lab__ant,0.5,,,,', '7,lab__bee,0,,,,', '2,lab__ant,1,,,,']);
    expect(summary).toEqual({
      queries: 2,
      models: 2,
      outcomes: 3,
      unscored: 0,
      duplicates: 1,
      variants: 0,
      files: ['outcomes.csv', 'queries.jsonl'],
    });
    expect((await run(from, 1)).outcomes).toEqual(['7,lab__ant,0.5,,,,', '7,lab__bee,0,,,,']);
  });

  it('takes prompts and names from the order files', async () => {
    const { queries, outcomes } = await run(
      world({
        'question_order.csv': 'prompt_id,prompt\n0,"Zero?"\n1,One?\n',
        'model_order.csv': 'model_id,model_name\n5,lab/cat\n',
        'val.csv': 'prompt_id,model_id,label\n1,5,1\n',
      }),
    );
    expect(queries).toEqual([{ id: '1', benchmark: '', text: 'One?' }]);
    expect(outcomes).toEqual(['1,lab/cat,1,,,,']);
  });

  it('grows its columns as far as there are prompts', async () => {
    const rows = Array.from({ length: 3000 }, (_, i) => `${i},0,0,${i % 2},m,c,Question ${i}?`);
    const { outcomes } = await run(world({ 'train.csv': `${HEADER}\n${rows.join('\n')}\n` }));
    expect(outcomes).toHaveLength(3000);
    expect(outcomes[2999]).toBe('2999,m,1,,,,');
    expect(outcomes[2998]).toBe('2998,m,0,,,,');
  });

  it.each<[Record<string, string>, RegExp]>([
    [{ 'train.csv': `${HEADER}\n1,0,0,2,m,c,Q?\n` }, /train\.csv:2: label is 2, expected a score/],
    [
      { 'train.csv': `${HEADER}\n1,0,0,1,m,c,Q?\n1,1,0,1,n,c,R?\n` },
      /train\.csv:3: prompt_id "1" came with another/,
    ],
    [{ 'train.csv': `${HEADER}\n1,0,0,1,,c,Q?\n` }, /train\.csv:2: model_name .* is missing/],
    [{ 'train.csv': `${HEADER}\n1,0,0,1,m,c,\n` }, /train\.csv:2: prompt is blank/],
    [{ 'train.csv': 'prompt_id,prompt\n1,Q?\n' }, /train\.csv:1: column "label" missing/],
    [
      {
        'train.csv': `${HEADER}\n1,0,0,1,m,c,Q?\n`,
        'question_order.csv': 'prompt_id,prompt\n1,Q?\n1,R?\n',
      },
      /question_order\.csv:3: prompt_id "1" stands already/,
    ],
    [{ 'other.csv': '' }, /holds none of train\.csv/],
  ])('refuses malformed files with their line (%#)', async (files, message) => {
    await expect(run(world(files))).rejects.toThrow(message);
  });
});
