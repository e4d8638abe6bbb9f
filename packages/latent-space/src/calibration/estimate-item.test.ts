import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../random/seeded-random.js';
import { sigmoid } from '../response-model/response-model.js';
import { estimateItem } from './estimate-item.js';

const wide = {
  discrimination: [1, 0],
  general: 1,
  logDiscriminationVariance: 0.5,
  facetVariance: 0.5,
  difficulty: 0,
  difficultyVariance: 4,
};

describe('estimateItem', () => {
  it('recovers discrimination, a signed facet and difficulty from many answers', () => {
    const random = seededRandom(5);
    const subjects = Int32Array.from({ length: 6000 }, (_, s) => s);
    const theta = Float64Array.from({ length: 12000 }, () => random.normal());
    const scores = Array.from(subjects, (s) => {
      const z = 1.4 * theta[2 * s] - 0.7 * theta[2 * s + 1] - 0.9;
      return random.uniform() < sigmoid(z) ? 1 : 0;
    });
    const item = estimateItem(theta, subjects, scores, wide);
    expect(item.converged).toBe(true);
    expect(Math.abs(item.discrimination[0] - 1.4)).toBeLessThan(0.12);
    expect(Math.abs(item.discrimination[1] + 0.7)).toBeLessThan(0.12);
    expect(Math.abs(item.difficulty - 0.9)).toBeLessThan(0.12);
  });

  it('is its prior without answers, and surer with them', () => {
    const none = estimateItem(new Float64Array(2), [], [], wide);
    expect(none.discrimination[0]).toBeCloseTo(1, 9);
    expect(none.difficultyVariance).toBeCloseTo(4, 9);
    const some = estimateItem(new Float64Array(2), [0, 0, 0, 0], [1, 1, 0, 1], wide);
    expect(some.difficultyVariance).toBeLessThan(4);
    expect(some.difficulty).toBeLessThan(0);
  });

  it('keeps general discrimination positive when the answers say otherwise', () => {
    const theta = Float64Array.from([-1, 0, 1, 0]);
    const item = estimateItem(theta, [0, 0, 0, 1, 1, 1], [1, 1, 1, 0, 0, 0], wide);
    expect(item.discrimination[0]).toBeGreaterThan(0);
  });
});
