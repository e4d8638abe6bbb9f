import { estimateAbility, expectedAccuracy, forecastCorrectness } from '@zerorouter/latent-space';
import type { OnboardingState } from '../onboarding-state.js';
import { gradedAnswers } from '../onboarding-state.js';

/** What was known after so many graded answers. */
export interface TracePoint {
  readonly answers: number;
  readonly value: number;
  readonly standardDeviation: number;
}

/** One answer and what was forecast of it from the answers before. */
export interface ForecastAnswer {
  readonly forecast: number;
  readonly score: number;
}

export interface RunTrace {
  readonly path: readonly TracePoint[];
  readonly forecasts: readonly ForecastAnswer[];
}

/** Looks at what was known, at most: estimates of long runs are taken now and then only. */
const MOST_LOOKS = 60;

/**
 * How the expected accuracy came about, and forecasts as they were before each answer: no answer is judged by an
 * ability that it has shaped.
 */
export function traceRun(state: OnboardingState): RunTrace {
  const { anchors, prior } = state;
  const answers = gradedAnswers(state, 'all');
  const every = Math.max(1, Math.ceil(answers.length / MOST_LOOKS));
  const path: TracePoint[] = [];
  const forecasts: ForecastAnswer[] = [];
  const looks = Array.from(
    { length: Math.ceil(answers.length / every) },
    (_, look) => look * every,
  );
  for (const known of [...looks, answers.length]) {
    const before = answers.slice(0, known);
    const { value, standardDeviation } = expectedAccuracy(prior, anchors, before);
    path.push({ answers: known, value, standardDeviation });
    const ability = estimateAbility(
      before.map(({ query, score }) => ({ item: anchors[query], score })),
      prior,
    );
    for (const { query, score } of answers.slice(known, known + every))
      forecasts.push({
        forecast: forecastCorrectness(anchors[query], ability).probability,
        score,
      });
  }
  return { path, forecasts };
}
