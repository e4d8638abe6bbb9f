import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@zerorouter/latent-space';
import { SpendCap } from './spend-cap.js';

describe('SpendCap', () => {
  it('lets calls wait for money that others may give back, and refuses what cannot come back', async () => {
    const cap = new SpendCap(1, 0);
    expect(await cap.reserve(0.6)).toBe(true);
    const second = cap.reserve(0.6);
    cap.settle(0.6, 0.1);
    expect(await second).toBe(true);
    const third = cap.reserve(0.6);
    cap.settle(0.6, 0.6);
    expect(await third).toBe(false);
    expect(cap.spentUsd).toBeCloseTo(0.7);
  });

  it('counts what earlier tries have spent', async () => {
    expect(await new SpendCap(1, 0.95).reserve(0.1)).toBe(false);
    expect(await new SpendCap(null, 1e9).reserve(1)).toBe(true);
  });

  it('is never exceeded by random calls side by side that cost up to what they set aside', async () => {
    for (let seed = 0; seed < 50; seed++) {
      const random = seededRandom(seed);
      const capUsd = 1;
      const cap = new SpendCap(capUsd, random.uniform() / 2);
      let refused = 0;
      await Promise.all(
        Array.from({ length: 40 }, async () => {
          const most = random.uniform() * 0.2;
          if (!(await cap.reserve(most))) return void refused++;
          await sleep(random.integer(3));
          cap.settle(most, most * random.uniform());
          expect(cap.spentUsd).toBeLessThanOrEqual(capUsd);
        }),
      );
      expect(cap.spentUsd).toBeLessThanOrEqual(capUsd);
      expect(refused).toBeLessThan(40);
    }
  });
});
