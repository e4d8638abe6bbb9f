import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../random/seeded-random.js';
import { sigmoid } from '../response-model/response-model.js';
import type { GuaranteeCells } from './calibrate-guarantee.js';
import { calibrateGuarantee, guaranteeThreshold, judgeGuarantee } from './calibrate-guarantee.js';

/** Answers whose chance is σ(z), forecast with a lower bound that is too bold by `boldness` logits. */
function simulate(seed: number, cells: number, boldness = 0): GuaranteeCells {
  const random = seededRandom(seed);
  const logits = Array.from({ length: cells }, () => 1 + 2 * random.normal());
  return {
    lowerBound: logits.map((z) => sigmoid(z - 1 + boldness)),
    score: logits.map((z) => (random.uniform() < sigmoid(z) ? 1 : 0)),
    weight: logits.map(() => 1),
  };
}

describe('calibrateGuarantee', () => {
  it.each([0, 1, 3])('keeps its promise on new queries when bounds are bold by %d', (boldness) => {
    const sums = new Map<number, number[]>();
    for (let seed = 0; seed < 40; seed++) {
      const levels = calibrateGuarantee(simulate(seed, 2000, boldness), [0.7, 0.8, 0.9]);
      for (const { minAccuracy, accuracy } of judgeGuarantee(
        simulate(1000 + seed, 2000, boldness),
        levels,
      ))
        sums.set(minAccuracy, [...(sums.get(minAccuracy) ?? []), accuracy!]);
    }
    for (const [level, accuracies] of sums) {
      const mean = accuracies.reduce((sum, value) => sum + value, 0) / accuracies.length;
      expect(mean).toBeGreaterThan(level - 0.005);
      // Tight: no more is refused than the promise needs.
      expect(mean).toBeLessThan(level + 0.02);
    }
  });

  it('promises nothing that few answers cannot show', () => {
    const perfect = { lowerBound: [0.9, 0.8, 0.7], score: [1, 1, 1], weight: [1, 1, 1] };
    // (0 + 1)/(3 + 1) is the least risk that three right answers show.
    expect(calibrateGuarantee(perfect, [0.75, 0.76])).toEqual([
      { minAccuracy: 0.75, lowerBound: 0.7 },
      { minAccuracy: 0.76, lowerBound: null },
    ]);
  });

  it('admits all that lie at the threshold, and counts queries, not answers', () => {
    const tied = { lowerBound: [0.5, 0.5, 0.5], score: [1, 1, 0], weight: [1, 1, 1] };
    expect(calibrateGuarantee(tied, [0.6])[0].lowerBound).toBeNull();
    const answers = 400;
    const oneQuery = {
      lowerBound: new Array<number>(answers).fill(0.5),
      score: new Array<number>(answers).fill(1),
      weight: new Array<number>(answers).fill(1 / answers),
    };
    expect(calibrateGuarantee(oneQuery, [0.9])[0].lowerBound).toBeNull();
  });
});

describe('guaranteeThreshold', () => {
  const levels = [
    { minAccuracy: 0.7, lowerBound: 0.4 },
    { minAccuracy: 0.8, lowerBound: 0.6 },
    { minAccuracy: 0.9, lowerBound: null },
  ];

  it('takes the next level up, and the bound itself where none is promised', () => {
    expect(guaranteeThreshold(levels, 0.7)).toBe(0.4);
    expect(guaranteeThreshold(levels, 0.71)).toBe(0.6);
    expect(guaranteeThreshold(levels, 0.85)).toBe(0.85);
    expect(guaranteeThreshold(levels, 0.99)).toBe(0.99);
    expect(guaranteeThreshold(undefined, 0.5)).toBe(0.5);
  });
});
