import { describe, expect, it } from '@jest/globals';
import { simulateRequestSchema } from '@zerorouter/contracts';
import { describeScenario, isToday, shareChanges, TODAY, toSimulateRequest } from './scenario.js';
import type { Scenario } from './scenario.js';

const CHANGED: Scenario = {
  limit: 200,
  policy: { dial: 0.2 },
  removed: ['a/big', 'a/old'],
  prices: { 'a/small': { input: 1, output: 2 }, 'a/big': { input: 9, output: 9 } },
  added: [{ model: 'a/next', like: 'a/big', prices: { input: 3, output: 4 } }],
};

describe('a scenario', () => {
  it('asks for nothing but the decisions while nothing is changed', () => {
    expect(toSimulateRequest(TODAY)).toEqual({ limit: 500 });
    expect(isToday(TODAY)).toBe(true);
    expect(isToday({ ...TODAY, limit: 100 })).toBe(true);
    expect(isToday({ ...TODAY, policy: 'min-cost' })).toBe(false);
  });

  it('is sent as the contract has it, without prices of models that are taken away', () => {
    const request = toSimulateRequest(CHANGED);
    expect(simulateRequestSchema.parse(request)).toEqual(request);
    expect(request).toEqual({
      limit: 200,
      policy: { dial: 0.2 },
      remove: ['a/big', 'a/old'],
      reprice: { 'a/small': { input_per_mtok: 1, output_per_mtok: 2 } },
      add: [{ model: 'a/next', like: 'a/big', prices: { input_per_mtok: 3, output_per_mtok: 4 } }],
    });
  });

  it('is told in words', () => {
    expect(describeScenario(CHANGED, (usd) => `$${usd}`)).toEqual([
      'policy: dial at 0.2',
      'without a/big',
      'without a/old',
      'a/small at $1 in, $2 out per million tokens',
      'with a/next, which answers like a/big, at $3 in, $4 out per million tokens',
    ]);
    expect(describeScenario(TODAY, String)).toEqual([]);
  });
});

it('orders models by how much they win or lose', () => {
  const outcome = { mean_accuracy: 0.5, cost_usd: 1, mean_latency_ms: null, undecided: 0 };
  const changes = shareChanges({
    space_version: 'v1',
    scenario_space_version: 'v1',
    decisions: 10,
    baseline: { ...outcome, models: { a: 6, b: 3, c: 1 } },
    scenario: { ...outcome, models: { b: 2, c: 2, d: 6 } },
    moves: [],
    frontier: [],
  });
  expect(changes.map(({ model, before, after }) => [model, before, after])).toEqual([
    ['d', 0, 0.6],
    ['a', 0.6, 0],
    ['b', 0.3, 0.2],
    ['c', 0.1, 0.2],
  ]);
});
