import type { EncoderConfig } from '@zerorouter/encoder';
import type {
  BulkAllocation,
  BulkConstraints,
  ReferenceScales,
  UtilityWeights,
} from '@zerorouter/optimizer';
import { optimizeBulk } from '@zerorouter/optimizer';
import { BadInputError, csvCell, writeWhole } from '@zerorouter/data-set';
import type { ForecastOptions } from '../predict/forecast-queries.js';
import { readForecastTask } from '../predict/forecast-queries.js';
import type { ProgressListener } from '../progress.js';
import { readSpaceFolder } from '../space/space-folder.js';
import type { ForecastTable } from './forecast-table.js';
import { forecastTable } from './forecast-table.js';
import { readPredictions } from './read-predictions.js';

export interface RouteOptions {
  /** A predictions file with the space whose reference scales count, or what `predict` would be given. */
  readonly source:
    { readonly predictionsFile: string; readonly spaceDir: string } | ForecastOptions;
  readonly weights: UtilityWeights;
  readonly budgetUsd?: number;
  /** Calls that a model can take, by name. */
  readonly capacity?: ReadonlyMap<string, number>;
  readonly maxLatencyS?: number;
  readonly minMeanAccuracy?: number;
  readonly outFile: string;
}

export interface RouteSummary {
  queries: number;
  models: number;
  method: BulkAllocation['method'];
  totals: BulkAllocation['totals'];
  /** As of the allocation, capacities by model. */
  shadowPrices: { budget?: number; capacity?: Record<string, number>; minAccuracy?: number };
  gapBound: number;
  /** Calls of each model that is chosen at all. */
  calls: Record<string, number>;
}

/**
 * Gives every query one model and writes the choices as CSV, in the order of the queries.
 * @throws InfeasibleError when the constraints cannot be kept; then no file is written.
 * @throws BadInputError for files that cannot be used and for a capacity of an unknown model.
 */
export async function routeToFile(
  options: RouteOptions,
  encoder: EncoderConfig,
  onProgress: ProgressListener = () => undefined,
): Promise<RouteSummary> {
  const { table, scales } = await readTable(options.source, encoder, onProgress);
  const { queryIds, models, bulk } = table;
  const allocation = await optimizeBulk(
    bulk,
    constraintsOf(options, models),
    { weights: options.weights, scales },
    {
      names: {
        query: (index) => `query "${queryIds[index]}"`,
        model: (index) => `"${models[index]}"`,
      },
    },
  );
  await writeWhole(options.outFile, (write) => writeChoices(table, allocation.choice, write));
  return summarize(table, allocation);
}

async function readTable(
  source: RouteOptions['source'],
  encoder: EncoderConfig,
  onProgress: ProgressListener,
): Promise<{ table: ForecastTable; scales: ReferenceScales }> {
  if ('predictionsFile' in source) {
    const { referenceScales } = readSpaceFolder(source.spaceDir).manifest;
    return { table: await readPredictions(source.predictionsFile), scales: named(referenceScales) };
  }
  const task = await readForecastTask(source);
  return {
    table: await forecastTable(task, encoder, onProgress),
    scales: named(task.space.manifest.referenceScales),
  };
}

function named({ c_ref, T_ref }: { c_ref: number; T_ref: number }): ReferenceScales {
  return { costUsd: c_ref, latencyS: T_ref };
}

function constraintsOf(options: RouteOptions, models: readonly string[]): BulkConstraints {
  const { budgetUsd, capacity, maxLatencyS, minMeanAccuracy } = options;
  for (const name of capacity?.keys() ?? [])
    if (!models.includes(name))
      throw new BadInputError(
        '--capacity',
        null,
        `there is no model "${name}" among the ${models.length}, such as "${models[0]}"`,
      );
  return {
    ...(budgetUsd === undefined ? {} : { budgetUsd }),
    ...(maxLatencyS === undefined ? {} : { maxLatencyS }),
    ...(minMeanAccuracy === undefined ? {} : { minMeanAccuracy }),
    ...(capacity === undefined
      ? {}
      : { capacity: models.map((name) => capacity.get(name) ?? null) }),
  };
}

/** Rows that are written at a time. */
const CHUNK = 4096;

async function writeChoices(
  { queryIds, models, bulk }: ForecastTable,
  choice: Int32Array,
  write: (text: string) => Promise<void>,
): Promise<void> {
  await write('query_id,model,p,cost_usd,latency_s\n');
  for (let begin = 0; begin < queryIds.length; begin += CHUNK) {
    let rows = '';
    for (let i = begin; i < Math.min(queryIds.length, begin + CHUNK); i++) {
      const model = choice[i]!;
      const cell = i * bulk.models + model;
      rows += `${csvCell(queryIds[i]!)},${csvCell(models[model]!)},${exactNumber(bulk.probability[cell]!)},${exactNumber(bulk.costUsd[cell]!)},${exactNumber(bulk.latencyS[cell]!)}\n`;
    }
    await write(rows);
  }
}

/** Blank where unknown; otherwise the digits that give the same number back, so that sums stay as they were. */
function exactNumber(value: number): string {
  return Number.isNaN(value) ? '' : String(value);
}

function summarize({ models, bulk }: ForecastTable, allocation: BulkAllocation): RouteSummary {
  const { choice, method, totals, shadowPrices, gapBound } = allocation;
  const { capacity, ...others } = shadowPrices;
  const calls = new Int32Array(bulk.models);
  for (const model of choice) calls[model]!++;
  const priced = (capacity ?? []).flatMap((price, m) =>
    price === null ? [] : [[models[m]!, price] as const],
  );
  return {
    queries: bulk.queries,
    models: bulk.models,
    method,
    totals,
    shadowPrices: {
      ...others,
      ...(capacity === undefined ? {} : { capacity: Object.fromEntries(priced) }),
    },
    gapBound,
    calls: Object.fromEntries(
      models.flatMap((name, m) => (calls[m]! > 0 ? [[name, calls[m]!] as const] : [])),
    ),
  };
}
