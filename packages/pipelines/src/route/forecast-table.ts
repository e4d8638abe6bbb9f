import type { BulkInstance } from '@zerorouter/optimizer';
import type { EncoderConfig } from '@zerorouter/encoder';
import type { ForecastTask } from '../predict/forecast-queries.js';
import { forecastQueries } from '../predict/forecast-queries.js';
import type { ProgressListener } from '../progress.js';

/** A bulk of forecasts and what its rows and columns are called. */
export interface ForecastTable {
  readonly queryIds: readonly string[];
  readonly models: readonly string[];
  readonly bulk: BulkInstance;
}

/** Every cell not eligible, of unknown cost and latency. */
export function emptyBulk(queries: number, models: number): BulkInstance {
  const unknown = () => new Float64Array(queries * models).fill(NaN);
  return { queries, models, probability: unknown(), costUsd: unknown(), latencyS: unknown() };
}

/** Forecasts every query × model of a task. */
export async function forecastTable(
  task: ForecastTask,
  encoder: EncoderConfig,
  onProgress: ProgressListener,
): Promise<ForecastTable> {
  const { queries, models } = task;
  const bulk = emptyBulk(queries.length, models.length);
  let cell = 0;
  for await (const chunk of forecastQueries(task, encoder, onProgress))
    for (const { candidates } of chunk)
      for (const { probabilityCorrect, costUsd, latencyS } of candidates) {
        bulk.probability[cell] = probabilityCorrect;
        bulk.costUsd[cell] = costUsd ?? NaN;
        bulk.latencyS[cell] = latencyS ?? NaN;
        cell++;
      }
  return { queryIds: queries.map(({ id }) => id), models, bulk };
}
