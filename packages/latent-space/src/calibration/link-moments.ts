/** An estimate with its sampling variance; null where the data say nothing. */
export type Estimate = { readonly value: number; readonly variance: number } | null;

/** Fewer pairs than this have no spread worth comparing. */
const FEWEST_PAIRS = 2;

/** Variances of estimates stay above this: exact agreement must not divide by 0. */
const SMALLEST_VARIANCE = 1e-9;

/** Pearson's r; 0 for fewer than three pairs or without spread. */
export function correlation(x: readonly number[], y: readonly number[]): number {
  if (x.length < 3) return 0;
  const { xx, yy, xy } = centredMoments(x, y);
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : 0;
}

/**
 * log(spread of `x` / spread of `y`), root sums of squares about the mean over all columns together.
 * Its variance is (1 − r²)/n (delta method, r the correlation of the pairs).
 */
export function logSpreadRatio(x: readonly number[][], y: readonly number[][]): Estimate {
  const n = x.reduce((sum, column) => sum + column.length, 0);
  if ((x[0]?.length ?? 0) < FEWEST_PAIRS) return null;
  let xx = 0;
  let yy = 0;
  let xy = 0;
  x.forEach((column, k) => {
    const own = centredMoments(column, y[k]);
    xx += own.xx;
    yy += own.yy;
    xy += own.xy;
  });
  if (!(xx > 0 && yy > 0)) return null;
  const r = xy / Math.sqrt(xx * yy);
  return {
    value: 0.5 * Math.log(xx / yy),
    variance: Math.max(SMALLEST_VARIANCE, (1 - r * r) / n),
  };
}

/** Mean of log(x/y) with its variance. */
export function logMeanRatio(x: readonly number[], y: readonly number[]): Estimate {
  if (x.length < FEWEST_PAIRS) return null;
  const ratios = x.map((value, i) => Math.log(value / y[i]));
  const value = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
  const squares = ratios.reduce((sum, ratio) => sum + (ratio - value) ** 2, 0);
  return { value, variance: Math.max(SMALLEST_VARIANCE, squares / ratios.length ** 2) };
}

/** Precision-weighted mean of what is known; 0 when nothing is. */
export function pool(estimates: readonly Estimate[]): number {
  let sum = 0;
  let weight = 0;
  for (const estimate of estimates) {
    if (estimate === null) continue;
    sum += estimate.value / estimate.variance;
    weight += 1 / estimate.variance;
  }
  return weight === 0 ? 0 : sum / weight;
}

/** Σ old·newᵀ over rows, facets × facets, with the spread of each space taken out; 0 without rows. */
export function facetMoment(old: readonly number[][], young: readonly number[][]): Float64Array {
  const n = old.length;
  const moment = new Float64Array(n * n);
  const size = (all: readonly number[][]) =>
    Math.sqrt(all.reduce((sum, column) => sum + column.reduce((s, v) => s + v * v, 0), 0));
  const rows = old[0]?.length ?? 0;
  const scale = (size(old) * size(young)) / rows;
  if (!(scale > 0)) return moment;
  for (let j = 0; j < n; j++)
    for (let k = 0; k < n; k++)
      for (let row = 0; row < rows; row++)
        moment[j * n + k] += (old[j][row] * young[k][row]) / scale;
  return moment;
}

function centredMoments(
  x: readonly number[],
  y: readonly number[],
): { xx: number; yy: number; xy: number } {
  const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
  const mx = mean(x);
  const my = mean(y);
  let xx = 0;
  let yy = 0;
  let xy = 0;
  x.forEach((value, i) => {
    xx += (value - mx) ** 2;
    yy += (y[i] - my) ** 2;
    xy += (value - mx) * (y[i] - my);
  });
  return { xx, yy, xy };
}
