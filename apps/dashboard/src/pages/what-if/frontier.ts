import type { SimulatedOutcome, SimulateResponse } from '@zerorouter/contracts';
import { formatPercent, formatUsd } from '../../format/format.js';

export interface FrontierPoint {
  dial: number;
  accuracy: number;
  /** USD per 1,000 queries. */
  costUsd: number;
}

export function perThousand(
  frontier: SimulateResponse['frontier'],
  decisions: number,
): FrontierPoint[] {
  return frontier.map(({ dial, mean_accuracy, cost_usd }) => ({
    dial,
    accuracy: mean_accuracy,
    costUsd: (cost_usd * 1_000) / decisions,
  }));
}

/** Where an outcome stands in the same units; null where no model was chosen at all. */
export function operatingPoint(
  { mean_accuracy, cost_usd, undecided }: SimulatedOutcome,
  decisions: number,
): Omit<FrontierPoint, 'dial'> | null {
  const decided = decisions - undecided;
  return mean_accuracy === null || decided === 0
    ? null
    : { accuracy: mean_accuracy, costUsd: (cost_usd * 1_000) / decided };
}

/** What is to be seen, in a sentence or two. */
export function frontierSummary(
  before: readonly FrontierPoint[],
  after: readonly FrontierPoint[],
): string {
  const range = (points: readonly FrontierPoint[]) => {
    const [first, last] = [points[0], points.at(-1)];
    if (first === undefined || last === undefined) return null;
    return `from ${formatPercent(first.accuracy)} at ${formatUsd(first.costUsd)} to ${formatPercent(last.accuracy)} at ${formatUsd(last.costUsd)} per 1,000 queries`;
  };
  const [now, then] = [range(before), range(after)];
  return [
    now === null ? null : `Today the frontier runs ${now}.`,
    then === null ? null : `With the changes it runs ${then}.`,
    'A large dot is where the policies in force stand.',
  ]
    .filter((sentence) => sentence !== null)
    .join(' ');
}
