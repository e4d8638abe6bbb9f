import { estimateAround, meanOf } from './estimate.js';
import type { Estimate } from './estimate.js';
import { importanceWeights } from './overlap.js';
import type { LoggedChoice } from './overlap.js';

/** A reward of each choice: a score, a cost, a utility. */
export interface Reward {
  /** What the chosen model has brought. */
  readonly observed: number;
  /** What the model of the world had predicted of it, before anybody knew. */
  readonly predicted: number;
  /** The same prediction of the candidate policy: Σ over models of its probability × their prediction. */
  readonly candidatePredicted: number;
}

export interface PolicyValue {
  /** What the policy that decided has brought. */
  readonly logged: Estimate;
  readonly candidate: CandidateEstimates;
  /** Candidate less logged, paired decision by decision. */
  readonly difference: CandidateEstimates;
}

export interface CandidateEstimates {
  /** Self-normalised inverse propensity; null where no logged choice is one of the candidate's. */
  readonly selfNormalised: Estimate | null;
  /** Right when the propensities are, or the predictions are. */
  readonly doublyRobust: Estimate;
}

/**
 * Weights of the doubly robust estimate end here: beyond it the predictions are believed rather than
 * a single answer counted more than 20 times (Dudík et al. 2011, § 4).
 */
export const MAX_WEIGHT = 20;

/**
 * What a policy would have brought on a log of another one's choices; null for an empty log.
 *
 * With w = candidate's probability ÷ propensity, r observed, m predicted and v the candidate's prediction:
 *   self-normalised  Σwr/Σw         (Swaminathan & Joachims 2015), interval by the delta method
 *   doubly robust    mean(v + w(r − m))   (Dudík, Langford & Li 2011), interval by the central limit theorem
 *
 * The self-normalised one speaks only of choices that the log could contain. The doubly robust one has
 * the predictions for the rest, and its interval does not know how far those are off.
 */
export function evaluatePolicy(
  choices: readonly LoggedChoice[],
  rewards: readonly Reward[],
): PolicyValue | null {
  if (choices.length !== rewards.length)
    throw new RangeError(`${choices.length} choices have ${rewards.length} rewards`);
  const logged = meanOf(rewards.map(({ observed }) => observed));
  if (logged === null) return null;
  const weights = importanceWeights(choices);
  const robust = rewards.map(
    ({ observed, predicted, candidatePredicted }, i) =>
      candidatePredicted + Math.min(weights[i], MAX_WEIGHT) * (observed - predicted),
  );
  const normalised = selfNormalise(weights, rewards);
  return {
    logged,
    candidate: {
      selfNormalised: normalised && ratioEstimate(normalised.value, normalised.influences),
      doublyRobust: meanOf(robust)!,
    },
    difference: {
      selfNormalised:
        normalised &&
        ratioEstimate(
          normalised.value - logged.value,
          normalised.influences.map(
            (influence, i) => influence - (rewards[i].observed - logged.value),
          ),
        ),
      doublyRobust: meanOf(robust.map((value, i) => value - rewards[i].observed))!,
    },
  };
}

/** Σwr/Σw, and what each decision moves it by, times their number: w(r − value)/w̄. */
function selfNormalise(
  weights: Float64Array,
  rewards: readonly Reward[],
): { value: number; influences: number[] } | null {
  let sum = 0;
  let weighted = 0;
  for (const [i, weight] of weights.entries()) {
    sum += weight;
    weighted += weight * rewards[i].observed;
  }
  if (sum === 0) return null;
  const value = weighted / sum;
  const mean = sum / weights.length;
  // With one telling decision the influences are all zero, which is no certainty.
  const telling = weights.reduce((count, weight) => count + (weight > 0 ? 1 : 0), 0);
  const influences = rewards.map(({ observed }, i) =>
    telling < 2 ? Infinity : (weights[i] * (observed - value)) / mean,
  );
  return { value, influences };
}

function ratioEstimate(value: number, influences: readonly number[]): Estimate {
  const n = influences.length;
  const squares = influences.reduce((sum, influence) => sum + influence ** 2, 0);
  return estimateAround(value, n === 1 ? Infinity : Math.sqrt(squares / (n - 1) / n));
}
