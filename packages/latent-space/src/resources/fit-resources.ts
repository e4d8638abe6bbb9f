import { cholesky, choleskySolve } from '../linear-algebra/symmetric-positive.js';
import type { CostModel, LatencyModel, LengthModel } from './resource-models.js';

/** Prior of a model's log-length offset, learnt from the calibrated models. */
export interface OffsetPrior {
  readonly mean: number;
  readonly variance: number;
  /** Variance of log L around level + offset within one model. */
  readonly residualVariance: number;
}

/**
 * A model's verbosity: δ = posterior mean of log L − level under δ ~ N(mean, variance), and the
 * smearing factor that makes predicted mean tokens equal the realised mean (Duan 1983), shrunk
 * towards exp(σ²/2) of a log-normal by as many pseudo-observations as the prior is worth.
 *
 * @param levels logOutputTokens of each answered query.
 * @param tokens output tokens of each answer, > 0.
 */
export function fitLength(
  levels: ArrayLike<number>,
  tokens: ArrayLike<number>,
  prior: OffsetPrior,
): LengthModel {
  const n = levels.length;
  const pseudo = prior.residualVariance / prior.variance;
  let sum = prior.mean * pseudo;
  for (let i = 0; i < n; i++) sum += Math.log(Math.max(1, tokens[i])) - levels[i];
  const offset = sum / (n + pseudo);
  let predicted = 0;
  let realised = 0;
  for (let i = 0; i < n; i++) {
    predicted += Math.exp(levels[i] + offset);
    realised += tokens[i];
  }
  const logNormal = Math.exp(prior.residualVariance / 2);
  const typical = n === 0 ? 1 : predicted / n;
  const smearing =
    (realised + SMEARING_WEIGHT * logNormal * typical) / (predicted + SMEARING_WEIGHT * typical);
  return { offset, offsetVariance: prior.residualVariance / (n + pseudo), smearing };
}

/** Pseudo-answers behind the log-normal smearing factor. */
const SMEARING_WEIGHT = 5;

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
  const [base, perInputToken, perOutputToken] = unbiasedNonNegativeFit(rows, costs);
  return { kind: 'linear', base, perInputToken, perOutputToken };
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
  const ratios = rows
    .map((row, i) => seconds[i] / predict(row, coefficients))
    .sort((a, b) => a - b);
  const p95 = ratios[Math.min(ratios.length - 1, Math.floor(0.95 * ratios.length))];
  const [base, perInputToken, perOutputToken] = coefficients;
  return { base, perInputToken, perOutputToken, p95Ratio: Math.max(1, p95) };
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
