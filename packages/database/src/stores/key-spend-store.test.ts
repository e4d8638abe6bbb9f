import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeWithDatabase } from '../../test/test-database.js';
import { connectDatabase } from '../database.js';
import type { Database } from '../database.js';
import type { SpendPeriod } from './key-spend-store.js';

describeWithDatabase('KeySpendStore', (databaseUrl) => {
  let databases: [Database, Database];
  beforeAll(() => {
    databases = [connectDatabase(databaseUrl()), connectDatabase(databaseUrl())];
  });
  afterAll(() => Promise.all(databases.map((database) => database.close())));

  let count = 0;
  const period = (keyId: string, date = 1): SpendPeriod => ({
    keyId,
    period: 'day',
    startsAt: new Date(Date.UTC(2026, 0, date)),
  });
  const reserve = async (of: SpendPeriod, usd: number, limitUsd: number | null, ttlMs = 60_000) => {
    const id = `res_${count++}`;
    const { keySpends } = databases[count % 2]!;
    return (await keySpends.reserve(of, { id, usd, limitUsd, ttlMs })) ? id : null;
  };

  it('sets aside as many calls at once as the budget holds, to the last one', async () => {
    const day = period('contested');
    // Ten times 0.1 is less than 1 in doubles, and three times is more than 0.3.
    const held = await Promise.all(Array.from({ length: 200 }, () => reserve(day, 0.1, 0.3)));
    expect(held.filter((id) => id !== null)).toHaveLength(3);
    expect(await databases[0].keySpends.get(day)).toEqual({ spentUsd: 0, reservedUsd: 0.3 });
    expect(await reserve(period('contested', 2), 0.1, 0.3)).not.toBeNull();
    expect(await reserve(period('other'), 0.31, 0.3)).toBeNull();
    expect(await reserve(day, 5, null)).not.toBeNull();
  });

  it('puts what a call has cost in the place of what was set aside, once', async () => {
    const { keySpends } = databases[0];
    const day = period('settling');
    const [dear, cheap, free] = [
      await reserve(day, 0.4, 1),
      await reserve(day, 0.4, 1),
      await reserve(day, 0.2, 1),
    ];
    expect(await reserve(day, 1e-9, 1)).toBeNull();
    expect(await keySpends.settle(dear!, 0.5)).toEqual({ spentUsd: 0.5, reservedUsd: 0.6 });
    expect(await keySpends.settle(cheap!, 0.1)).toEqual({ spentUsd: 0.6, reservedUsd: 0.2 });
    expect(await keySpends.settle(free!, 0)).toEqual({ spentUsd: 0.6, reservedUsd: 0 });
    expect(await keySpends.settle(dear!, 0.5)).toBeNull();
    expect(await keySpends.get(day)).toEqual({ spentUsd: 0.6, reservedUsd: 0 });
    expect(await reserve(day, 0.4, 1)).not.toBeNull();
    expect(await keySpends.list([period('nobody'), day])).toEqual([
      { spentUsd: 0, reservedUsd: 0 },
      { spentUsd: 0.6, reservedUsd: 0.4 },
    ]);
  });

  it('frees what nobody renews, once, and still counts what such a call has cost', async () => {
    const day = period('lapsing');
    const [lost, slow, kept] = [
      await reserve(day, 0.25, 1, 30),
      await reserve(day, 0.25, 1, 30),
      await reserve(day, 0.5, 1, 30),
    ];
    await databases[0].keySpends.renew([kept!], 60_000);
    await sleep(50);
    const freed = await Promise.all(
      Array.from({ length: 20 }, (_, i) => databases[i % 2]!.keySpends.freeLapsed('lapsing')),
    );
    expect(freed.reduce((sum, one) => sum + one, 0)).toBe(2);
    expect(await databases[0].keySpends.get(day)).toEqual({ spentUsd: 0, reservedUsd: 0.5 });

    expect(await databases[1].keySpends.settle(slow!, 0.1)).toEqual({
      spentUsd: 0.1,
      reservedUsd: 0.5,
    });
    // Too late to be renewed; young enough to be settled.
    await databases[0].keySpends.renew([lost!], 60_000);
    await databases[0].keySpends.prune();
    expect(await databases[1].keySpends.settle(lost!, 0.2)).toEqual({
      spentUsd: 0.3,
      reservedUsd: 0.5,
    });
    expect(await databases[0].keySpends.freeLapsed()).toBe(0);
  });

  it('settles, frees and reserves side by side without losing a cent', async () => {
    const day = period('busy');
    const { keySpends } = databases[0];
    const work = Array.from({ length: 60 }, async (_, i) => {
      const id = await reserve(day, 0.01, null, i % 3 === 0 ? 1 : 60_000);
      await Promise.all([
        databases[i % 2]!.keySpends.freeLapsed(i % 2 === 0 ? 'busy' : null),
        databases[(i + 1) % 2]!.keySpends.settle(id!, 0.002),
      ]);
    });
    await Promise.all(work);
    expect(await keySpends.get(day)).toEqual({ spentUsd: 0.12, reservedUsd: 0 });
  });
});
