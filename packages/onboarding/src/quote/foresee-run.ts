import { forecastCorrectness } from '@zerorouter/latent-space';
import { nextAnchors } from '../design/next-anchors.js';
import type { AnchorOutcome, AskedAnchor, OnboardingState } from '../onboarding-state.js';
import { accuracySoFar } from '../result/onboarding-counts.js';

export interface ForeseenRun {
  /** What is asked at once, round by round. */
  readonly rounds: readonly (readonly AskedAnchor[])[];
  /** Standard deviation of the expected accuracy once so many of the anchors are answered. */
  readonly after: (anchors: number) => number;
}

/**
 * The run as it would go if every answer scored what the prior expects of it: a soft score at the forecast
 * leaves the estimate where it is, and adds the information that an answer brings.
 */
export function foreseeRun(state: Omit<OnboardingState, 'asked' | 'outcomes'>): ForeseenRun {
  const rounds: (readonly AskedAnchor[])[] = [];
  let asked: AskedAnchor[] = [];
  const outcomesOf = (those: readonly AskedAnchor[]): AnchorOutcome[] =>
    those.map(({ anchor }) => ({
      anchor,
      score: forecastCorrectness(state.anchors[anchor], state.prior).probability,
      gradable: true,
      inputTokens: null,
      outputTokens: null,
      ttftMs: null,
      totalMs: null,
      costUsd: null,
    }));
  for (;;) {
    const { ask } = nextAnchors({ ...state, asked, outcomes: outcomesOf(asked) });
    if (ask.length === 0) break;
    rounds.push(ask);
    asked = [...asked, ...ask];
  }
  return {
    rounds,
    after: (count) => {
      const those = asked.slice(0, count);
      return accuracySoFar({ ...state, asked: those, outcomes: outcomesOf(those) })
        .standardDeviation;
    },
  };
}
