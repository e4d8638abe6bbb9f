/** A mean and what it leaves open. */
export interface Estimate {
  readonly value: number;
  /** Central 90%. */
  readonly interval: readonly [low: number, high: number];
}

/** The 95th percentile of N(0, 1): both ends of a central 90% interval. */
const NORMAL_95 = 1.6448536269514722;

export function estimateAround(value: number, standardError: number): Estimate {
  const half = NORMAL_95 * standardError;
  return { value, interval: [value - half, value + half] };
}

/** The mean of independent values, by the central limit theorem; null where there is none. */
export function meanOf(values: readonly number[]): Estimate | null {
  const n = values.length;
  let sum = 0;
  let squares = 0;
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  return meanFromMoments({ n, sum, squares });
}

/** Σ1, Σx and Σx² of independent values. */
export interface Moments {
  readonly n: number;
  readonly sum: number;
  readonly squares: number;
}

/**
 * The same from moments that a database has added up. Null for none; a single value has an interval
 * without bounds.
 */
export function meanFromMoments({ n, sum, squares }: Moments): Estimate | null {
  if (n === 0) return null;
  const mean = sum / n;
  // Rounding may leave less than nothing where all values are alike.
  const spread = Math.max(0, squares - n * mean * mean);
  return estimateAround(mean, n === 1 ? Infinity : Math.sqrt(spread / (n - 1) / n));
}
