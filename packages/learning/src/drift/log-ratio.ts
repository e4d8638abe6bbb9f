// Bound once: a global looked up in an inner loop is slow wherever code runs in a sandbox.
const { log, exp, min, max } = Math;

/** Keeps ratios finite where a forecast is all but certain. */
const LEAST = 0.01;

/**
 * Log likelihood ratio of a score in [0, 1] between two expectations of it. Its exponential has mean 1 (hard scores)
 * or less (soft ones) while `expected` holds, whatever the forecasts are: sums of it, restarted at 0, pass h by chance
 * less often than once in eʰ answers (Lorden 1971).
 */
export function logRatio(score: number, expected: number, alternative: number): number {
  return (
    score * log(alternative / expected) + (1 - score) * log((1 - alternative) / (1 - expected))
  );
}

/** A probability held clear of 0 and 1. */
export function clear(p: number): number {
  return min(1 - LEAST, max(LEAST, p));
}

/** A probability moved by some logits. */
export function moveLogit(p: number, logits: number): number {
  const odds = (p / (1 - p)) * exp(logits);
  return clear(odds / (1 + odds));
}
