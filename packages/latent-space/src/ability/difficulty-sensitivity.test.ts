import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../random/seeded-random.js';
import { dot, sigmoid } from '../response-model/response-model.js';
import {
  SENSITIVITY_VARIANCE,
  withSensitivity,
  withSensitivityPrior,
} from './difficulty-sensitivity.js';
import { estimateAbility } from './estimate-ability.js';

const item = (difficulty: number) => ({
  discrimination: [1, 2],
  difficulty,
  difficultyVariance: 0.5,
});

describe('withSensitivity', () => {
  it('adds the standardised difficulty as a coordinate', () => {
    const [easy, hard] = withSensitivity([item(-1), item(3)]);
    expect(Array.from(easy.discrimination)).toEqual([1, 2, -1]);
    expect(Array.from(hard.discrimination)).toEqual([1, 2, 1]);
    expect(hard).toMatchObject({ difficulty: 3, difficultyVariance: 0.5 });
  });

  it('adds nothing where all queries are alike', () => {
    expect(Array.from(withSensitivity([item(2), item(2)])[0].discrimination)).toEqual([1, 2, 0]);
  });

  it('keeps the prior of ability and adds an independent coordinate', () => {
    const { mean, covariance } = withSensitivityPrior({
      mean: [1, 2],
      covariance: [3, 0.5, 0.5, 4],
    });
    expect(Array.from(mean)).toEqual([1, 2, 0]);
    expect(Array.from(covariance)).toEqual([3, 0.5, 0, 0.5, 4, 0, 0, 0, SENSITIVITY_VARIANCE]);
  });

  it('recovers the sensitivity of a model that slips on easy queries', () => {
    const random = seededRandom(4);
    const items = Array.from({ length: 3000 }, () => ({
      discrimination: [1.2],
      difficulty: 2 * random.normal(),
      difficultyVariance: 0,
    }));
    const extended = withSensitivity(items);
    const truth = [0.4, 0.8];
    const answers = extended.map((one) => ({
      item: one,
      score: random.uniform() < sigmoid(dot(one.discrimination, truth) - one.difficulty) ? 1 : 0,
    }));
    const { mean } = estimateAbility(answers, withSensitivityPrior({ mean: [0], covariance: [1] }));
    expect(Math.abs(mean[0] - truth[0])).toBeLessThan(0.1);
    expect(Math.abs(mean[1] - truth[1])).toBeLessThan(0.1);
  });
});
