import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { seededRandom, sigmoid } from '@zerorouter/latent-space';
import { readDataSets } from '@zerorouter/data-set';
import { calibrateDataSets } from '../calibrate/calibrate.js';
import { readSpaceFolder } from '../space/space-folder.js';
import { importDataSet } from './import-data-set.js';

jest.setTimeout(240_000);

const root = mkdtempSync(join(tmpdir(), 'zerorouter-import-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const ABILITIES = { 'lab/ant': -1, 'lab/bee': 0, 'lab/cat': 1, 'lab/dog': 2 };

/** LLMRouterBench files of invented sums, harder with every term, answered by known abilities. */
function writeSource(queries: number): string {
  const source = join(root, `source-${queries}`);
  const random = seededRandom(5);
  const texts = Array.from({ length: queries }, (_, q) => {
    const terms = Array.from({ length: 2 + (q % 6) }, () => random.integer(900));
    return { terms: terms.length, text: `Case ${q}: what is ${terms.join(' + ')}?` };
  });
  for (const [model, ability] of Object.entries(ABILITIES)) {
    const folder = join(source, 'sums', 'test', model.replace('/', '_'));
    mkdirSync(folder, { recursive: true });
    const records = texts.map(({ terms, text }, q) => ({
      index: q + 1,
      prompt: text,
      score: random.uniform() < sigmoid(2 * (ability - terms / 2 + 2)) ? 1 : 0,
      prompt_tokens: 4 * terms,
      completion_tokens: 20 * terms,
      cost: 1e-5 * terms,
      raw_output: 'x'.repeat(60 * terms),
    }));
    writeFileSync(
      join(folder, 'sums-20250101_000000.json'),
      JSON.stringify({
        dataset_name: 'sums',
        split: 'test',
        model_name: model,
        demo: false,
        records,
      }),
    );
  }
  return source;
}

describe('importDataSet', () => {
  it('writes a folder that the reader reads back and that can be calibrated', async () => {
    const outDir = join(root, 'sums');
    const summary = await importDataSet({
      format: 'llmrouterbench',
      from: writeSource(120),
      outDir,
    });
    expect(summary).toMatchObject({ queries: 120, models: 4, outcomes: 480 });

    const [dataSet] = await readDataSets([outDir]);
    expect(dataSet!.queries).toHaveLength(120);
    expect(dataSet!.outcomes.models).toEqual(Object.keys(ABILITIES));
    expect(dataSet!.outcomes.costUsd[0]).toBeCloseTo(2e-5, 12);
    expect(dataSet!.outcomes.outputChars[1]).toBe(180);

    const space = join(root, 'space');
    await calibrateDataSets({
      dataDirs: [outDir],
      options: { dimensions: 1, seed: 1 },
      encoder: { kind: 'use-lite', precision: 'int8', cacheDir: join(root, 'encoder') },
      outDir: space,
    });
    const { manifest, subjects } = readSpaceFolder(space);
    expect(manifest.counts).toEqual({ queries: 120, items: 120, subjects: 4, outcomes: 480 });
    const ability = (model: string) =>
      subjects.find((subject) => subject.model === `sums/${model}`)!.ability.mean[0]!;
    expect(ability('lab/dog')).toBeGreaterThan(ability('lab/ant'));
  });

  it('writes the same bytes again', async () => {
    const from = writeSource(20);
    const [once, again] = [join(root, 'once'), join(root, 'again')];
    for (const outDir of [once, again])
      await importDataSet({ format: 'llmrouterbench', from, outDir });
    for (const file of readdirSync(once))
      expect(readFileSync(join(again, file)).equals(readFileSync(join(once, file)))).toBe(true);
  });

  it('leaves nothing behind when the source is refused halfway', async () => {
    const parent = join(root, 'parent');
    mkdirSync(parent);
    const from = join(root, 'bad.csv');
    writeFileSync(
      from,
      'prompt_id,label,model_name,prompt\n1,1,m,One?\n2,1,m,Two?\n3,nine,m,Three?\n',
    );
    const outDir = join(parent, 'out');
    await expect(importDataSet({ format: 'embedllm', from, outDir })).rejects.toThrow(/bad\.csv:4/);
    expect(readdirSync(parent)).toEqual([]);
  });

  it('touches no folder that holds something, and fills an empty one', async () => {
    const from = join(root, 'good.csv');
    writeFileSync(from, 'prompt_id,label,model_name,prompt\n1,1,m,One?\n');
    const outDir = join(root, 'taken');
    mkdirSync(outDir);
    writeFileSync(join(outDir, 'mine.txt'), 'mine');
    await expect(importDataSet({ format: 'embedllm', from, outDir })).rejects.toThrow(
      /exists already; choose another --out/,
    );
    expect(readdirSync(outDir)).toEqual(['mine.txt']);
    rmSync(join(outDir, 'mine.txt'));
    await importDataSet({ format: 'embedllm', from, outDir });
    expect(readdirSync(outDir).sort()).toEqual(['outcomes.csv', 'queries.jsonl']);
  });

  it('says when the source does not exist', async () => {
    const outDir = join(root, 'never');
    await expect(
      importDataSet({ format: 'routerbench', from: join(root, 'nothing.pkl'), outDir }),
    ).rejects.toThrow(/nothing\.pkl: does not exist/);
    expect(existsSync(outDir)).toBe(false);
  });
});
