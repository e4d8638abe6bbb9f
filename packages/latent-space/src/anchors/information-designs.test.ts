import { describe, expect, it } from '@jest/globals';
import { estimateAbility } from '../ability/estimate-ability.js';
import { seededRandom } from '../random/seeded-random.js';
import { dot, expectedSigmoid, sigmoid } from '../response-model/response-model.js';
import { logDetAnchors } from './information-designs.js';
import { randomAnchors } from './select-anchors.js';

const random = seededRandom(23);
const items = Array.from({ length: 400 }, () => ({
  discrimination: [Math.exp(0.6 * random.normal()), 0.7 * random.normal()],
  difficulty: 2 * random.normal(),
  difficultyVariance: 0.3,
}));
const belief = { mean: [0, 0], covariance: [1, 0, 0, 1] };

/** Errors of θ, and of P over all items, after 25 anchors; means over simulated models. */
function errorsAfter(choose: () => number[], seed: number) {
  const rng = seededRandom(seed);
  const errors = { ability: 0, probability: 0 };
  for (let run = 0; run < 80; run++) {
    const theta = [rng.normal(), rng.normal()];
    const chance = (
      { discrimination, difficulty }: (typeof items)[number],
      at: ArrayLike<number>,
    ) => dot(discrimination, at) - difficulty;
    const answers = choose().map((i) => ({
      item: items[i],
      score: rng.uniform() < sigmoid(chance(items[i], theta)) ? 1 : 0,
    }));
    const { mean } = estimateAbility(answers, belief);
    errors.ability += (mean[0] - theta[0]) ** 2 + (mean[1] - theta[1]) ** 2;
    for (const item of items)
      errors.probability +=
        (expectedSigmoid(chance(item, mean), 0) - sigmoid(chance(item, theta))) ** 2;
  }
  return errors;
}

describe('logDetAnchors', () => {
  it('ask each candidate at most once, and no more than there are', () => {
    expect(new Set(logDetAnchors(items, belief, 40, random)).size).toBe(40);
    expect(logDetAnchors(items.slice(0, 5), belief, 40, random)).toHaveLength(5);
  });

  it('leave out what is excluded', () => {
    const excluded = new Set(logDetAnchors(items, belief, 20, random));
    for (const pick of logDetAnchors(items, belief, 50, random, { excluded }))
      expect(excluded.has(pick)).toBe(false);
  });

  it('tell more about ability, and about the traffic, than random ones', () => {
    const designed = errorsAfter(() => logDetAnchors(items, belief, 25, random), 1);
    const drawn = errorsAfter(() => randomAnchors(400, 25, random), 1);
    expect(designed.ability).toBeLessThan(0.8 * drawn.ability);
    expect(designed.probability).toBeLessThan(0.9 * drawn.probability);
  });

  it('do not ask the same thing again: the next pick is about what is still unknown', () => {
    const twoKinds = Array.from({ length: 40 }, (_, i) => ({
      // The first kind tells a little more than the second.
      discrimination: i < 20 ? [1.2, 0] : [0, 1],
      difficulty: 0,
      difficultyVariance: 0,
    }));
    const picks = logDetAnchors(twoKinds, belief, 10, random);
    const second = picks.filter((pick) => pick >= 20).length;
    expect(second).toBeGreaterThanOrEqual(4);
    expect(second).toBeLessThanOrEqual(6);
  });

  it('prefer the cheaper of two alike, and the much cheaper of any', () => {
    const pair = [items[0], items[0]];
    expect(logDetAnchors(pair, belief, 1, random, { cost: [2, 1] })).toEqual([1]);
    const cost = items.map((_, i) => (i === 7 ? 1e-9 : 1));
    expect(logDetAnchors(items, belief, 1, random, { cost })).toEqual([7]);
  });

  it('refuse a cost that is not positive, naming it', () => {
    expect(() => logDetAnchors(items.slice(0, 2), belief, 1, random, { cost: [1, 0] })).toThrow(
      /candidate 1 is 0/,
    );
  });

  it('looks at as many candidates as it is told, drawn anew for each pick', () => {
    const best = logDetAnchors(items, belief, 1, random)[0];
    let found = 0;
    for (let run = 0; run < 200; run++)
      if (logDetAnchors(items, belief, 1, random, { looks: 40 })[0] === best) found++;
    // A tenth of the candidates is looked at: the best of all is among them one time in ten.
    expect(found).toBeGreaterThan(8);
    expect(found).toBeLessThan(36);
    const picks = logDetAnchors(items, belief, 100, random, { looks: 10 });
    expect(new Set(picks).size).toBe(100);
  });
});
