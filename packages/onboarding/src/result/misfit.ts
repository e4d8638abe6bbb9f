import type { Ability, ItemParameters } from '@zerorouter/latent-space';
import {
  dot,
  expectedSigmoid,
  forecastCorrectness,
  quadraticForm,
  referencePosterior,
} from '@zerorouter/latent-space';
import type { OnboardingState } from '../onboarding-state.js';
import { gradedAnswers } from '../onboarding-state.js';

/** Hold-outs against what the other answers imply of them. */
export interface Misfit {
  /** Hold-outs that were answered. */
  readonly heldOut: number;
  /** Mean P(correct) of them, from the other answers. */
  readonly implied: number;
  /** Their mean score. */
  readonly observed: number;
  /** Two-sided. */
  readonly pValue: number;
}

/** Places on N(0, 1) at which the belief about the hold-outs' sum is looked at. */
const LOOKS = 41;
const REACH = 4;

/**
 * Do the random hold-outs come out as the other answers imply? The number of right ones is a Poisson-binomial
 * count given θ (and the model's sensitivity to difficulty); θ is uncertain, and what of it moves them together
 * is integrated over: the direction C·g, g = Σ p(1 − p)·α. What is left of its covariance, and Var(d̂), make
 * single probabilities less extreme. A soft score counts as the nearest count that speaks less against the model.
 *
 * @returns null where no hold-out was answered.
 */
export function checkHoldOuts(state: OnboardingState): Misfit | null {
  const heldOut = gradedAnswers(state, 'held-out');
  if (heldOut.length === 0) return null;
  const { items, posterior } = referencePosterior(
    state.prior,
    state.anchors,
    gradedAnswers(state, 'chosen'),
  );
  const own = heldOut.map(({ query }) => items[query]);
  const sum = heldOut.reduce((total, { score }) => total + score, 0);
  // Sums of soft scores carry the error of their addition.
  const low = Math.ceil(sum - 1e-9);
  const high = Math.floor(sum + 1e-9);
  let implied = 0;
  let below = 0;
  let above = 0;
  for (const { weight, probabilities } of lookAlong(own, posterior)) {
    implied += (weight * probabilities.reduce((total, p) => total + p, 0)) / own.length;
    countDistribution(probabilities).forEach((chance, right) => {
      if (right <= low) below += weight * chance;
      if (right >= high) above += weight * chance;
    });
  }
  return {
    heldOut: heldOut.length,
    implied,
    observed: sum / heldOut.length,
    pValue: Math.min(1, 2 * Math.min(below, above)),
  };
}

/** P(correct) of each item at places along the direction in which the belief moves their sum most. */
function lookAlong(
  items: readonly ItemParameters[],
  belief: Ability,
): { weight: number; probabilities: number[] }[] {
  const dimensions = belief.mean.length;
  const gradient = new Float64Array(dimensions);
  for (const item of items) {
    const { probability: p } = forecastCorrectness(item, belief);
    for (let k = 0; k < dimensions; k++) gradient[k] += p * (1 - p) * item.discrimination[k];
  }
  const direction = Float64Array.from({ length: dimensions }, (_, j) =>
    gradient.reduce((total, g, k) => total + belief.covariance[j * dimensions + k] * g, 0),
  );
  const norm = Math.sqrt(Math.max(0, dot(gradient, direction)));
  const logits = items.map((item) => {
    const shift = norm > 0 ? dot(item.discrimination, direction) / norm : 0;
    const along = quadraticForm(item.discrimination, belief.covariance) - shift ** 2;
    return {
      mean: dot(item.discrimination, belief.mean) - item.difficulty,
      shift,
      variance: Math.max(0, along) + item.difficultyVariance,
    };
  });
  const places = Array.from({ length: LOOKS }, (_, i) => REACH * ((2 * i) / (LOOKS - 1) - 1));
  const total = places.reduce((sum, t) => sum + Math.exp((-t * t) / 2), 0);
  return places.map((t) => ({
    weight: Math.exp((-t * t) / 2) / total,
    probabilities: logits.map(({ mean, shift, variance }) =>
      expectedSigmoid(mean + t * shift, variance),
    ),
  }));
}

/** Poisson-binomial: chance of each number of successes, 0 to n. */
function countDistribution(probabilities: readonly number[]): Float64Array {
  const chance = new Float64Array(probabilities.length + 1);
  chance[0] = 1;
  probabilities.forEach((p, done) => {
    for (let right = done + 1; right >= 0; right--)
      chance[right] = chance[right] * (1 - p) + (right > 0 ? chance[right - 1] * p : 0);
  });
  return chance;
}
