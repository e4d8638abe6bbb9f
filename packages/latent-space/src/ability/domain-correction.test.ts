import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../random/seeded-random.js';
import { sigmoid } from '../response-model/response-model.js';
import { correctItem, fitDomainCorrection } from './domain-correction.js';

/** Queries on a ring of embeddings whose true difficulty is `map` of the angle, predicted as `predicted`. */
function simulate(
  models: number,
  anchors: number,
  map: (angle: number) => number,
  predicted: (angle: number) => number,
) {
  const random = seededRandom(11);
  const query = (angle: number) => ({
    item: { discrimination: [1], difficulty: predicted(angle), difficultyVariance: 0.5 },
    // A shared direction: queries of one domain lie together.
    embedding: [2, Math.cos(angle), Math.sin(angle)],
    angle,
  });
  const queries = Array.from({ length: anchors }, () => query(2 * Math.PI * random.uniform()));
  const ability = Array.from({ length: models }, () => random.normal());
  const answers = ability.flatMap((theta, model) =>
    Array.from({ length: 20 }, () => {
      const anchor = random.integer(anchors);
      const z = theta - map(queries[anchor].angle) + 0.5 * random.normal();
      return { model, anchor, score: random.uniform() < sigmoid(z) ? 1 : 0 };
    }),
  );
  const priors = ability.map(() => ({ mean: [0], covariance: [1] }));
  return { query, queries, answers, priors };
}

describe('fitDomainCorrection', () => {
  it('learns a difficulty map that the predictor has wrong, from the answers of many models', () => {
    const truth = (angle: number) => 2 * Math.cos(angle);
    const { query, queries, answers, priors } = simulate(40, 120, truth, () => 0);
    const fitted = fitDomainCorrection(queries, answers, priors);
    expect(fitted).not.toBeNull();
    const at = (angle: number) => {
      const { item, embedding } = query(angle);
      return correctItem(item, embedding, fitted!.correction).difficulty;
    };
    expect(at(0) - at(Math.PI)).toBeGreaterThan(2.5);
    expect(at(0) - at(Math.PI)).toBeLessThan(5);
    expect(Math.abs(at(Math.PI / 2) - at(-Math.PI / 2))).toBeLessThan(1);
  });

  it('leaves a right map as it is', () => {
    const truth = (angle: number) => 2 * Math.cos(angle);
    const { queries, answers, priors } = simulate(40, 120, truth, truth);
    expect(fitDomainCorrection(queries, answers, priors)).toBeNull();
  });

  it('leaves queries of other domains as they are', () => {
    const { query, queries, answers, priors } = simulate(
      40,
      120,
      () => 3,
      () => -1,
    );
    const { correction } = fitDomainCorrection(queries, answers, priors)!;
    const { item } = query(0);
    expect(correctItem(item, [-2, 1, 0], correction)).toBe(item);
    expect(correctItem(item, [2, 1, 0], correction).difficulty).toBeGreaterThan(1);
  });

  it('says nothing without answers', () => {
    const { queries, priors } = simulate(
      2,
      5,
      () => 0,
      () => 0,
    );
    expect(fitDomainCorrection(queries, [], priors)).toBeNull();
  });
});
