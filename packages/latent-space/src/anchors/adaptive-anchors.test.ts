import { describe, expect, it } from '@jest/globals';
import type { ReferenceAnswer } from '../ability/expected-accuracy.js';
import { expectedAccuracy } from '../ability/expected-accuracy.js';
import type { Random } from '../random/seeded-random.js';
import { seededRandom } from '../random/seeded-random.js';
import { dot, sigmoid } from '../response-model/response-model.js';
import { nextAdaptiveAnchors } from './adaptive-anchors.js';
import { randomAnchors } from './select-anchors.js';

const random = seededRandom(23);
const items = Array.from({ length: 300 }, () => ({
  discrimination: [1.4 * Math.exp(0.4 * random.normal()), 0.4 * random.normal()],
  difficulty: 2 * random.normal(),
  difficultyVariance: 0.3,
}));
const prior = { mean: [0, 0], covariance: [1, 0, 0, 0.3] };

function askAll(scores: readonly number[], count: number, rng: Random): ReferenceAnswer[] {
  const answers: ReferenceAnswer[] = [];
  while (answers.length < count) {
    const asked = answers.map(({ query }) => query);
    for (const query of nextAdaptiveAnchors(
      items,
      prior,
      asked,
      answers,
      count - asked.length,
      rng,
    ))
      answers.push({ query, score: scores[query] });
  }
  return answers;
}

describe('nextAdaptiveAnchors', () => {
  it('asks no candidate twice, keeps to the limit and ends when all were asked', () => {
    const few = items.slice(0, 11);
    const asked: number[] = [];
    for (let round = 0; round < 11; round++)
      asked.push(...nextAdaptiveAnchors(few, prior, asked, [], 100, random));
    expect(asked.sort((a, b) => a - b)).toEqual(few.map((_, i) => i));
    expect(nextAdaptiveAnchors(items, prior, [0, 1, 2, 3, 4], [], 3, random)).toHaveLength(3);
    expect(nextAdaptiveAnchors(items, prior, [], [], 0, random)).toEqual([]);
  });

  it('leaves out what is excluded, in both halves', () => {
    const excluded = new Set(items.map((_, i) => i).filter((i) => i % 3 > 0));
    for (let run = 0; run < 10; run++)
      for (const pick of nextAdaptiveAnchors(items, prior, [0, 3, 6, 9], [], 40, random, {
        excluded,
      }))
        expect(pick % 3).toBe(0);
  });

  it('follows the answers: a strong model is asked harder queries than a weak one', () => {
    const difficultyAsked = (score: number) => {
      const rng = seededRandom(2);
      const asked = askAll(new Array<number>(items.length).fill(score), 40, rng);
      return asked.reduce((sum, { query }) => sum + items[query].difficulty / asked.length, 0);
    };
    expect(difficultyAsked(1)).toBeGreaterThan(difficultyAsked(0) + 0.5);
  });

  it('knows accuracy from 30 anchors as well as random ones from 45', () => {
    const error = (choose: (scores: number[], rng: Random) => ReferenceAnswer[]): number => {
      const rng = seededRandom(5);
      let sum = 0;
      for (let run = 0; run < 120; run++) {
        const theta = [rng.normal(), 0.5 * rng.normal()];
        const scores = items.map(({ discrimination, difficulty }): number =>
          rng.uniform() <
          sigmoid(dot(discrimination, theta) - difficulty - Math.sqrt(0.3) * rng.normal())
            ? 1
            : 0,
        );
        const truth = scores.reduce((total, y) => total + y / scores.length, 0);
        const { value } = expectedAccuracy(prior, items, choose(scores, seededRandom(run)));
        sum += Math.abs(value - truth);
      }
      return sum;
    };
    const drawn = (scores: number[], rng: Random) =>
      randomAnchors(300, 45, rng).map((query) => ({ query, score: scores[query] }));
    expect(error((scores, rng) => askAll(scores, 30, rng))).toBeLessThan(error(drawn));
  });
});
