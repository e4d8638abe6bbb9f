import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@zerorouter/latent-space';
import { answers, randomItem } from '../../test/simulate-verdicts.js';
import { testSentinels } from './test-sentinels.js';

const profile = { mean: [1.2, 0.2, 0], covariance: [0.06, 0, 0, 0, 0.1, 0, 0, 0, 0.1] };

/** Shares of runs of 8 anchors whose p-value is as low as asked. */
function rejected(ability: readonly number[] | null, levels: readonly number[], runs = 40) {
  const random = seededRandom(5);
  const values = Array.from({ length: runs }, () => {
    const items = Array.from({ length: 8 }, () => randomItem(random));
    const theta =
      ability ??
      profile.mean.map((mean, k) => mean + Math.sqrt(profile.covariance[4 * k]) * random.normal());
    const scores = items.map((item) => ({ item, score: answers(random, theta, item) ? 1 : 0 }));
    return testSentinels(profile, scores, random).pValue;
  });
  return levels.map((level) => values.filter((p) => p <= level).length / runs);
}

describe('testSentinels', () => {
  it('rejects a model that is as its profile says no more often than it states', () => {
    const [half, tenth, thousandth] = rejected(null, [0.5, 0.1, 0.001]);
    expect(half).toBeLessThan(0.7);
    expect(half).toBeGreaterThan(0.3);
    expect(tenth).toBeLessThan(0.22);
    expect(thousandth).toBeLessThan(0.03);
  });

  it('finds a model that has broken', () => {
    const [tenth, thousandth] = rejected([-3, 0, 0], [0.1, 0.001]);
    expect(tenth).toBeGreaterThan(0.95);
    expect(thousandth).toBeGreaterThan(0.6);
  });

  it('refuses to test nothing', () => {
    expect(() => testSentinels(profile, [], seededRandom(1))).toThrow(RangeError);
  });
});
