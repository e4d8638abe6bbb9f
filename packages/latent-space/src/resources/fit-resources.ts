import { cholesky, choleskySolve } from '../linear-algebra/symmetric-positive.js';
import type { CostModel, InputCount, LatencyModel } from './resource-models.js';
import { NORMAL_95 } from './normal-distribution.js';

/** The log-residual variance that a fit with few answers is taken to have, and for how many it counts. */
const ASSUMED_LOG_VARIANCE = 0.2;
const VARIANCE_WEIGHT = 1;

/** Answers at which an observed quantile is worth as much as one of the log-normal. */
const QUANTILE_WEIGHT = 20;

/**
 * A model's own count of input tokens = base + perToken·estimate: its tokenizer and whatever its harness
 * adds to each query. Null when no count is known.
 * @param estimates the estimate that is known of any query before it is sent.
 */
export function fitInputCount(
  estimates: ArrayLike<number>,
  counts: ArrayLike<number>,
): InputCount | null {
  if (counts.length === 0) return null;
  const rows = Array.from(counts, (_, i) => [1, estimates[i]]);
  const [base, perToken] = unbiasedNonNegativeFit(rows, counts);
  return { base, perToken };
}

/**
 * USD = base + perInputToken·n_in + perOutputToken·e^level, non-negative, for models whose calls have
 * a known cost and unknown tokens. Scaled so that the mean prediction equals the mean cost.
 * Null when no cost is known.
 */
export function fitLinearCost(
  inputTokens: ArrayLike<number>,
  levels: ArrayLike<number>,
  costs: ArrayLike<number>,
): CostModel | null {
  if (costs.length === 0) return null;
  const rows = Array.from(costs, (_, i) => [1, inputTokens[i], Math.exp(levels[i])]);
  const coefficients = unbiasedNonNegativeFit(rows, costs);
  const [base, perInputToken, perOutputToken] = coefficients;
  const { deviation } = logResiduals(rows, costs, coefficients);
  return { kind: 'linear', base, perInputToken, perOutputToken, logDeviation: deviation };
}

/**
 * Seconds = base + perInputToken·n_in + perOutputToken·L̂, non-negative and mean-unbiased. Where
 * TTFT and TPOT cannot be told apart this is the end-to-end latency. Null when none is known.
 * @param outputTokens expected tokens of each answer, or null where the length is unknown.
 */
export function fitLatency(
  inputTokens: ArrayLike<number>,
  outputTokens: ArrayLike<number> | null,
  seconds: ArrayLike<number>,
): LatencyModel | null {
  if (seconds.length === 0) return null;
  const rows = Array.from(seconds, (_, i) => [1, inputTokens[i], outputTokens?.[i] ?? 0]);
  const coefficients = unbiasedNonNegativeFit(rows, seconds);
  const { mean, deviation, sorted } = logResiduals(rows, seconds, coefficients);
  const n = sorted.length;
  // The largest of a few ratios is no 95th percentile yet.
  const observed = sorted[Math.min(n - 1, Math.floor(0.95 * n))] ?? mean;
  const expected = mean + NORMAL_95 * deviation * Math.sqrt(1 + 1 / Math.max(1, n));
  const p95 = Math.exp((n * observed + QUANTILE_WEIGHT * expected) / (n + QUANTILE_WEIGHT));
  const [base, perInputToken, perOutputToken] = coefficients;
  return { base, perInputToken, perOutputToken, p95Ratio: Math.max(1, p95) };
}

/** log(target/prediction) of the targets above 0: mean, deviation shrunk to the assumed, and in order. */
function logResiduals(
  rows: readonly (readonly number[])[],
  targets: ArrayLike<number>,
  coefficients: readonly number[],
): { mean: number; deviation: number; sorted: number[] } {
  const sorted = rows
    .flatMap((row, i) =>
      targets[i] > 0 ? [Math.log(targets[i] / predict(row, coefficients))] : [],
    )
    .sort((a, b) => a - b);
  const n = sorted.length;
  const mean = sorted.reduce((sum, r) => sum + r, 0) / Math.max(1, n);
  const squares = sorted.reduce((sum, r) => sum + (r - mean) ** 2, 0);
  const variance =
    (squares + VARIANCE_WEIGHT * ASSUMED_LOG_VARIANCE) / (Math.max(0, n - 1) + VARIANCE_WEIGHT);
  return { mean, deviation: Math.sqrt(variance), sorted };
}

/**
 * Non-negative least squares over a handful of columns by trying every set of active columns
 * (exact for so few), lightly ridged towards a constant, then scaled so that Σ prediction = Σ target.
 */
function unbiasedNonNegativeFit(
  rows: readonly (readonly number[])[],
  targets: ArrayLike<number>,
): number[] {
  const columns = rows[0].length;
  const mean = Array.from(targets).reduce((sum, y) => sum + y, 0) / rows.length;
  let best: { error: number; coefficients: number[] } | null = null;
  for (let mask = 1; mask < 1 << columns; mask++) {
    const active = Array.from({ length: columns }, (_, k) => k).filter((k) => mask & (1 << k));
    const coefficients = leastSquares(rows, targets, active, columns);
    if (coefficients.some((c) => c < 0)) continue;
    let error = 0;
    for (let i = 0; i < rows.length; i++)
      error += (targets[i] - predict(rows[i], coefficients)) ** 2;
    // A column has to earn its place: with few answers a slope would fit noise.
    error *= 1 + (2 * active.length) / Math.max(1, rows.length - active.length);
    if (best === null || error < best.error) best = { error, coefficients };
  }
  const fitted = best?.coefficients ?? rows[0].map((_, k) => (k === 0 ? mean : 0));
  let total = 0;
  for (const row of rows) total += predict(row, fitted);
  const scale = total > 0 ? (mean * rows.length) / total : 1;
  return fitted.map((c) => c * scale);
}

function leastSquares(
  rows: readonly (readonly number[])[],
  targets: ArrayLike<number>,
  active: readonly number[],
  columns: number,
): number[] {
  const n = active.length;
  const gram = new Float64Array(n * n);
  const right = new Float64Array(n);
  for (let i = 0; i < rows.length; i++)
    for (let j = 0; j < n; j++) {
      right[j] += rows[i][active[j]] * targets[i];
      for (let k = 0; k < n; k++) gram[j * n + k] += rows[i][active[j]] * rows[i][active[k]];
    }
  for (let j = 0; j < n; j++) gram[j * n + j] *= 1 + 1e-6;
  const solution = choleskySolve(cholesky(gram, n), n, right);
  const coefficients = new Array<number>(columns).fill(0);
  active.forEach((column, j) => (coefficients[column] = solution[j]));
  return coefficients;
}

function predict(row: readonly number[], coefficients: readonly number[]): number {
  return row.reduce((sum, x, k) => sum + x * coefficients[k], 0);
}
