import { describe, expect, it } from '@jest/globals';
import type { PolicyView } from '@zerorouter/contracts';
import { keptBeyondForm, NEW_POLICY, readPolicyForm, toPolicyForm } from './policy-form.js';

const STORED: PolicyView = {
  name: 'thrifty',
  version: 3,
  weights: { accuracy: 1, cost: 0.2, latency: 0 },
  constraints: { max_cost_usd: 0.01, max_latency_ms: 2_500, min_accuracy: 0.7 },
  budget: { usd: 5, period: 'hour', expected_queries: 900 },
  shadow: ['balanced'],
  created_at: '2026-01-01T00:00:00.000Z',
};

describe('the form of a policy', () => {
  it('gives back what is stored when nothing is changed', () => {
    const form = toPolicyForm(STORED);
    expect(form).toMatchObject({ maxLatency: '2.5', minAccuracy: '70', budgetUsd: '5' });
    expect(readPolicyForm(form, keptBeyondForm(STORED))).toEqual({
      name: 'thrifty',
      errors: null,
      request: {
        weights: STORED.weights,
        constraints: STORED.constraints,
        budget: STORED.budget,
        shadow: ['balanced'],
      },
    });
  });

  it('tells what is wrong, field by field', () => {
    const { errors } = readPolicyForm({
      ...NEW_POLICY,
      name: 'Not so',
      cost: 'much',
      minAccuracy: '120',
      budgetUsd: '0',
    });
    expect(Object.keys(errors!).sort()).toEqual(['budgetUsd', 'cost', 'minAccuracy', 'name']);
    const none = readPolicyForm({
      ...NEW_POLICY,
      name: 'a',
      accuracy: '0',
      cost: '0',
      latency: '0',
    });
    expect(none.errors).toEqual({ accuracy: 'at least one weight must be above 0' });
  });
});
