import type { Random } from '../random/seeded-random.js';
import { softplus } from '../response-model/response-model.js';
import type { JudgedCells } from './judged-cells.js';
import { cellsByModel } from './judged-cells.js';

/** How often each query stands in each draw: draws × queries. */
export interface ResampledQueries {
  readonly draws: number;
  readonly queries: number;
  readonly counts: Uint16Array;
}

/**
 * Queries drawn with replacement (Efron 1979). The same draws serve every method: differences are
 * paired, and all answers to a query stand or fall together.
 */
export function resampleQueries(queries: number, draws: number, random: Random): ResampledQueries {
  const counts = new Uint16Array(draws * queries);
  for (let draw = 0; draw < draws; draw++)
    for (let q = 0; q < queries; q++) counts[draw * queries + random.integer(queries)]++;
  return { draws, queries, counts };
}

/** Mean log-loss of the cells in each draw; NaN in a draw without cells. */
export function bootstrapLogLoss(
  cells: JudgedCells,
  forecasts: Float64Array,
  resampled: ResampledQueries,
): Float64Array {
  const { draws, queries, counts } = resampled;
  const loss = new Float64Array(queries);
  const answers = new Float64Array(queries);
  for (let c = 0; c < cells.score.length; c++) {
    const logit = Math.log(forecasts[c]) - Math.log1p(-forecasts[c]);
    loss[cells.query[c]] += softplus(logit) - cells.score[c] * logit;
    answers[cells.query[c]]++;
  }
  return Float64Array.from({ length: draws }, (_, draw) => {
    let sum = 0;
    let weight = 0;
    const at = draw * queries;
    for (let q = 0; q < queries; q++) {
      sum += counts[at + q] * loss[q];
      weight += counts[at + q] * answers[q];
    }
    return sum / weight;
  });
}

/**
 * Mean over models of the area under the ROC curve in each draw. Each model's cells are sorted once;
 * a draw then costs one pass: Σ over ties of n₊·(n₋ below + n₋/2), divided by n₊·n₋ in all. A model
 * without both outcomes in a draw is left out of it.
 */
export function bootstrapAuc(
  cells: JudgedCells,
  forecasts: Float64Array,
  resampled: ResampledQueries,
): Float64Array {
  const { draws, queries, counts } = resampled;
  const sum = new Float64Array(draws);
  const models = new Float64Array(draws);
  for (const own of cellsByModel(cells)) {
    const order = Int32Array.from(own).sort((a, b) => forecasts[a] - forecasts[b]);
    const query = Int32Array.from(order, (c) => cells.query[c]);
    const positive = Uint8Array.from(order, (c) => (cells.score[c] > 0.5 ? 1 : 0));
    const endsTie = Uint8Array.from(order, (c, i) =>
      i + 1 === order.length || forecasts[order[i + 1]] !== forecasts[c] ? 1 : 0,
    );
    for (let draw = 0; draw < draws; draw++) {
      const at = draw * queries;
      let below = 0;
      let positives = 0;
      let concordant = 0;
      let tiedPositive = 0;
      let tiedNegative = 0;
      for (let i = 0; i < query.length; i++) {
        const count = counts[at + query[i]];
        if (positive[i] === 1) tiedPositive += count;
        else tiedNegative += count;
        if (endsTie[i] === 0) continue;
        concordant += tiedPositive * (below + tiedNegative / 2);
        below += tiedNegative;
        positives += tiedPositive;
        tiedPositive = 0;
        tiedNegative = 0;
      }
      if (positives === 0 || below === 0) continue;
      sum[draw] += concordant / (positives * below);
      models[draw]++;
    }
  }
  return sum.map((total, draw) => total / models[draw]);
}

/** Central interval of a bootstrap distribution; draws in which it was not defined do not count. */
export function percentileInterval(
  values: ArrayLike<number>,
  level = 0.95,
): readonly [low: number, high: number] | null {
  const sorted = Float64Array.from(
    Array.from(values).filter((value) => Number.isFinite(value)),
  ).sort();
  if (sorted.length === 0) return null;
  const at = (share: number) => {
    const position = share * (sorted.length - 1);
    const below = Math.floor(position);
    const above = Math.min(sorted.length - 1, below + 1);
    return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
  };
  return [at((1 - level) / 2), at((1 + level) / 2)];
}
