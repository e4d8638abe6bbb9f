import { clear, logRatio } from './log-ratio.js';

// Bound once: a global looked up in an inner loop is slow wherever code runs in a sandbox.
const { max } = Math;

/** Two CUSUMs on y − p̂: has the model become worse, or better, than it is believed to be? */
export interface AccuracyDrift {
  readonly worse: number;
  readonly better: number;
}

export const NO_ACCURACY_DRIFT: AccuracyDrift = { worse: 0, better: 0 };

/** The change that is looked for. */
const CHANGE = 0.15;

/**
 * Threshold of either sum, chosen by simulation: without a change both together alarm once in 500 answers or less
 * often, for forecasts of 0.3 to 0.95; a drop of 0.15 is found after 80 answers or fewer on average (62 over forecasts
 * spread evenly).
 */
export const ACCURACY_THRESHOLD = 4.4;

/**
 * Takes one answer in: the log likelihood ratio of its score between a probability that is CHANGE lower (higher)
 * and the forecast. It is the residual y − p̂, weighed as its own variance asks. Forecasts must have been made before
 * the answer: then the ratios are independent under no change, however the belief moves.
 * @returns the sums, started again after an alarm.
 */
export function watchAccuracy(
  drift: AccuracyDrift,
  score: number,
  forecast: number,
): { drift: AccuracyDrift; alarm: 'worse' | 'better' | null } {
  const p = clear(forecast);
  const worse = max(0, drift.worse + logRatio(score, p, clear(p - CHANGE)));
  const better = max(0, drift.better + logRatio(score, p, clear(p + CHANGE)));
  if (worse > ACCURACY_THRESHOLD) return { drift: NO_ACCURACY_DRIFT, alarm: 'worse' };
  if (better > ACCURACY_THRESHOLD) return { drift: NO_ACCURACY_DRIFT, alarm: 'better' };
  return { drift: { worse, better }, alarm: null };
}
