import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../random/seeded-random.js';
import { sigmoid } from '../response-model/response-model.js';
import { SENSITIVITY_VARIANCE, withSensitivity } from './difficulty-sensitivity.js';
import { expectedAccuracy } from './expected-accuracy.js';

const random = seededRandom(23);
const items = Array.from({ length: 600 }, () => ({
  discrimination: [Math.exp(0.4 * random.normal()), 0.5 * random.normal()],
  difficulty: 1.5 * random.normal(),
  difficultyVariance: 0.3,
}));
const prior = { mean: [0, 0], covariance: [1, 0, 0, 1] };
const extended = withSensitivity(items);

/** Answers of a model of its own ability, sensitivity and item errors to all of the items. */
function answerAll(rng: ReturnType<typeof seededRandom>): number[] {
  const theta = [rng.normal(), rng.normal(), Math.sqrt(SENSITIVITY_VARIANCE) * rng.normal()];
  return extended.map(({ discrimination: a, difficulty, difficultyVariance }) => {
    const error = Math.sqrt(difficultyVariance) * rng.normal();
    const z = a[0] * theta[0] + a[1] * theta[1] + a[2] * theta[2] - difficulty - error;
    return rng.uniform() < sigmoid(z) ? 1 : 0;
  });
}

const meanOf = (values: readonly number[]) => values.reduce((sum, y) => sum + y, 0) / values.length;

function coverage(choose: (rng: ReturnType<typeof seededRandom>) => number[]) {
  const rng = seededRandom(31);
  const runs = 250;
  let inside = 0;
  let squares = 0;
  for (let run = 0; run < runs; run++) {
    const scores = answerAll(rng);
    const truth = meanOf(scores);
    const answers = choose(rng).map((query) => ({ query, score: scores[query] }));
    const { value, interval } = expectedAccuracy(prior, items, answers);
    if (interval[0] <= truth && truth <= interval[1]) inside++;
    squares += (value - truth) ** 2 / runs;
  }
  return { inside: inside / runs, error: Math.sqrt(squares) };
}

describe('expectedAccuracy', () => {
  it('covers the accuracy over the traffic about as often as it says', () => {
    const { inside } = coverage((rng) => Array.from(rng.permutation(600).subarray(0, 50)));
    expect(inside).toBeGreaterThan(0.85);
    expect(inside).toBeLessThan(0.96);
  });

  it('covers with anchors of middling difficulty, that say little of the easy and the hard', () => {
    const middling = items.flatMap(({ difficulty }, i) => (Math.abs(difficulty) < 0.7 ? [i] : []));
    const { inside } = coverage((rng) =>
      Array.from(rng.permutation(middling.length).subarray(0, 100), (i) => middling[i]),
    );
    expect(inside).toBeGreaterThan(0.85);
    expect(inside).toBeLessThan(0.96);
  });

  it('is nearer to the truth than the mean of the answers', () => {
    const choose = (rng: ReturnType<typeof seededRandom>) =>
      Array.from(rng.permutation(600).subarray(0, 50));
    const rng = seededRandom(31);
    let squares = 0;
    for (let run = 0; run < 250; run++) {
      const scores = answerAll(rng);
      squares += (meanOf(choose(rng).map((i) => scores[i])) - meanOf(scores)) ** 2 / 250;
    }
    expect(coverage(choose).error).toBeLessThan(0.85 * Math.sqrt(squares));
  });

  it('knows the mean score where everything was answered', () => {
    const scores = answerAll(seededRandom(3));
    const { value, standardDeviation } = expectedAccuracy(
      prior,
      items,
      scores.map((score, query) => ({ query, score })),
    );
    expect(value).toBeCloseTo(meanOf(scores), 12);
    expect(standardDeviation).toBe(0);
  });

  it('takes known answers as they are: two of three of one kind', () => {
    const three = Array.from({ length: 3 }, () => ({
      discrimination: [1],
      difficulty: 0,
      difficultyVariance: 0,
    }));
    const { value } = expectedAccuracy({ mean: [0], covariance: [1e-9] }, three, [
      { query: 0, score: 1 },
      { query: 2, score: 1 },
    ]);
    // θ is known to be 0: the third is a coin, and two residuals of ½ move it by a hair.
    expect(value).toBeGreaterThan(2.5 / 3);
    expect(value).toBeLessThan(2.51 / 3);
  });

  it('refuses answers to nothing, and answers given twice', () => {
    const twice = { query: 1, score: 1 };
    expect(() => expectedAccuracy(prior, items, [twice, twice])).toThrow(/twice/);
    expect(() => expectedAccuracy(prior, items, [{ query: 600, score: 1 }])).toThrow(/600/);
    expect(() => expectedAccuracy(prior, [], [])).toThrow(/reference/);
  });
});
