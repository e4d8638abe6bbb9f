import { describe, expect, it } from '@jest/globals';
import { estimateAbility } from '../ability/estimate-ability.js';
import { expectedAccuracy } from '../ability/expected-accuracy.js';
import { seededRandom } from '../random/seeded-random.js';
import { dot, sigmoid } from '../response-model/response-model.js';
import { logDetAnchors, randomAnchors, stratifiedAnchors } from './select-anchors.js';

const random = seededRandom(23);
const items = Array.from({ length: 600 }, () => ({
  discrimination: [Math.exp(0.6 * random.normal()), 0.7 * random.normal()],
  difficulty: 2 * random.normal(),
  difficultyVariance: 0.3,
}));
const belief = { mean: [0, 0], covariance: [1, 0, 0, 1] };

describe('anchor designs', () => {
  it('ask each candidate at most once, and no more than there are', () => {
    for (const picks of [
      randomAnchors(600, 40, random),
      stratifiedAnchors(items, 40, random),
      logDetAnchors(items, belief, 40, random),
    ]) {
      expect(new Set(picks).size).toBe(40);
    }
    expect(stratifiedAnchors(items.slice(0, 5), 40, random)).toHaveLength(5);
    expect(logDetAnchors(items.slice(0, 5), belief, 40, random)).toHaveLength(5);
  });

  it('leaves out what is excluded', () => {
    const excluded = new Set(logDetAnchors(items, belief, 20, random));
    for (const pick of logDetAnchors(items, belief, 50, random, excluded))
      expect(excluded.has(pick)).toBe(false);
  });

  it('spreads stratified anchors over the range of difficulty', () => {
    const difficulties = stratifiedAnchors(items, 20, random).map((i) => items[i].difficulty);
    expect(Math.min(...difficulties)).toBeLessThan(-2);
    expect(Math.max(...difficulties)).toBeGreaterThan(2);
  });

  it('makes log-det anchors tell more about ability than random ones', () => {
    const error = (choose: () => number[], seed: number): number => {
      const rng = seededRandom(seed);
      let sum = 0;
      for (let run = 0; run < 60; run++) {
        const theta = [rng.normal(), rng.normal()];
        const answers = choose().map((i) => {
          const p = sigmoid(dot(items[i].discrimination, theta) - items[i].difficulty);
          return { item: items[i], score: rng.uniform() < p ? 1 : 0 };
        });
        const { mean } = estimateAbility(answers, belief);
        sum += (mean[0] - theta[0]) ** 2 + (mean[1] - theta[1]) ** 2;
      }
      return sum;
    };
    expect(error(() => logDetAnchors(items, belief, 25, random), 1)).toBeLessThan(
      error(() => randomAnchors(600, 25, random), 1),
    );
  });
});

describe('expectedAccuracy', () => {
  it('covers the true accuracy about as often as it says', () => {
    let inside = 0;
    const rng = seededRandom(31);
    const runs = 200;
    for (let run = 0; run < runs; run++) {
      const theta = [rng.normal(), rng.normal()];
      const probabilities = items.map(({ discrimination, difficulty, difficultyVariance }) =>
        sigmoid(
          dot(discrimination, theta) - difficulty - Math.sqrt(difficultyVariance) * rng.normal(),
        ),
      );
      const truth = probabilities.reduce((sum, p) => sum + p, 0) / items.length;
      const answers = randomAnchors(600, 50, rng).map((i) => ({
        item: items[i],
        score: rng.uniform() < probabilities[i] ? 1 : 0,
      }));
      const { interval } = expectedAccuracy(estimateAbility(answers, belief), answers, items);
      if (interval[0] <= truth && truth <= interval[1]) inside++;
    }
    expect(inside / runs).toBeGreaterThan(0.85);
  });
});
