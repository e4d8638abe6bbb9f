import { describe, expect, it } from '@jest/globals';
import { POLICY_PRESETS } from '@zerorouter/optimizer';
import { policyNames, resolvePolicy } from './policy.js';

const budget = { usd: 5, period: 'day' as const };
const stored = [
  {
    name: 'support',
    weights: { accuracy: 2, cost: 1, latency: 1 },
    constraints: { maxCostUsd: 0.01 },
    budget,
  },
];

describe('resolvePolicy', () => {
  it('knows presets, stored policies, weights and the dial', () => {
    expect(resolvePolicy('min-cost', stored)).toEqual({
      label: 'min-cost',
      weights: POLICY_PRESETS['min-cost'],
      constraints: {},
      budget: null,
    });
    expect(resolvePolicy('support', stored)).toEqual({
      label: 'support',
      weights: { accuracy: 2, cost: 1, latency: 1 },
      constraints: { maxCostUsd: 0.01 },
      budget,
    });
    const weights = { accuracy: 1, cost: 0, latency: 3 };
    expect(resolvePolicy({ weights }, stored)).toEqual({
      label: 'weights',
      weights,
      constraints: {},
      budget: null,
    });
    expect(resolvePolicy({ dial: 0.25 }, stored)).toMatchObject({
      label: 'dial:0.25',
      weights: { accuracy: 0.25, cost: 0.421875, latency: 0 },
    });
  });

  it('lists what there is when the name is unknown, inherited names too', () => {
    expect(() => resolvePolicy('cheap', stored)).toThrow(
      /no policy "cheap"; there are: max-accuracy, balanced, min-cost, min-latency, support/,
    );
    expect(() => resolvePolicy('toString', stored)).toThrow(/no policy "toString"/);
  });

  it('names every policy once', () => {
    expect(policyNames(stored)).toEqual([...Object.keys(POLICY_PRESETS), 'support']);
  });
});
