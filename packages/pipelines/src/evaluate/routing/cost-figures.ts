import { quantileBinMeans } from '@zerorouter/latent-space';
import { OURS } from '../baselines/methods.js';
import type { RoutingTable } from './routing-table.js';

/** How well the cost of single calls was foretold. */
export interface CostFigures {
  readonly method: 'zerorouter' | 'quantile-bins' | 'model-mean';
  /** Σ predicted ÷ Σ realised over all calls. */
  readonly totalRatio: number;
  /** Mean of |ln(predicted ÷ realised)| over the calls that cost anything. */
  readonly logError: number;
}

/** The paper's number of difficulty bins. */
const BINS = 10;

/**
 * Our predicted costs beside the paper's pricing (mean cost of a model in the query's quantile bin of
 * difficulty, learnt on `tuning`) and each model's mean cost. Difficulty is the logit of failing,
 * averaged over the candidates, by the forecasts of `difficultyBy`.
 */
export function costFigures(
  table: RoutingTable,
  tuning: RoutingTable | null,
  difficultyBy: string,
): CostFigures[] {
  const { length: models } = table.models;
  const figures = [
    judge('zerorouter', table, table.costUsd),
    judge(
      'model-mean',
      table,
      table.costUsd.map((_, at) => table.meanCostUsd[at % models]!),
    ),
  ];
  if (tuning === null) return figures;
  const known = difficulties(tuning, difficultyBy);
  const asked = difficulties(table, difficultyBy);
  const binned = new Float64Array(table.costUsd.length);
  for (let m = 0; m < models; m++) {
    const calls = known.map((_, q) => tuning.outcomes.costUsd[q * models + m]!);
    quantileBinMeans(known, calls, BINS, asked).forEach((cost, q) => {
      binned[q * models + m] = cost;
    });
  }
  return [...figures, judge('quantile-bins', table, binned)];
}

function judge(
  method: CostFigures['method'],
  { outcomes }: RoutingTable,
  predicted: Float64Array,
): CostFigures {
  let total = 0;
  let realised = 0;
  let error = 0;
  let calls = 0;
  outcomes.costUsd.forEach((cost, at) => {
    total += predicted[at]!;
    realised += cost;
    if (!(cost > 0 && predicted[at]! > 0)) return;
    error += Math.abs(Math.log(predicted[at]! / cost));
    calls++;
  });
  return { method, totalRatio: total / realised, logError: error / calls };
}

function difficulties(table: RoutingTable, method: string): Float64Array {
  const matrix = table.methods.get(method) ?? table.methods.get(OURS)!;
  const { length: models } = table.models;
  return Float64Array.from({ length: table.outcomes.queries }, (_, q) => {
    const p = matrix.subarray(q * models, (q + 1) * models).reduce((sum, x) => sum + x, 0) / models;
    return Math.log((1 - p) / p);
  });
}
