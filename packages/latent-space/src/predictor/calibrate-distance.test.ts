import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../random/seeded-random.js';
import { sigmoid } from '../response-model/response-model.js';
import { calibrateVarianceAway } from './calibrate-distance.js';

/** Queries whose predicted logits hide an error of variance 1 + 6·(1 − familiarity)². */
function simulate(extra: number) {
  const random = seededRandom(3);
  const start = [0];
  const logit: number[] = [];
  const score: number[] = [];
  const familiarity: number[] = [];
  for (let q = 0; q < 4000; q++) {
    const near = random.uniform();
    familiarity.push(near);
    const error = Math.sqrt(1 + extra * (1 - near) ** 2) * random.normal();
    for (let m = 0; m < 6; m++) {
      const z = 2 * random.normal();
      logit.push(z);
      score.push(random.uniform() < sigmoid(z + error) ? 1 : 0);
    }
    start.push(logit.length);
  }
  return { away: { start, logit, score }, familiarity };
}

describe('calibrateVarianceAway', () => {
  it('recovers the further variance of unfamiliar queries', () => {
    const { away, familiarity } = simulate(6);
    const found = calibrateVarianceAway(away, familiarity, {
      difficultyVariance: 1,
      logitScale: 1,
    });
    expect(found).toBeGreaterThan(4.5);
    expect(found).toBeLessThan(7.5);
  });

  it('finds none where distance does not matter', () => {
    const { away, familiarity } = simulate(0);
    const found = calibrateVarianceAway(away, familiarity, {
      difficultyVariance: 1,
      logitScale: 1,
    });
    expect(found).toBeLessThan(0.4);
  });
});
