import type { EncoderConfig } from '@zerorouter/encoder';
import { csvCell, writeWhole } from '@zerorouter/data-set';
import type { ProgressListener } from '../progress.js';
import type { ForecastOptions } from './forecast-queries.js';
import { forecastQueries, readForecastTask } from './forecast-queries.js';

export interface PredictOptions extends ForecastOptions {
  outFile: string;
}

export interface PredictSummary {
  spaceVersion: string;
  queries: number;
  models: number;
  rows: number;
}

/** Forecasts every query × admitted model and writes the predictions as CSV. */
export async function predictToFile(
  options: PredictOptions,
  encoder: EncoderConfig,
  onProgress: ProgressListener = () => undefined,
): Promise<PredictSummary> {
  const task = await readForecastTask(options);
  await writeWhole(options.outFile, async (write) => {
    await write('query_id,model,p,sd,output_tokens,cost_usd,latency_s\n');
    for await (const chunk of forecastQueries(task, encoder, onProgress)) {
      let rows = '';
      for (const { query, candidates } of chunk)
        for (const call of candidates)
          rows += `${csvCell(query.id)},${csvCell(call.model)},${call.probabilityCorrect.toFixed(7)},${call.standardDeviation.toFixed(7)},${csvNumber(call.outputTokens)},${csvNumber(call.costUsd)},${csvNumber(call.latencyS)}\n`;
      await write(rows);
    }
  });
  return {
    spaceVersion: task.space.manifest.version,
    queries: task.queries.length,
    models: task.models.length,
    rows: task.queries.length * task.models.length,
  };
}

/** Blank where unknown; otherwise seven significant digits, never in exponent form. */
function csvNumber(value: number | null): string {
  if (value === null) return '';
  const digits = value === 0 ? 1 : 7 - 1 - Math.floor(Math.log10(Math.abs(value)));
  return value.toFixed(Math.min(20, Math.max(0, digits)));
}
