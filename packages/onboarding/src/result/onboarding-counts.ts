import type { OnboardingProgress } from '@zerorouter/contracts';
import type { ExpectedAccuracy } from '@zerorouter/latent-space';
import { expectedAccuracy } from '@zerorouter/latent-space';
import type { AnchorOutcome, OnboardingState } from '../onboarding-state.js';
import { gradedAnswers } from '../onboarding-state.js';

export interface OutcomeCounts {
  /** Anchors with an answer, gradable or not. */
  readonly answered: number;
  readonly failed: number;
  readonly ungradable: number;
}

export function countOutcomes(outcomes: readonly AnchorOutcome[]): OutcomeCounts {
  const answered = outcomes.filter(({ score }) => score !== null);
  return {
    answered: answered.length,
    failed: outcomes.length - answered.length,
    ungradable: answered.filter(({ gradable }) => !gradable).length,
  };
}

/** Expected accuracy over the set, from all answers so far. @throws RangeError for an empty set. */
export function accuracySoFar(state: OnboardingState): ExpectedAccuracy {
  return expectedAccuracy(state.prior, state.anchors, gradedAnswers(state, 'all'));
}

/** As contracts and pages tell an accuracy. */
export function accuracyView({
  value,
  standardDeviation,
  interval,
}: ExpectedAccuracy): NonNullable<OnboardingProgress['expected_accuracy']> {
  return { value, sd: standardDeviation, interval: [interval[0], interval[1]] };
}

/** How far a run has come. @param spentUsd of all its calls. */
export function onboardingProgress(state: OnboardingState, spentUsd: number): OnboardingProgress {
  return {
    asked: state.asked.length,
    ...countOutcomes(state.outcomes),
    spent_usd: spentUsd,
    expected_accuracy: state.anchors.length === 0 ? null : accuracyView(accuracySoFar(state)),
  };
}
