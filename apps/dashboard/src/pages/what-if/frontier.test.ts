import { expect, it } from '@jest/globals';
import { frontierSummary, operatingPoint, perThousand } from './frontier.js';

const FRONTIER = [
  { dial: 0, mean_accuracy: 0.5, cost_usd: 0.0123 },
  { dial: 1, mean_accuracy: 0.75, cost_usd: 0.2 },
];

it('puts a frontier and an outcome into the same units', () => {
  expect(perThousand(FRONTIER, 100).map(({ costUsd }) => costUsd.toFixed(9))).toEqual([
    '0.123000000',
    '2.000000000',
  ]);
  const outcome = { mean_accuracy: 0.6, cost_usd: 0.09, mean_latency_ms: null, models: {} };
  // What got no model cost nothing, and is not among the queries that were paid for.
  expect(operatingPoint({ ...outcome, undecided: 10 }, 100)).toEqual({ accuracy: 0.6, costUsd: 1 });
  expect(operatingPoint({ ...outcome, mean_accuracy: null, undecided: 100 }, 100)).toBeNull();
});

it('says what is to be seen', () => {
  const points = perThousand(FRONTIER, 100);
  expect(frontierSummary(points, [])).toBe(
    'Today the frontier runs from 50.0% at $0.123 to 75.0% at $2.00 per 1,000 queries. A large dot is where the policies in force stand.',
  );
  expect(frontierSummary(points, points)).toMatch(/With the changes it runs from 50.0%/);
});
