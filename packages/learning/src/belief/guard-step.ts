import { mahalanobis } from './mahalanobis.js';
import type { Belief } from './assumed-density.js';

export interface StepLimits {
  /** How far one verdict may move an ability, in Mahalanobis units of the belief before it. */
  readonly perVerdict: number;
  /** How far all verdicts of one UTC day may, in those of the belief that the day began with. */
  readonly perDay: number;
}

export interface GuardedStep {
  readonly belief: Belief;
  /** Whether a limit has cut the step short. */
  readonly held: boolean;
}

/**
 * Holds a step within its limits. The mean goes as far as it may on the straight line to where it wanted; where it
 * was held, the covariance takes the same share of its change: what is not believed must not make it certain.
 * @param dayStart the belief that the day began with.
 */
export function guardStep(
  before: Belief,
  after: Belief,
  dayStart: Belief,
  { perVerdict, perDay }: StepLimits,
): GuardedStep {
  const step = mahalanobis(after.mean, before);
  const single = step > perVerdict ? perVerdict / step : 1;
  const share =
    single * dayShare(before.mean, blend(before.mean, after.mean, single), dayStart, perDay);
  if (share === 1) return { belief: after, held: false };
  return {
    belief: {
      mean: blend(before.mean, after.mean, share),
      covariance: blend(before.covariance, after.covariance, share),
    },
    held: true,
  };
}

/** The largest share in [0, 1] of the way from a to b that stays within the day's ellipsoid. */
function dayShare(
  from: readonly number[],
  to: readonly number[],
  dayStart: Belief,
  limit: number,
): number {
  if (mahalanobis(to, dayStart) <= limit) return 1;
  let low = 0;
  let high = 1;
  for (let halving = 0; halving < 40; halving++) {
    const middle = (low + high) / 2;
    if (mahalanobis(blend(from, to, middle), dayStart) <= limit) low = middle;
    else high = middle;
  }
  return low;
}

function blend(from: readonly number[], to: readonly number[], share: number): number[] {
  return from.map((value, k) => value + share * (to[k] - value));
}
