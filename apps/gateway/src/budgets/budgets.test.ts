import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { DomainError } from '@zerorouter/contracts';
import { connectDatabase, migrate } from '@zerorouter/database';
import type { BudgetTerms, Database } from '@zerorouter/database';
import { seededRandom } from '@zerorouter/latent-space';
// No dependency of the app: an image must not carry the local stack.
import { createDatabase, dropDatabases } from '../../../../packages/local-stack/dist/index.js';
import type { BudgetedPolicy } from './budget-share.js';
import { Budgets } from './budgets.js';

jest.setTimeout(60_000);

const SERVER_URL = process.env['ZEROROUTER_TEST_DATABASE_URL'];
if (SERVER_URL === undefined)
  console.warn('ZEROROUTER_TEST_DATABASE_URL is not set: "Budgets" is SKIPPED');

const NOON = Date.UTC(2026, 5, 15, 12);
const DAY_MS = 86_400_000;

(SERVER_URL === undefined ? describe.skip : describe)('Budgets', () => {
  const name = `zerorouter_test_${randomUUID().replaceAll('-', '')}`;
  const databases: Database[] = [];
  let now = NOON;

  beforeAll(async () => {
    const databaseUrl = await createDatabase(SERVER_URL!, name);
    await migrate(databaseUrl);
    databases.push(connectDatabase(databaseUrl), connectDatabase(databaseUrl));
  });
  afterAll(async () => {
    await Promise.all(databases.map((database) => database.close()));
    await dropDatabases(SERVER_URL!, name);
  });

  /** A gateway of its own, that counts how often it asks Postgres. */
  function gateway(which = 0) {
    const store = databases[which]!.budgets;
    let asked = 0;
    const budgets = new Budgets(
      {
        begin: (period) => store.begin(period),
        lease: (...args) => {
          asked++;
          return store.lease(...args);
        },
        giveBack: (...args) => store.giveBack(...args),
      },
      () => now,
    );
    return { budgets, asked: () => asked };
  }

  const policy = (more: Partial<BudgetedPolicy> = {}): BudgetedPolicy => ({
    name: randomUUID(),
    budget: { usd: 1, period: 'day' },
    firstPrice: 5,
    expectedQueries: 1000,
    ...more,
  });
  const keyOf = ({ name: policyName, budget: { period } }: BudgetedPolicy, startsAt: number) => ({
    policy: policyName,
    period,
    startsAt: new Date(startsAt),
  });

  /** The most valuable of some models at the price, as a decision among them would be. */
  const among =
    (models: readonly { p: number; costUsd: number }[]) =>
    ({ price, leftUsd, endsAt }: BudgetTerms) => {
      const value = ({ p, costUsd }: { p: number; costUsd: number }) => p - price * costUsd;
      const [best] = models
        .filter(({ costUsd }) => costUsd <= leftUsd)
        .sort((a, b) => value(b) - value(a));
      if (best === undefined) throw new DomainError('budget-exhausted', `wait until ${endsAt}`);
      return { ...best, price };
    };
  const ONE = [{ p: 0.9, costUsd: 0.01 }];

  it('never spend more than the budget together, and all of it', async () => {
    now = NOON;
    const own = policy();
    const gateways = [gateway(0), gateway(1)];
    const random = seededRandom(1);
    const attempts = Array.from({ length: 600 }, (_, i) =>
      gateways[i % 2]!.budgets.spend(own, among([{ p: 0.9, costUsd: 0.02 * random.uniform() }])),
    );
    const results = await Promise.allSettled(attempts);
    const costs = results.flatMap((result) =>
      result.status === 'fulfilled' ? [result.value.costUsd] : [],
    );
    const spent = costs.reduce((sum, usd) => sum + usd, 0);
    expect(costs.length).toBeLessThan(600);
    expect(spent).toBeLessThanOrEqual(1 + 1e-12);
    expect(spent).toBeGreaterThan(0.95);
    for (const result of results)
      if (result.status === 'rejected')
        expect(result.reason).toMatchObject({
          code: 'budget-exhausted',
          message: 'wait until 2026-06-16T00:00:00.000Z',
        });
    await Promise.all(gateways.map(({ budgets }) => budgets.close()));
    const state = await databases[0]!.budgets.get(keyOf(own, NOON - DAY_MS / 2));
    expect(state?.queries).toBe(600);
    expect(state?.spentUsd).toBeCloseTo(spent, 9);
    expect(state?.leasedUsd).toBeCloseTo(spent, 9);
  });

  it('choose what the rest still covers before they refuse', async () => {
    now = NOON;
    const { budgets } = gateway();
    const own = policy({ firstPrice: 1e-3, budget: { usd: 0.055, period: 'hour' } });
    const models = [
      { p: 0.9, costUsd: 0.02 },
      { p: 0.2, costUsd: 0.005 },
    ];
    const costs: number[] = [];
    for (let i = 0; i < 5; i++) costs.push((await budgets.spend(own, among(models))).costUsd);
    expect(costs).toEqual([0.02, 0.02, 0.005, 0.005, 0.005]);
    await expect(budgets.spend(own, among(models))).rejects.toMatchObject({
      code: 'budget-exhausted',
    });
    await budgets.close();
  });

  it('decide without asking Postgres, but for a lease now and then', async () => {
    now = NOON;
    const { budgets, asked } = gateway();
    const own = policy({ budget: { usd: 100, period: 'day' } });
    for (let i = 0; i < 9_000; i++) await budgets.spend(own, among(ONE));
    await budgets.close();
    // 90 USD by leases of a 32nd of the rest, the next one when half of one is left.
    expect(asked()).toBeLessThan(150);
  });

  it('spread a day of traffic over the day, and share the price', async () => {
    const own = policy({ firstPrice: 50, expectedQueries: 3000 });
    const gateways = [gateway(0), gateway(1)];
    const random = seededRandom(2);
    let spent = 0;
    const queries = 4000;
    const prices: number[] = [];
    for (let i = 0; i < queries; i++) {
      now = NOON + DAY_MS / 2 + (DAY_MS * i) / queries;
      const models = [
        { p: 0.5 * random.uniform(), costUsd: 0.00005 },
        { p: 0.5 + 0.3 * random.uniform(), costUsd: 0.0003 },
        { p: 0.7 + 0.3 * random.uniform(), costUsd: 0.001 * (0.5 + random.uniform()) },
      ];
      // The second comes at midday, and finds the price that the first has learnt by then.
      const which = i >= queries / 2 && i % 3 > 0 ? 1 : 0;
      const { costUsd, price } = await gateways[which]!.budgets.spend(own, among(models));
      if (i <= queries / 2 + 1) prices[which] = price;
      spent += costUsd;
    }
    expect(spent).toBeLessThanOrEqual(1);
    expect(spent).toBeGreaterThan(0.98);
    expect(prices[0]).toBeGreaterThan(5 * own.firstPrice);
    expect(Math.abs(Math.log(prices[1]! / prices[0]!))).toBeLessThan(0.5);
    await Promise.all(gateways.map(({ budgets }) => budgets.close()));
  });

  it('go on after a restart and into the next period at the price that was learnt', async () => {
    now = NOON;
    const own = policy({ expectedQueries: 10 });
    const first = gateway().budgets;
    for (let i = 0; i < 20; i++) await first.spend(own, among(ONE));
    await first.close();
    const state = await databases[0]!.budgets.get(keyOf(own, NOON - DAY_MS / 2));
    expect(state).toMatchObject({ queries: 20 });
    expect(state!.leasedUsd).toBeCloseTo(0.2, 9);
    expect(state!.price).not.toBeCloseTo(5, 1);

    const second = gateway().budgets;
    expect((await second.spend(own, among(ONE))).price).toBeCloseTo(state!.price, 9);
    now = NOON + DAY_MS;
    const { price } = await second.spend(own, among(ONE));
    await second.close();
    const yesterday = await databases[0]!.budgets.get(keyOf(own, NOON - DAY_MS / 2));
    expect(yesterday).toMatchObject({ queries: 21 });
    expect(price).toBeCloseTo(yesterday!.price, 9);
    expect(await databases[0]!.budgets.get(keyOf(own, NOON + DAY_MS / 2))).toMatchObject({
      queries: 1,
      expectedQueries: 21,
    });
  });

  it('keep to the budget when a gateway is killed, and take up what one gave back', async () => {
    now = NOON;
    const own = policy();
    const killed = gateway().budgets;
    await killed.spend(own, among(ONE));
    const [leaving, staying] = [gateway(0), gateway(1)];
    await leaving.budgets.spend(own, among(ONE));
    let spent = 0.02;
    const drain = async () => {
      for (;;) spent += (await staying.budgets.spend(own, among(ONE))).costUsd;
    };
    await expect(drain()).rejects.toMatchObject({ code: 'budget-exhausted' });
    expect(spent).toBeLessThanOrEqual(1);
    const before = spent;
    await leaving.budgets.close();
    await expect(drain()).rejects.toMatchObject({ code: 'budget-exhausted' });
    expect(spent).toBe(before);
    now += 1_000;
    await expect(drain()).rejects.toMatchObject({ code: 'budget-exhausted' });
    expect(spent).toBeGreaterThan(before);
    expect(spent).toBeLessThanOrEqual(1 + 1e-12);
    await staying.budgets.close();
  });
});
