// Bound once: a global looked up in an inner loop is slow wherever code runs in a sandbox.
const { log, max, min } = Math;

export type Arm = 'control' | 'candidate';

/** What an answer was worth, 0 to 1, and who had decided. */
export interface ArmScore {
  readonly arm: Arm;
  readonly score: number;
}

export interface ArmComparison {
  readonly control: ArmMean;
  readonly candidate: ArmMean;
  /**
   * Of the candidate's mean less the control's. Each end holds with the confidence that was asked for,
   * at all times at once: one may look after every score and stop when one likes.
   */
  readonly interval: readonly [low: number, high: number];
}

export interface ArmMean {
  readonly scores: number;
  /** Null where there is none. */
  readonly mean: number | null;
}

/** Means are tried in steps of this size. */
const STEP = 1 / 200;
const MEANS = Float64Array.from({ length: 1 + 1 / STEP }, (_, k) => k * STEP);
/** A bet risks at most this part of the capital. */
const MOST_AT_STAKE = 0.5;

/**
 * A confidence sequence for the difference of two means of scores in [0, 1], by betting (Waudby-Smith &
 * Ramdas 2023). Whoever doubts that an arm's mean is m bets on its next score, at odds that are fair if
 * it is m: the capital K(m) is then a martingale that starts at 1, and so is the product of the capitals
 * against both arms' true means (two independent streams; Turner & Grünwald 2022). By Ville's
 * inequality it ever reaches 1/α with probability α at most, so that a pair of means is given up once it does; the
 * interval spans the differences of the pairs that are left.
 *
 * Scores must be independent, with one mean an arm; nothing is assumed of their distribution.
 * @param scores in the order in which they came.
 * @param confidence of each end, in (0, 1).
 */
export function compareArms(scores: readonly ArmScore[], confidence: number): ArmComparison {
  if (!(confidence > 0 && confidence < 1))
    throw new RangeError(`confidence ${confidence} is outside (0, 1)`);
  const control = doubt(scores.filter(({ arm }) => arm === 'control').map(({ score }) => score));
  const candidate = doubt(
    scores.filter(({ arm }) => arm === 'candidate').map(({ score }) => score),
  );
  const enough = -Math.log(1 - confidence);
  // The step covers what lies between the means that are tried.
  const high = mostDifference(candidate.below, control.above, enough) + STEP;
  const low = -mostDifference(control.below, candidate.above, enough) - STEP;
  return {
    control: control.mean,
    candidate: candidate.mean,
    interval: [Math.max(-1, low), Math.min(1, high)],
  };
}

/** Per mean of MEANS, the log of the capital of who bets that the true one lies below it, or above. */
interface Doubt {
  readonly below: Float64Array;
  readonly above: Float64Array;
  readonly mean: ArmMean;
}

/**
 * The bets are λ = gap/(variance + gap²), with the gap between m and the mean so far: near the one
 * that lets the capital grow fastest (Waudby-Smith & Ramdas 2023, appendix B).
 */
function doubt(scores: readonly number[]): Doubt {
  const below = new Capitals();
  const above = new Capitals();
  let sum = 0;
  let squares = 0;
  for (const [i, score] of scores.entries()) {
    if (!(score >= 0 && score <= 1)) throw new RangeError(`score ${score} is outside [0, 1]`);
    // Of earlier scores only: a bet is placed before the score is known.
    const mean = (0.5 + sum) / (i + 1);
    const variance = (0.25 + squares) / (i + 1);
    for (let k = 0; k < MEANS.length; k++) {
      const gap = MEANS[k] - mean;
      const bet = gap / (variance + gap * gap);
      if (bet > 0) {
        const stake = min(bet, MOST_AT_STAKE / max(STEP, 1 - MEANS[k]));
        below.multiply(k, 1 + stake * (MEANS[k] - score));
      } else {
        const stake = min(-bet, MOST_AT_STAKE / max(STEP, MEANS[k]));
        above.multiply(k, 1 + stake * (score - MEANS[k]));
      }
    }
    sum += score;
    squares += (score - (0.5 + sum) / (i + 2)) ** 2;
  }
  const n = scores.length;
  return {
    below: below.logs(),
    above: above.logs(),
    mean: { scores: n, mean: n === 0 ? null : sum / n },
  };
}

/** A product per mean: a logarithm of each factor would take most of the time. */
class Capitals {
  private readonly products = new Float64Array(MEANS.length).fill(1);
  private readonly settled = new Float64Array(MEANS.length);

  multiply(k: number, factor: number): void {
    const product = this.products[k] * factor;
    if (product > 1e-100 && product < 1e100) this.products[k] = product;
    else {
      this.settled[k] += log(product);
      this.products[k] = 1;
    }
  }

  logs(): Float64Array {
    return this.settled.map((sum, k) => sum + log(this.products[k]));
  }
}

/** The largest a − b of means a, b that stand together: their doubts, a too high and b too low, do not add up. */
function mostDifference(tooHigh: Float64Array, tooLow: Float64Array, enough: number): number {
  for (let steps = MEANS.length - 1; steps > -MEANS.length; steps--)
    for (let b = Math.max(0, -steps); b < MEANS.length && b + steps < MEANS.length; b++)
      if (tooHigh[b + steps] + tooLow[b] < enough) return steps * STEP;
  return -1;
}
