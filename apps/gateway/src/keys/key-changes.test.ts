import { describe, expect, it } from '@jest/globals';
import { apiKeyChangeSchema } from '@zerorouter/contracts';
import type { Policy } from '@zerorouter/database';
import { checkPolicies, readKeyChanges, requireBudget } from './key-changes.js';

const NOW = new Date('2026-01-01T00:00:00Z');
const read = (change: unknown) => readKeyChanges(apiKeyChangeSchema.parse(change), NOW);
const refusal = (code: string, path: string) =>
  expect.objectContaining({
    code,
    details: expect.objectContaining({ errors: [expect.objectContaining({ path })] }),
  });

describe('readKeyChanges', () => {
  it('changes what is there, and takes away what is null', () => {
    expect(read({})).toEqual({ limits: {} });
    expect(
      read({
        name: 'ci',
        rate: { tokens_per_minute: 100 },
        budget: { usd: 1, period: 'month' },
        policies: ['a', 'b', 'a'],
        on_budget_exceeded: { policy: 'a' },
        expires_at: '2026-01-01T02:00:00+01:00',
      }),
    ).toEqual({
      name: 'ci',
      limits: {
        requestsPerMinute: null,
        tokensPerMinute: 100,
        budget: { usd: 1, period: 'month' },
        policies: ['a', 'b'],
        downgradePolicy: 'a',
      },
      expiresAt: new Date('2026-01-01T01:00:00Z'),
    });
    expect(
      read({
        rate: null,
        budget: null,
        policies: null,
        models: null,
        on_budget_exceeded: null,
        expires_at: null,
      }),
    ).toEqual({
      limits: {
        requestsPerMinute: null,
        tokensPerMinute: null,
        budget: null,
        policies: [],
        models: [],
        downgradePolicy: null,
      },
      expiresAt: null,
    });
    expect(read({ on_budget_exceeded: 'refuse' })).toEqual({ limits: { downgradePolicy: null } });
  });

  it('refuses an end that lies behind', () => {
    expect(() => read({ expires_at: '2026-01-01T00:00:00Z' })).toThrow(
      refusal('invalid-request', 'expires_at'),
    );
  });

  it.each([
    { rate: {} },
    { rate: { requests_per_minute: 0 } },
    { budget: { usd: 0, period: 'day' } },
    { budget: { usd: 1, period: 'week' } },
    { budget: { usd: 1, period: 'day', expected_queries: 5 } },
    { models: [] },
    { policies: ['Not A Name'] },
    { scopes: ['admin'] },
    { expires_at: 'tomorrow' },
  ])('is not asked to read %j', (change) => {
    expect(apiKeyChangeSchema.safeParse(change).success).toBe(false);
  });
});

describe('requireBudget', () => {
  it('wants a budget where a policy waits for its end', () => {
    requireBudget({ downgradePolicy: null, budget: null });
    requireBudget({ downgradePolicy: 'a', budget: { usd: 1, period: 'day' } });
    expect(() => requireBudget({ downgradePolicy: 'a', budget: null })).toThrow(
      refusal('invalid-request', 'on_budget_exceeded'),
    );
  });
});

describe('checkPolicies', () => {
  const store = { list: () => Promise.resolve([{ name: 'mine' } as Policy]) };

  it('knows presets, stored policies and "pinned", and says which name it does not know', async () => {
    const limits = { policies: ['balanced', 'mine', 'pinned'], downgradePolicy: 'min-cost' };
    await checkPolicies({ limits }, store);
    await expect(
      checkPolicies({ limits: { ...limits, policies: ['mine', 'typo'] } }, store),
    ).rejects.toEqual(refusal('unknown-policy', 'policies.1'));
    await expect(
      checkPolicies({ limits: { ...limits, downgradePolicy: 'pinned' } }, store),
    ).rejects.toEqual(refusal('unknown-policy', 'on_budget_exceeded.policy'));
  });
});
