import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@zerorouter/latent-space';
import { explore, exploreProbabilities } from './explore.js';

const limits = { share: 0.1, maxRegret: 0.05, youngFrom: 0.1 };
const candidate = (utility: number, profileDeviation: number) => ({ utility, profileDeviation });
const candidates = [
  candidate(0.7, 0.01),
  candidate(0.68, 0.3),
  candidate(0.66, 0.15),
  candidate(0.5, 0.4),
  candidate(0.69, 0.05),
];
const ranking = [0, 4, 1, 2, 3];

describe('explore', () => {
  it('takes young candidates within the regret, as often as it says, and never others', () => {
    const random = seededRandom(1);
    const counts = new Map<number, { times: number; propensity: number }>();
    const draws = 40_000;
    let givenUp = 0;
    for (let n = 0; n < draws; n++) {
      const { chosen, propensity } = explore(ranking, candidates, limits, random);
      counts.set(chosen, { times: (counts.get(chosen)?.times ?? 0) + 1, propensity });
      givenUp += candidates[0].utility - candidates[chosen].utility;
    }
    // 3 lags too far, 4 is known well.
    expect([...counts.keys()].sort()).toEqual([0, 1, 2]);
    for (const { times, propensity } of counts.values())
      expect(Math.abs(times / draws - propensity)).toBeLessThan(0.005);
    expect([...counts.values()].reduce((sum, { propensity }) => sum + propensity, 0)).toBeCloseTo(
      1,
    );
    expect(counts.get(1)!.propensity / counts.get(2)!.propensity).toBeCloseTo(4);
    expect(givenUp / draws).toBeLessThan(limits.share * limits.maxRegret);
  });

  it('tells the probability of every choice beforehand', () => {
    const probabilities = exploreProbabilities(ranking, candidates, limits);
    expect([...probabilities.values()].reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
    const random = seededRandom(4);
    for (let n = 0; n < 200; n++) {
      const { chosen, propensity } = explore(ranking, candidates, limits, random);
      expect(probabilities.get(chosen)).toBe(propensity);
    }
    expect(exploreProbabilities([4], candidates, limits)).toEqual(new Map([[4, 1]]));
  });

  it('gives unbiased off-policy means through its propensities', () => {
    const random = seededRandom(2);
    const draws = 60_000;
    let sum = 0;
    for (let n = 0; n < draws; n++) {
      const { chosen, propensity } = explore(ranking, candidates, limits, random);
      if (chosen === 2) sum += candidates[2].utility / propensity;
    }
    expect(sum / draws).toBeCloseTo(candidates[2].utility, 1);
  });

  it('keeps to the best where nothing is young, near, or allowed', () => {
    const settled = { chosen: 0, propensity: 1, explored: false };
    const old = candidates.map(({ utility }) => candidate(utility, 0.01));
    expect(explore(ranking, old, limits, seededRandom(1))).toEqual(settled);
    expect(explore([0], candidates, limits, seededRandom(1))).toEqual(settled);
    for (let seed = 0; seed < 50; seed++)
      expect(explore(ranking, candidates, { ...limits, share: 0 }, seededRandom(seed))).toEqual(
        settled,
      );
    expect(() => explore([], candidates, limits, seededRandom(1))).toThrow(RangeError);
    expect(() => explore([0], candidates, { ...limits, share: 2 }, seededRandom(1))).toThrow(/2/);
  });
});
