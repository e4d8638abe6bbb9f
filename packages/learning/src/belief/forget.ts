import type { Belief } from './assumed-density.js';

export interface ForgettingSettings {
  /** Days without a verdict after which variances have doubled. */
  readonly doublingDays: number;
  /** Factor of the variances with every verdict; slightly above 1. */
  readonly perVerdict: number;
  /** Forgetting makes no dimension's variance larger than this: abilities are standardised. */
  readonly mostVariance: number;
}

/**
 * What is left of a belief after some days: models change behind their names, so old evidence counts less. One
 * factor for the whole covariance keeps its correlations. A belief that is wider than the bound stays as it is.
 */
export function forget(
  belief: Belief,
  elapsedDays: number,
  { doublingDays, perVerdict, mostVariance }: ForgettingSettings,
): Belief {
  const { mean, covariance } = belief;
  const dimensions = mean.length;
  const widest = Math.max(...mean.map((_, k) => covariance[k * dimensions + k]));
  const wanted = perVerdict * 2 ** (Math.max(0, elapsedDays) / doublingDays);
  const factor = Math.min(wanted, Math.max(1, widest > 0 ? mostVariance / widest : 1));
  return { mean, covariance: covariance.map((c) => c * factor) };
}
