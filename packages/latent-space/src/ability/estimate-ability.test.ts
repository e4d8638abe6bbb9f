import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../random/seeded-random.js';
import { dot, sigmoid } from '../response-model/response-model.js';
import { estimateAbility } from './estimate-ability.js';

const prior = { mean: [0, 0], covariance: [1, 0, 0, 1] };

function simulate(theta: readonly number[], count: number, seed: number) {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => {
    const discrimination = [Math.exp(0.4 * random.normal()), Math.exp(0.4 * random.normal())];
    const difficulty = 1.5 * random.normal();
    const p = sigmoid(dot(discrimination, theta) - difficulty);
    return {
      item: { discrimination, difficulty, difficultyVariance: 0 },
      score: random.uniform() < p ? 1 : 0,
    };
  });
}

describe('estimateAbility', () => {
  it('recovers a known ability', () => {
    const theta = [0.8, -0.6];
    const { mean, converged } = estimateAbility(simulate(theta, 4000, 3), prior);
    expect(converged).toBe(true);
    expect(Math.abs(mean[0] - theta[0])).toBeLessThan(0.15);
    expect(Math.abs(mean[1] - theta[1])).toBeLessThan(0.15);
  });

  it('covers the truth about as often as its 90% interval says', () => {
    let inside = 0;
    const random = seededRandom(11);
    const runs = 300;
    for (let run = 0; run < runs; run++) {
      const theta = [random.normal(), random.normal()];
      const { mean, covariance } = estimateAbility(simulate(theta, 40, 100 + run), prior);
      if (Math.abs(mean[0] - theta[0]) < 1.645 * Math.sqrt(covariance[0])) inside++;
    }
    expect(inside / runs).toBeGreaterThan(0.85);
    expect(inside / runs).toBeLessThan(0.95);
  });

  it('is the prior when nothing was answered', () => {
    const { mean, covariance } = estimateAbility([], {
      mean: [0.3, 0.1],
      covariance: [2, 0, 0, 1],
    });
    expect(Array.from(mean)).toEqual([0.3, 0.1]);
    expect(covariance[0]).toBeCloseTo(2, 9);
  });

  it('stays finite on separable answers', () => {
    const answers = Array.from({ length: 60 }, (_, i) => ({
      item: { discrimination: [3, 3], difficulty: i / 10 - 3, difficultyVariance: 0 },
      score: i < 30 ? 1 : 0,
    }));
    const { mean, converged } = estimateAbility(answers, prior);
    expect(converged).toBe(true);
    expect(Number.isFinite(mean[0])).toBe(true);
  });

  it('listens less to items that are known less', () => {
    const answers = (difficultyVariance: number) =>
      Array.from({ length: 10 }, () => ({
        item: { discrimination: [1, 1], difficulty: 0, difficultyVariance },
        score: 0.5,
      }));
    expect(estimateAbility(answers(6), prior).covariance[0]).toBeGreaterThan(
      estimateAbility(answers(0), prior).covariance[0],
    );
  });

  it('refuses scores outside [0, 1] with the value', () => {
    const item = { discrimination: [1, 1], difficulty: 0, difficultyVariance: 0 };
    expect(() => estimateAbility([{ item, score: 1.5 }], prior)).toThrow(/1\.5/);
  });
});
