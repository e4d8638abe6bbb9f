import { describe, expect, it } from '@jest/globals';
import type { ApiKeyView } from '@zerorouter/contracts';
import { EMPTY_KEY, formOfKey, placeKeyErrors, readKeyChange, readKeyForm } from './key-form.js';

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

describe('a key that is changed', () => {
  const key: ApiKeyView = {
    id: 'key_1',
    name: 'ci',
    scopes: ['route'],
    prefix: 'zr_abc',
    rate: { requests_per_minute: 60, tokens_per_minute: 9_000 },
    budget: { usd: 2.5, period: 'day' },
    spend: null,
    policies: ['balanced'],
    models: null,
    on_budget_exceeded: { policy: 'min-cost' },
    // Finer than a form can say: left alone, it stays.
    expires_at: '2020-01-31T12:30:15.250Z',
    created_at: '2019-01-01T00:00:00.000Z',
    revoked_at: null,
  };
  const before = formOfKey(key);

  it('sends nothing of what was left as it is', () => {
    expect(readKeyChange(before, before).request).toEqual({});
  });

  it('sends what was changed, and takes away what was emptied', () => {
    const form = {
      ...before,
      requestsPerMinute: '',
      budgetUsd: '3',
      downgradeTo: '',
      policies: [],
      models: ['openai/*'],
    };
    expect(readKeyChange(form, before).request).toEqual({
      rate: { tokens_per_minute: 9_000 },
      budget: { usd: 3, period: 'day' },
      on_budget_exceeded: null,
      policies: null,
      models: ['openai/*'],
    });
  });

  it('tells what is wrong, field by field', () => {
    const { errors } = readKeyChange({ ...before, name: ' ', tokensPerMinute: 'many' }, before);
    expect(Object.keys(errors!).sort()).toEqual(['name', 'tokensPerMinute']);
  });
});

it('places what the gateway refuses of a key', () => {
  const errors = ['on_budget_exceeded.policy', 'policies.0', 'expires_at', 'budget', 'elsewhere'];
  expect(placeKeyErrors(errors.map((path) => ({ path, message: path })))).toEqual({
    downgradeTo: 'on_budget_exceeded.policy',
    policies: 'policies.0',
    expires: 'expires_at',
    budgetUsd: 'budget',
  });
});
