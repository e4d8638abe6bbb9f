import { seededRandom } from '@zerorouter/latent-space';
import type { AnchorOutcome, OnboardingState, PlacedAnchor } from '../src/onboarding-state.js';
import { scored } from '../src/simulation/simulate-model.js';

const DOMAINS = ['arithmetic', 'code', 'facts', 'logic', 'reading'];

/** Anchors of three latent dimensions, the first general, with a predictor's uncertainty. */
export function sampleAnchors(count: number, seed = 4): PlacedAnchor[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, i) => ({
    id: `anchor-${i}`,
    domain: DOMAINS[i % DOMAINS.length],
    discrimination: [
      1.2 * Math.exp(0.3 * random.normal()),
      0.4 * random.normal(),
      0.4 * random.normal(),
    ],
    difficulty: 1.4 * random.normal(),
    difficultyVariance: 0.5,
    logOutputTokens: 4 + 0.8 * random.normal(),
    inputTokens: 20 + random.integer(400),
    mostInputTokens: 2_000,
  }));
}

export const samplePrior = { mean: [0.2, 0, 0], covariance: [0.8, 0, 0, 0, 0.3, 0, 0, 0, 0.3] };

/** A run that has not begun. */
export function freshState(
  anchors: readonly PlacedAnchor[],
  limits: Partial<OnboardingState> = {},
): OnboardingState {
  return {
    anchors,
    prior: samplePrior,
    seed: 1,
    maxAnchors: 50,
    targetDeviation: null,
    asked: [],
    outcomes: [],
    ...limits,
  };
}

/** The state once the given anchors were asked, none held out, and came out so. */
export function withOutcomes(
  state: OnboardingState,
  outcomes: readonly AnchorOutcome[],
): OnboardingState {
  return {
    ...state,
    asked: outcomes.map(({ anchor }) => ({ anchor, heldOut: false })),
    outcomes,
  };
}

export function failed(anchor: number, error: string): AnchorOutcome {
  return { ...scored(anchor, null), error };
}
