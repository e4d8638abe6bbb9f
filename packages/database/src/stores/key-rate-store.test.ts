import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeWithDatabase } from '../../test/test-database.js';
import { connectDatabase } from '../database.js';
import type { Database } from '../database.js';

describeWithDatabase('KeyRateStore', (databaseUrl) => {
  let databases: [Database, Database];
  beforeAll(() => {
    databases = [connectDatabase(databaseUrl()), connectDatabase(databaseUrl())];
  });
  afterAll(() => Promise.all(databases.map((database) => database.close())));

  const NOTHING = { requests: 0, tokens: 0 };
  /** Fills by one in a minute or more: time does not count. */
  const SLOW = { requests: 64, tokens: null };
  const take = async (keyId: string, requests: number, more = {}) => {
    const request = { limits: SLOW, wanted: { requests, tokens: 5 }, share: 0, returned: NOTHING };
    return databases[0].keyRates.take(keyId, { ...request, ...more });
  };

  it('begins with a minute’s worth, and grants a share or what is wanted, but no more than there is', async () => {
    const { granted, left } = await take('shares', 1, { share: 0.5 });
    expect(granted).toEqual({ requests: 32, tokens: 5 });
    expect(left.tokens).toBe(Infinity);
    expect(left.requests).toBeCloseTo(32, 0);
    expect((await take('shares', 30)).granted.requests).toBe(30);
    expect((await take('shares', 30)).granted.requests).toBeLessThan(3);
    expect((await take('other', 64)).granted.requests).toBe(64);
  });

  it('grants nothing twice, however many ask at once', async () => {
    const limits = { requests: 64, tokens: 1_000 };
    const granted = await Promise.all(
      Array.from({ length: 200 }, async (_, i) => {
        const wanted = { requests: 1, tokens: 10 };
        const request = { limits, wanted, share: 1 / 32, returned: NOTHING };
        return (await databases[i % 2]!.keyRates.take('contested', request)).granted;
      }),
    );
    const sum = (of: 'requests' | 'tokens') => granted.reduce((total, one) => total + one[of], 0);
    // What filled up while this ran comes on top: a second or two of it.
    expect(sum('requests')).toBeGreaterThanOrEqual(64 - 1e-9);
    expect(sum('requests')).toBeLessThan(64 + 4);
    expect(sum('tokens')).toBeLessThan(1_000 + 60);
  });

  it('fills up steadily, takes back what was not used, and holds no more than a minute’s worth', async () => {
    const limits = { requests: 6_000, tokens: null };
    await take('filling', 6_000, { limits });
    await sleep(100);
    const { left } = await take('filling', 0, { limits });
    expect(left.requests).toBeGreaterThan(9);
    expect(left.requests).toBeLessThan(300);

    await databases[0].keyRates.giveBack('filling', limits, { requests: 9_000, tokens: 0 });
    expect((await take('filling', 7_000, { limits })).granted.requests).toBe(6_000);
  });

  it('makes calls wait for what others have used beyond what they were granted', async () => {
    const limits = { requests: null, tokens: 600 };
    const returned = { requests: 0, tokens: -300 };
    await take('debt', 0, { limits, wanted: { requests: 1, tokens: 600 } });
    const { granted, left } = await take('debt', 0, { limits, returned });
    expect(granted.tokens).toBe(0);
    expect(left.tokens).toBeLessThan(-200);
  });

  it('follows a limit that is changed', async () => {
    await take('changed', 0);
    const lowered = { requests: 4, tokens: null };
    expect((await take('changed', 64, { limits: lowered })).granted.requests).toBe(4);
    const unlimited = { requests: null, tokens: null };
    expect((await take('changed', 64, { limits: unlimited })).granted.requests).toBe(64);
    expect((await take('changed', 64, { limits: SLOW })).granted.requests).toBe(64);
  });
});
