import { seededRandom } from '@zerorouter/latent-space';
import type { BaselineSet, MethodForecasts } from '../baselines/baseline-set.js';
import { OURS } from '../baselines/methods.js';
import { predictMatrix } from '../run/predict-matrix.js';
import type { RunContext } from '../run/run-context.js';
import type { CellRow, RowName } from './cell-row.js';
import { judgeRow } from './cell-row.js';
import type { JudgedModels } from './judged-models.js';
import { judgeModels } from './judged-models.js';

/** A judged subject and who stands for it in a space. */
export interface SeenModel {
  readonly subject: number;
  /** Its own name in the space, or the names of the same model under other harnesses. */
  readonly names: readonly string[];
  /** Subjects whose training labels the baselines use for it. */
  readonly labels: readonly number[];
}

/** Forecasts of all methods for some models on some queries. */
export interface ModelForecasts {
  readonly judged: JudgedModels;
  readonly methods: MethodForecasts;
  /** Our predicted cost of each call, queries × models; NaN where unknown. */
  readonly costUsd: Float64Array;
}

/** A space with the name under which its forecasts are reported. */
export interface NamedSpace {
  readonly method: string;
  readonly spaceDir: string;
}

/** Forecasts for models that the spaces know, each space by its own `predict`. */
export async function forecastSeenModels(
  context: RunContext,
  stage: string,
  spaces: readonly NamedSpace[],
  baselines: BaselineSet,
  queries: readonly number[],
  models: readonly SeenModel[],
): Promise<ModelForecasts> {
  const judged = judgeModels(
    context.data,
    queries,
    models.map(({ subject }) => subject),
  );
  const methods: MethodForecasts = new Map();
  let costUsd = new Float64Array(queries.length * models.length).fill(NaN);
  for (const { method, spaceDir } of spaces) {
    const names = [...new Set(models.flatMap((model) => model.names))];
    const predicted = await predictMatrix(context, stage, spaceDir, [], queries, names);
    const column = new Map(names.map((name, m) => [name, m]));
    const combined = (matrix: Float64Array) =>
      combine(matrix, names.length, queries.length, models, column);
    methods.set(method, combined(predicted.probability));
    if (method === OURS) costUsd = combined(predicted.costUsd);
  }
  const simple = await baselines.forecastSeen(
    queries,
    models.map(({ labels }) => labels),
  );
  for (const [method, matrix] of simple) methods.set(method, matrix);
  return { judged, methods, costUsd };
}

/** Mean over the names that stand for a model; those without a figure do not count. */
function combine(
  matrix: Float64Array,
  names: number,
  queries: number,
  models: readonly SeenModel[],
  column: ReadonlyMap<string, number>,
): Float64Array<ArrayBuffer> {
  const combined = new Float64Array(queries * models.length);
  for (let q = 0; q < queries; q++)
    models.forEach((model, m) => {
      const known = model.names
        .map((name) => matrix[q * names + column.get(name)!]!)
        .filter((value) => !Number.isNaN(value));
      combined[q * models.length + m] = known.reduce((sum, value) => sum + value, 0) / known.length;
    });
  return combined;
}

/** Judges forecasts as one row of a cell; null when they meet no answer. */
export function rowOf(
  context: RunContext,
  name: RowName,
  { judged, methods }: ModelForecasts,
  draws: number,
): CellRow | null {
  if (judged.cells.score.length === 0) return null;
  return judgeRow(name, judged, methods, draws, seededRandom(context.seed));
}
