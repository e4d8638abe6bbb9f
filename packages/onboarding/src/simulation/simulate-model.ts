import type { Ability, Random } from '@zerorouter/latent-space';
import { dot, sigmoid } from '@zerorouter/latent-space';
import { nextAnchors } from '../design/next-anchors.js';
import type { AnchorOutcome, OnboardingState, PlacedAnchor } from '../onboarding-state.js';

/** A model whose truth is known, and what it answers to every anchor. */
export interface SimulatedModel {
  readonly theta: Float64Array;
  readonly scores: readonly number[];
}

/** How the true items differ from what the predictor says of them. */
export interface ItemError {
  /** Discrimination is off by a factor exp(N(0, this²)). */
  readonly discrimination: number;
  /** Degrees of freedom of the t that the difficulty's error comes from, scaled to Var(d̂); Infinity = normal. */
  readonly tails: number;
  /** Variance of the model's own sensitivity to difficulty, per standard deviation of d̂ over the anchors. */
  readonly sensitivity: number;
}

/** θ* from the prior, true items from the predictor's uncertainty, one answer to each anchor. */
export function simulateModel(
  anchors: readonly PlacedAnchor[],
  prior: Ability,
  error: ItemError,
  random: Random,
): SimulatedModel {
  const theta = drawAbility(prior, random);
  const sensitivity = Math.sqrt(error.sensitivity) * random.normal();
  const difficulties = standardise(anchors.map(({ difficulty }) => difficulty));
  const scores = anchors.map((anchor, i) => {
    const scale = Math.exp(error.discrimination * random.normal());
    const shift = Math.sqrt(anchor.difficultyVariance) * heavyTailed(error.tails, random);
    const slope = sensitivity * difficulties[i];
    const z = scale * dot(anchor.discrimination, theta) + slope - anchor.difficulty - shift;
    return random.uniform() < sigmoid(z) ? 1 : 0;
  });
  return { theta, scores };
}

/** Asks until nothing more is asked. @param answer the outcome of one asked anchor. */
export function runOnboarding(
  state: OnboardingState,
  answer: (anchor: number) => AnchorOutcome,
): OnboardingState {
  let current = state;
  for (;;) {
    const { ask } = nextAnchors(current);
    if (ask.length === 0) return current;
    current = {
      ...current,
      asked: [...current.asked, ...ask],
      outcomes: [...current.outcomes, ...ask.map(({ anchor }) => answer(anchor))],
    };
  }
}

/** A graded outcome of which nothing but the score is known. */
export function scored(anchor: number, score: number | null): AnchorOutcome {
  return {
    anchor,
    score,
    gradable: true,
    inputTokens: null,
    outputTokens: null,
    ttftMs: null,
    totalMs: null,
    costUsd: null,
  };
}

/** θ ~ N(mean, covariance), by a Cholesky factor. */
function drawAbility({ mean, covariance }: Ability, random: Random): Float64Array {
  const n = mean.length;
  const factor = new Float64Array(n * n);
  const noise = Float64Array.from({ length: n }, () => random.normal());
  const theta = Float64Array.from(mean);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = covariance[i * n + j];
      for (let k = 0; k < j; k++) sum -= factor[i * n + k] * factor[j * n + k];
      factor[i * n + j] = i === j ? Math.sqrt(Math.max(0, sum)) : sum / factor[j * n + j];
    }
    for (let k = 0; k <= i; k++) theta[i] += factor[i * n + k] * noise[k];
  }
  return theta;
}

/** To mean 0 and variance 1. */
function standardise(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return values.map((value) => (value - mean) / Math.sqrt(variance));
}

/** A draw of unit variance from Student's t. */
function heavyTailed(degrees: number, random: Random): number {
  if (degrees === Infinity) return random.normal();
  let squares = 0;
  for (let k = 0; k < degrees; k++) squares += random.normal() ** 2;
  return random.normal() * Math.sqrt((degrees - 2) / squares);
}
