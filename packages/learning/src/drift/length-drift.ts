import type { LengthModel } from '@zerorouter/latent-space';

/** Two CUSUMs on standardised log(L/L̂), and the model's length as learnt so far. */
export interface LengthDrift {
  readonly longer: number;
  readonly shorter: number;
}

export const NO_LENGTH_DRIFT: LengthDrift = { longer: 0, shorter: 0 };

/** Half of the shift that is looked for, in deviations of log length. */
const REFERENCE = 0.5;
/**
 * Threshold of either sum; by simulation both together alarm once in 800 answers without a change, and after 12 with one of a
 * deviation.
 */
export const LENGTH_THRESHOLD = 5.5;
/** One freak answer must not raise an alarm by itself. */
const MOST_RESIDUAL = 3;
/** Deviation of log lengths of which nothing is known. */
const USUAL_DEVIATION = 0.6;

/** (log L − log L̂) in deviations, both of the answer and of the model's offset. */
export function lengthResidual(
  outputTokens: number,
  logOutputTokens: number,
  length: LengthModel,
): number {
  const deviation = Math.hypot(answerDeviation(length), Math.sqrt(length.offsetVariance));
  return (Math.log(Math.max(1, outputTokens)) - logOutputTokens - length.offset) / deviation;
}

/** Takes one residual in. @returns the sums, started again after an alarm. */
export function watchLength(
  drift: LengthDrift,
  residual: number,
): { drift: LengthDrift; alarm: 'longer' | 'shorter' | null } {
  const x = Math.min(MOST_RESIDUAL, Math.max(-MOST_RESIDUAL, residual));
  const longer = Math.max(0, drift.longer + x - REFERENCE);
  const shorter = Math.max(0, drift.shorter - x - REFERENCE);
  if (longer > LENGTH_THRESHOLD) return { drift: NO_LENGTH_DRIFT, alarm: 'longer' };
  if (shorter > LENGTH_THRESHOLD) return { drift: NO_LENGTH_DRIFT, alarm: 'shorter' };
  return { drift: { longer, shorter }, alarm: null };
}

/** The model's offset after an answer: a Gaussian update, so that residuals lose what the offset erred by. */
export function learnLength<Length extends LengthModel>(
  length: Length,
  outputTokens: number,
  logOutputTokens: number,
): Length {
  const noise = answerDeviation(length) ** 2;
  const gain = length.offsetVariance / (length.offsetVariance + noise);
  const residual = lengthResidual(outputTokens, logOutputTokens, length);
  const x = Math.min(MOST_RESIDUAL, Math.max(-MOST_RESIDUAL, residual));
  return {
    ...length,
    offset: length.offset + gain * x * Math.sqrt(length.offsetVariance + noise),
    offsetVariance: length.offsetVariance * (1 - gain),
  };
}

function answerDeviation({ logDeviation, smearing }: LengthModel): number {
  const known = logDeviation ?? Math.sqrt(Math.max(0, 2 * Math.log(smearing)));
  return known > 0 ? known : USUAL_DEVIATION;
}
