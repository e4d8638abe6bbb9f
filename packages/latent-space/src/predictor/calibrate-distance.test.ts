import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../random/seeded-random.js';
import { sigmoid } from '../response-model/response-model.js';
import { calibrateDistance, shrunkLogits } from './calibrate-distance.js';

/**
 * Queries whose predicted logits hide an error of variance 1 + extra·(1 − familiarity)², and of whose
 * discrimination a share (1 − misled·(1 − familiarity)) is right, the rest noise.
 */
function simulate({ extra = 0, misled = 0 }) {
  const random = seededRandom(3);
  const start = [0];
  const logit: number[] = [];
  const typical: number[] = [];
  const score: number[] = [];
  const familiarity: number[] = [];
  for (let q = 0; q < 4000; q++) {
    const near = random.uniform();
    familiarity.push(near);
    const error = Math.sqrt(1 + extra * (1 - near) ** 2) * random.normal();
    for (let m = 0; m < 6; m++) {
      const level = 1.5 * random.normal();
      const own = 1.5 * random.normal();
      typical.push(level);
      logit.push(level + own);
      const told = own * (1 - misled * (1 - near));
      score.push(random.uniform() < sigmoid(level + told + error) ? 1 : 0);
    }
    start.push(logit.length);
  }
  return { away: { start, logit, score }, typical, familiarity };
}

const HOME = { difficultyVariance: 1, logitScale: 1 };

describe('calibrateDistance', () => {
  it('recovers the further variance of unfamiliar queries', () => {
    const { away, typical, familiarity } = simulate({ extra: 6 });
    const found = calibrateDistance(away, typical, familiarity, HOME);
    expect(found.variance).toBeGreaterThan(4.5);
    expect(found.variance).toBeLessThan(7.5);
    expect(found.shrinkage).toBe(0);
  });

  it('finds none where distance does not matter', () => {
    const { away, typical, familiarity } = simulate({});
    const found = calibrateDistance(away, typical, familiarity, HOME);
    expect(found.variance).toBeLessThan(0.4);
    expect(found.shrinkage).toBe(0);
  });

  it.each([0.5, 1])(
    'falls back to the mean item where discrimination misleads, by %s',
    (misled) => {
      const { away, typical, familiarity } = simulate({ extra: 6, misled });
      const found = calibrateDistance(away, typical, familiarity, HOME);
      expect(found.shrinkage).toBe(misled);
      expect(found.variance).toBeGreaterThan(4);
      expect(found.variance).toBeLessThan(8);
    },
  );
});

describe('shrunkLogits', () => {
  it('goes from the own discrimination at home to the mean item’s far away', () => {
    const cells = { start: [0, 1, 3], logit: [2, 2, -4], score: [1, 1, 0] };
    expect(shrunkLogits(cells, [1, 1, 0], [1, 0.5], 1)).toEqual([2, 1.5, -2]);
    expect(shrunkLogits(cells, [1, 1, 0], [0, 0], 0.5)).toEqual([1.5, 1.5, -2]);
  });
});
