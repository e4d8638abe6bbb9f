import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { KeyRateStore, RateAmounts } from '@zerorouter/database';
import { KeyRate } from './key-rate.js';
import { rateHeaders } from './rate-headers.js';

type Store = Pick<KeyRateStore, 'take' | 'giveBack'>;

/** A bucket that does not fill: what several gateways draw from, one after the other, as from a row. */
function bucket(level: RateAmounts) {
  const asked: RateAmounts[] = [];
  const returned: RateAmounts[] = [];
  const store: Store = {
    take: async (_key, { wanted, share, limits, returned: back }) => {
      await sleep(2);
      asked.push(wanted);
      const cut = (of: keyof RateAmounts) => {
        if (limits[of] === null) return wanted[of];
        level[of] += back[of];
        const granted = Math.max(0, Math.min(level[of], Math.max(wanted[of], share * level[of])));
        level[of] -= granted;
        return granted;
      };
      const granted = { requests: cut('requests'), tokens: cut('tokens') };
      return { granted, left: { ...level } };
    },
    giveBack: (_key, _limits, amounts) => {
      returned.push(amounts);
      level.requests += amounts.requests;
      level.tokens += amounts.tokens;
      return Promise.resolve();
    },
  };
  return { store, asked, returned, level };
}

const REQUESTS = { requests: 320, tokens: null };

describe('KeyRate', () => {
  it('admits as many calls at once as there are left, through however many gateways', async () => {
    const { store, asked } = bucket({ requests: 30, tokens: 0 });
    const gateways = [new KeyRate('key', store), new KeyRate('key', store)];
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, i) => gateways[i % 2]!.take(REQUESTS, 0)),
    );
    expect(answers.filter(({ admitted }) => admitted)).toHaveLength(30);
    // Who waits is drawn for together.
    expect(asked.length).toBeLessThan(8);
    const refused = answers.find(({ admitted }) => !admitted);
    expect(refused).toMatchObject({ admitted: false, waitS: 60 / 320, left: { requests: 0 } });
    await Promise.all(gateways.map((gateway) => gateway.close()));
  });

  it('admits without asking while it holds a share, and gives back what it does not use', async () => {
    const { store, asked, returned, level } = bucket({ requests: 320, tokens: 0 });
    const rate = new KeyRate('key', store);
    for (let i = 0; i < 10; i++)
      expect(await rate.take(REQUESTS, 0)).toMatchObject({
        admitted: true,
        left: { requests: 319 - i },
      });
    expect(asked).toEqual([{ requests: 1, tokens: 0 }]);
    await rate.take(REQUESTS, 0);
    expect(asked).toHaveLength(2);
    await sleep(1_100);
    expect(returned).toHaveLength(1);
    expect(level.requests).toBeCloseTo(309, 9);
  });

  it('holds calls to their tokens too, and counts later what they have really used', async () => {
    const { store } = bucket({ requests: 0, tokens: 1_000 });
    const limits = { requests: null, tokens: 1_000 };
    const rate = new KeyRate('key', store);
    expect(await rate.take(limits, 600)).toMatchObject({ admitted: true, left: { tokens: 400 } });
    expect(await rate.take(limits, 500)).toMatchObject({ admitted: false, waitS: 6 });
    rate.adjust(-200);
    expect(await rate.take(limits, 500)).toMatchObject({ admitted: true, left: { tokens: 100 } });
    rate.adjust(400);
    expect(await rate.take(limits, 1)).toMatchObject({ admitted: false, left: { tokens: -300 } });
    expect(await rate.take(limits, 1_001)).toMatchObject({ admitted: false, waitS: Infinity });
    await rate.close();
  });

  it('tells everybody who waits that Postgres is away, and goes on when it is back', async () => {
    const { store } = bucket({ requests: 5, tokens: 0 });
    let away = true;
    const rate = new KeyRate('key', {
      ...store,
      take: (...args) => (away ? Promise.reject(new Error('away')) : store.take(...args)),
    });
    const outcomes = await Promise.allSettled([rate.take(REQUESTS, 0), rate.take(REQUESTS, 0)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    away = false;
    expect(await rate.take(REQUESTS, 0)).toMatchObject({ admitted: true });
    await rate.close();
  });
});

describe('rateHeaders', () => {
  it('writes what the OpenAI API writes', () => {
    expect(
      rateHeaders({
        limits: { requests: 60, tokens: 100_000 },
        left: { requests: 58.7, tokens: -100 },
      }),
    ).toEqual({
      'x-ratelimit-limit-requests': '60',
      'x-ratelimit-remaining-requests': '58',
      'x-ratelimit-reset-requests': '2s',
      'x-ratelimit-limit-tokens': '100000',
      'x-ratelimit-remaining-tokens': '0',
      'x-ratelimit-reset-tokens': '1m0s',
    });
    expect(
      rateHeaders({
        limits: { requests: null, tokens: 600 },
        left: { requests: Infinity, tokens: 597 },
      }),
    ).toEqual({
      'x-ratelimit-limit-tokens': '600',
      'x-ratelimit-remaining-tokens': '597',
      'x-ratelimit-reset-tokens': '300ms',
    });
  });
});
