import { appendFileSync } from 'node:fs';
import { expect } from '@jest/globals';

/**
 * Adds what a test has seen of its fault to the matrix that `npm run test:faults` prints at its end; in any other run
 * nobody reads it.
 * @param counts how often, how long (ms), as a reader would want them.
 */
export function tell(seen: string, counts: Record<string, number | string> = {}): void {
  const file = process.env['ZEROROUTER_FAULT_MATRIX'];
  if (file === undefined) return;
  const test = expect.getState().currentTestName ?? 'before all tests';
  appendFileSync(file, `${JSON.stringify({ test, seen, counts })}\n`);
}

/** Median and maximum of durations in ms, rounded. */
export function spread(durations: readonly number[]): { p50_ms: number; max_ms: number } {
  const sorted = [...durations].sort((a, b) => a - b);
  return {
    p50_ms: Math.round(sorted[Math.floor((sorted.length - 1) / 2)] ?? NaN),
    max_ms: Math.round(sorted.at(-1) ?? NaN),
  };
}
