import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readCsv } from '@zerorouter/data-set';
import { predictToFile } from '../../predict/predict-queries.js';
import type { RunContext } from './run-context.js';
import { writeQueries } from './write-data-set.js';

/** What `predict` wrote: queries × models, row-major; NaN where it left a blank. */
export interface PredictionMatrix {
  readonly models: readonly string[];
  readonly probability: Float64Array;
  readonly costUsd: Float64Array;
}

/**
 * Runs `predict` on files that hold the texts alone, and reads what it wrote.
 *
 * @param queries query numbers, @param models whole names of subjects and onboarded models.
 */
export async function predictMatrix(
  context: RunContext,
  stage: string,
  spaceDir: string,
  profilesFiles: readonly string[],
  queries: readonly number[],
  models: readonly string[],
): Promise<PredictionMatrix> {
  const cells = queries.length * models.length;
  const probability = new Float64Array(cells).fill(NaN);
  const costUsd = new Float64Array(cells).fill(NaN);
  if (cells === 0) return { models, probability, costUsd };
  mkdirSync(context.workDir, { recursive: true });
  const folder = mkdtempSync(join(context.workDir, 'predict-'));
  const queriesFile = join(folder, 'queries.jsonl');
  const outFile = join(folder, 'predictions.csv');
  writeQueries(
    queriesFile,
    queries.map((q, i) => ({ id: String(i), text: context.data.queries[q]!.text })),
  );
  await predictToFile(
    { spaceDir, profilesFiles, queriesFile, models, outFile },
    context.encoder,
    (progress) => context.onProgress({ ...progress, stage: `${stage}: ${progress.stage}` }),
  );
  const column = new Map(models.map((model, m) => [model, m]));
  for await (const { cells: row } of readCsv(outFile, {
    required: ['query_id', 'model', 'p', 'cost_usd'],
  })) {
    const m = column.get(row[1]!);
    // A name may hold a "*" and so admit others.
    if (m === undefined) continue;
    const at = Number(row[0]) * models.length + m;
    probability[at] = Number(row[2]);
    if (row[3] !== '') costUsd[at] = Number(row[3]);
  }
  rmSync(folder, { recursive: true, force: true });
  return { models, probability, costUsd };
}
