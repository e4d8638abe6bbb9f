import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { KeyBudgets } from '../../apps/gateway/src/admission/key-budgets.js';
import { Budgets } from '../../apps/gateway/src/budgets/budgets.js';
import { connectDatabase, type Database } from '../../packages/database/dist/index.js';
import { createDatabase } from '../../packages/local-stack/dist/index.js';
import { prepared } from '../stack/boot-stack.js';
import { tell } from '../stack/fault-matrix.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOON = Date.UTC(2026, 4, 15, 12);

/** A clock that stands where it is set. */
let now = NOON;
const clock = (): number => now;

let database: Database;
beforeAll(async () => {
  const { serverUrl, prefix, template } = prepared();
  const name = `${prefix}_${randomBytes(4).toString('hex')}`;
  database = connectDatabase(await createDatabase(serverUrl, name, template));
});
beforeEach(() => {
  now = NOON;
});
afterAll(() => database.close());

describe('a clock that jumps', () => {
  const openKeyBudgets = () =>
    new KeyBudgets(database.keySpends, {
      reservationMs: 60_000,
      logger: { warn: () => undefined, error: () => undefined },
      clock,
    });
  const daily = { usd: 1, period: 'day' } as const;

  it('gives no key its money twice, whichever way', async () => {
    const keyId = randomUUID();
    const budgets = openKeyBudgets();
    const spend = async (usd: number): Promise<boolean> => {
      const held = await budgets.reserve(keyId, daily, usd, { enforced: true }).catch(() => null);
      await held?.settle(usd);
      return held !== null;
    };
    expect([await spend(0.6), await spend(0.6)]).toEqual([true, false]);
    // A day ahead: the next day's money, once.
    now = NOON + DAY_MS;
    expect([await spend(0.9), await spend(0.9)]).toEqual([true, false]);
    // Back again: that day's is as spent as it was.
    now = NOON;
    expect([await spend(0.6), await spend(0.4), await spend(0.1)]).toEqual([false, true, false]);
    // And so is the next day's, when it comes by itself.
    now = NOON + DAY_MS;
    expect([await spend(0.9), await spend(0.1)]).toEqual([false, true]);
    await budgets.close();
    tell('money of a period is spent once', { periods: 2, jumps: 3 });
  });

  it('does not take a call out of the period that paid for it', async () => {
    const keyId = randomUUID();
    const budgets = openKeyBudgets();
    const held = await budgets.reserve(keyId, daily, 0.5, { enforced: true });
    now = NOON + 400 * DAY_MS;
    await held.settle(0.4);
    const startsAt = new Date(Date.UTC(2026, 4, 15));
    expect(await database.keySpends.get({ keyId, period: 'day', startsAt })).toEqual({
      spentUsd: 0.4,
      reservedUsd: 0,
    });
    await budgets.close();
    tell('settled where it was set aside', { jump_days: 400 });
  });

  it('lets no policy decide beyond its budget, whichever way', async () => {
    const policy = {
      name: randomUUID(),
      budget: daily,
      firstPrice: 5,
      expectedQueries: 100,
    };
    const spentBy = new Map<number, number>();
    // Two gateways, one after the other.
    for (const jumps of [
      [0, DAY_MS, 0, -HOUR_MS, DAY_MS],
      [DAY_MS, 0, 2 * HOUR_MS, DAY_MS + HOUR_MS],
    ]) {
      const budgets = new Budgets(database.budgets, clock);
      for (const jump of jumps) {
        now = NOON + jump;
        const day = Math.floor(now / DAY_MS);
        for (let i = 0; i < 40; i++) {
          const usd = await budgets
            .spend(policy, ({ leftUsd, price }) => {
              expect(Number.isFinite(price)).toBe(true);
              return { costUsd: leftUsd >= 0.03 ? 0.03 : 0 };
            })
            .then(({ costUsd }) => costUsd);
          spentBy.set(day, (spentBy.get(day) ?? 0) + usd);
        }
      }
      await budgets.close();
    }
    expect(spentBy.size).toBe(2);
    for (const usd of spentBy.values()) {
      expect(usd).toBeGreaterThan(0.5);
      expect(usd).toBeLessThanOrEqual(1 + 1e-9);
    }
    tell('a period’s budget is spent once, by two gateways', { periods: 2, jumps: 9 });
  });
});
