import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeWithDatabase } from '../../test/test-database.js';
import { connectDatabase } from '../database.js';
import type { Database } from '../database.js';
import type { BudgetKey } from './budget-store.js';

describeWithDatabase('BudgetStore', (databaseUrl) => {
  let databases: [Database, Database];
  beforeAll(() => {
    databases = [connectDatabase(databaseUrl()), connectDatabase(databaseUrl())];
  });
  afterAll(() => Promise.all(databases.map((database) => database.close())));

  const NOTHING = { spentUsd: 0, queries: 0, priceFactor: 1 };
  const whole = { report: NOTHING, limitUsd: 1, share: 1, atLeastUsd: 0 };
  const day = (policy: string, date = 1): BudgetKey => ({
    policy,
    period: 'day',
    startsAt: new Date(Date.UTC(2026, 0, date)),
  });
  const begin = async (key: BudgetKey, more = {}) => {
    await databases[0].budgets.begin({ ...key, firstPrice: 8, expectedQueries: 99.5, ...more });
    return key;
  };

  it('cuts slices from what is left, no smaller than asked for, and none beyond the budget', async () => {
    const { budgets } = databases[0];
    const key = await begin(day('slices'));
    const lease = async (share: number, atLeastUsd = 0) => {
      const { grantedUsd } = await budgets.lease(key, { ...whole, share, atLeastUsd });
      return grantedUsd;
    };
    expect(await lease(1 / 2)).toBe(0.5);
    expect(await lease(1 / 2)).toBe(0.25);
    expect(await lease(1 / 8, 0.125)).toBe(0.125);
    expect(await lease(1 / 8, 1)).toBe(0.125);
    expect(await lease(1 / 8, 1)).toBe(0);
    await budgets.giveBack(key, 0.375, NOTHING);
    expect(await lease(1)).toBe(0.375);
    // A budget that was lowered below what is leased grants nothing.
    expect((await budgets.lease(key, { ...whole, limitUsd: 0.5 })).grantedUsd).toBe(0);
  });

  it('grants no USD twice, however many ask at once', async () => {
    const key = await begin(day('contested'));
    const granted = await Promise.all(
      Array.from({ length: 200 }, async (_, i) => {
        const report = { spentUsd: 0, queries: 1, priceFactor: i % 2 === 0 ? 2 : 0.5 };
        const request = { report, limitUsd: 1, share: 1 / 32, atLeastUsd: 0.003 };
        return (await databases[i % 2]!.budgets.lease(key, request)).grantedUsd;
      }),
    );
    const sum = granted.reduce((total, usd) => total + usd, 0);
    expect(sum).toBeCloseTo(1, 9);
    expect(sum).toBeLessThanOrEqual(1 + 1e-12);
    // Reports of both are in it, in whatever order they came.
    expect(await databases[0].budgets.get(key)).toMatchObject({ queries: 200, price: 8 });
    expect((await databases[1].budgets.lease(key, whole)).grantedUsd).toBe(0);
  });

  it('adds reports up and hands the price and the traffic on to the next period', async () => {
    const { budgets } = databases[0];
    const key = await begin(day('learning'));
    await begin(key, { firstPrice: 99, expectedQueries: 1 });
    const { state } = await budgets.lease(key, {
      ...whole,
      share: 0.5,
      report: { spentUsd: 0.25, queries: 30, priceFactor: 2 },
    });
    expect(state).toEqual({
      spentUsd: 0.25,
      queries: 30,
      price: 16,
      expectedQueries: 99.5,
      leasedUsd: 0.5,
    });
    await budgets.giveBack(key, 0.125, { spentUsd: 0.125, queries: 12, priceFactor: 0.25 });
    expect(await budgets.get(key)).toMatchObject({
      spentUsd: 0.375,
      queries: 42,
      leasedUsd: 0.375,
    });

    expect(await budgets.get(day('learning', 2))).toBeNull();
    await expect(budgets.lease(day('learning', 2), whole)).rejects.toThrow(
      /"learning" has not begun/,
    );
    const next = await begin(day('learning', 2));
    expect(await budgets.get(next)).toEqual({
      spentUsd: 0,
      queries: 0,
      price: 4,
      expectedQueries: 42,
      leasedUsd: 0,
    });
    // A day without traffic says nothing of the next.
    const afterIdleness = await begin(day('learning', 3));
    expect(await budgets.get(afterIdleness)).toMatchObject({ price: 4, expectedQueries: 99.5 });
  });
});
