import { dot, quadraticForm, sigmoid } from '@zerorouter/latent-space';
import type { Ability, ItemParameters } from '@zerorouter/latent-space';

// Bound once: a global looked up in an inner loop is slow wherever code runs in a sandbox.
const { exp, floor: roundDown, sqrt } = Math;

/** What is believed of an ability: θ ~ N(mean, covariance), the covariance D × D row-major. */
export interface Belief {
  readonly mean: readonly number[];
  readonly covariance: readonly number[];
}

/** How often a judge calls right answers right, and wrong ones wrong; both in (0, 1). */
export interface JudgeRates {
  readonly sensitivity: number;
  readonly specificity: number;
}

/** One judged answer of the model. */
export interface JudgedAnswer {
  readonly item: ItemParameters;
  /** In [0, 1]; one between the ends counts as that share of a verdict "right". */
  readonly score: number;
  readonly judge: JudgeRates;
  /** Log odds that other verdicts on the same answer add to its being right; 0 = there are none. */
  readonly evidence: number;
}

export interface Observation {
  readonly belief: Belief;
  /** P(this judge says "right") as it was before the verdict. */
  readonly expectedScore: number;
  /** P(the answer is right) before this verdict, other verdicts on it known. */
  readonly probability: number;
}

/** The trapezoid rule on a Gaussian of ±REACH deviations errs below 1e-8 from some 40 points on. */
const POINTS = 81;
const REACH = 7;

/**
 * Assumed-density update of an ability by one verdict: the Gaussian with the mean and covariance that the
 * exact posterior has (moment matching; Minka 2001).
 *
 * A verdict speaks of θ through one logit alone, t = αᵀθ − d ~ N(m, s²), s² = αᵀCα + Var(d̂):
 *   P("right" | t) = 1 − specificity + (sensitivity + specificity − 1)·σ(t + evidence),
 *   L(t) = P^y·(1 − P)^(1 − y),
 * so that its moments are integrals over a line. They are summed rather than approximated by a probit: that has
 * no closed form for soft scores. With t's mean moved by Δ and its variance become w,
 *   θ̄' = θ̄ + Cα·Δ/s²,   C' = C − Cα αᵀC·(s² − w)/s⁴.
 * Other verdicts on the same answer stand in `evidence`: a second judge that agrees adds next to nothing, where two
 * answers would count twice.
 * @throws RangeError for another dimension or a score outside [0, 1].
 */
export function observeAnswer(belief: Ability, answer: JudgedAnswer): Observation {
  const { item, score, judge, evidence } = answer;
  const dimensions = belief.mean.length;
  if (item.discrimination.length !== dimensions)
    throw new RangeError(
      `item has ${item.discrimination.length} latent dimensions, belief has ${dimensions}`,
    );
  if (!(score >= 0 && score <= 1)) throw new RangeError(`score ${score} is outside [0, 1]`);
  const center = dot(item.discrimination, belief.mean) - item.difficulty;
  const variance = quadraticForm(item.discrimination, belief.covariance) + item.difficultyVariance;
  const deviation = sqrt(variance);
  const floor = 1 - judge.specificity;
  const gain = judge.sensitivity - floor;

  let total = 0;
  let expectedScore = 0;
  let probability = 0;
  let mass = 0;
  let first = 0;
  let second = 0;
  for (let point = 0; point < POINTS; point++) {
    const u = REACH * ((2 * point) / (POINTS - 1) - 1);
    const weight = exp((-u * u) / 2);
    const right = sigmoid(center + u * deviation + evidence);
    const verdict = floor + gain * right;
    const likelihood = verdict ** score * (1 - verdict) ** (1 - score);
    total += weight;
    expectedScore += weight * verdict;
    probability += weight * right;
    mass += weight * likelihood;
    first += weight * likelihood * u;
    second += weight * likelihood * u * u;
  }
  const shift = first / mass;
  const shrink = second / mass - shift * shift - 1;
  const direction = times(belief.covariance, item.discrimination);
  const scale = variance > 0 ? 1 / variance : 0;
  return {
    belief: {
      mean: Array.from(belief.mean, (theta, k) => theta + direction[k] * shift * deviation * scale),
      covariance: Array.from(belief.covariance, (c, place) => {
        const [row, column] = [roundDown(place / dimensions), place % dimensions];
        return c + direction[row] * direction[column] * shrink * scale;
      }),
    },
    expectedScore: expectedScore / total,
    probability: probability / total,
  };
}

/** A·x for a square matrix, row-major. */
function times(matrix: ArrayLike<number>, x: ArrayLike<number>): number[] {
  const n = x.length;
  return Array.from({ length: n }, (_, row) => {
    let sum = 0;
    for (let k = 0; k < n; k++) sum += matrix[row * n + k] * x[k];
    return sum;
  });
}
