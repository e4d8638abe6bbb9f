import { describe, expect, it } from '@jest/globals';
import { EMPTY_KEY, readKeyForm } from './key-form.js';

describe('readKeyForm', () => {
  it('limits nothing that was left empty', () => {
    expect(readKeyForm({ ...EMPTY_KEY, name: 'ci' }).request).toEqual({
      name: 'ci',
      scopes: ['route', 'chat'],
    });
  });

  it('sends the limits as the contract has them', () => {
    const { request } = readKeyForm({
      ...EMPTY_KEY,
      name: 'ci',
      requestsPerMinute: '60',
      budgetUsd: '2.5',
      downgradeTo: 'min-cost',
      expires: '2030-01-31T12:30',
      policies: ['balanced'],
      models: ['openai/*'],
    });
    expect(request).toEqual({
      name: 'ci',
      scopes: ['route', 'chat'],
      rate: { requests_per_minute: 60 },
      budget: { usd: 2.5, period: 'month' },
      on_budget_exceeded: { policy: 'min-cost' },
      expires_at: new Date(2030, 0, 31, 12, 30).toISOString(),
      policies: ['balanced'],
      models: ['openai/*'],
    });
  });

  it('tells what is wrong, field by field', () => {
    const { errors } = readKeyForm({
      ...EMPTY_KEY,
      scopes: [],
      requestsPerMinute: '1.5',
      budgetUsd: 'much',
      policies: ['Not so'],
    });
    expect(Object.keys(errors!).sort()).toEqual([
      'budgetUsd',
      'name',
      'policies',
      'requestsPerMinute',
      'scopes',
    ]);
  });
});
