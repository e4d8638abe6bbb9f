import { describe, expect, it } from '@jest/globals';
import { seededRandom, sigmoid } from '@zerorouter/latent-space';
import { observeAnswer } from './assumed-density.js';
import type { JudgedAnswer } from './assumed-density.js';

const PERFECT = { sensitivity: 1, specificity: 1 };

/** The likelihood as a function of θ, written out apart. */
function likelihoodOf({ item, score, judge, evidence }: JudgedAnswer, theta: number[]): number {
  const logit =
    theta.reduce((sum, value, k) => sum + value * item.discrimination[k], 0) - item.difficulty;
  const right = sigmoid(logit + evidence);
  const said = judge.sensitivity * right + (1 - judge.specificity) * (1 - right);
  return said ** score * (1 - said) ** (1 - score);
}

/** Mean and covariance of the exact posterior, summed over a grid; the difficulty must be certain. */
function integrate(mean: number[], deviations: number[], answer: JudgedAnswer) {
  const n = mean.length;
  const points = n === 1 ? 2_001 : 61;
  const total = points ** n;
  let mass = 0;
  const first = new Array<number>(n).fill(0);
  const second = new Array<number>(n * n).fill(0);
  for (let cell = 0; cell < total; cell++) {
    const u = mean.map(
      (_, k) => 6 * ((2 * (Math.floor(cell / points ** k) % points)) / (points - 1) - 1),
    );
    const theta = mean.map((value, k) => value + deviations[k] * u[k]);
    const weight =
      Math.exp(-u.reduce((sum, x) => sum + x * x, 0) / 2) * likelihoodOf(answer, theta);
    mass += weight;
    for (let j = 0; j < n; j++) {
      first[j] += weight * theta[j];
      for (let k = 0; k < n; k++) second[j * n + k] += weight * theta[j] * theta[k];
    }
  }
  const center = first.map((x) => x / mass);
  return {
    mean: center,
    covariance: second.map((x, i) => x / mass - center[Math.floor(i / n)] * center[i % n]),
  };
}

const cases = [
  { score: 1, judge: PERFECT, evidence: 0 },
  { score: 0, judge: PERFECT, evidence: 0 },
  { score: 0.3, judge: PERFECT, evidence: 0 },
  { score: 1, judge: { sensitivity: 0.8, specificity: 0.7 }, evidence: 0 },
  { score: 0, judge: { sensitivity: 0.9, specificity: 0.95 }, evidence: 1.5 },
  { score: 0.6, judge: { sensitivity: 0.9, specificity: 0.8 }, evidence: -2 },
];

describe('observeAnswer', () => {
  it.each([1, 3])('has the moments of the exact posterior in %i dimensions', (dimensions) => {
    const random = seededRandom(dimensions);
    for (const parts of cases) {
      const mean = Array.from({ length: dimensions }, () => random.normal());
      const deviations = Array.from({ length: dimensions }, () => 0.3 + random.uniform());
      const answer = {
        ...parts,
        item: {
          discrimination: mean.map(() => 0.5 + random.uniform()),
          difficulty: random.normal(),
          difficultyVariance: 0,
        },
      };
      const covariance = mean.flatMap((_, j) =>
        mean.map((__, k) => (j === k ? deviations[j] ** 2 : 0)),
      );
      const exact = integrate(mean, deviations, answer);
      const { belief } = observeAnswer({ mean, covariance }, answer);
      belief.mean.forEach((value, k) => expect(Math.abs(value - exact.mean[k])).toBeLessThan(1e-3));
      belief.covariance.forEach((value, k) =>
        expect(Math.abs(value - exact.covariance[k])).toBeLessThan(1e-3),
      );
    }
  });

  const prior = { mean: [0.2], covariance: [0.5] };
  const item = { discrimination: [1.2], difficulty: 0.1, difficultyVariance: 0.3 };
  const observe = (parts: Partial<JudgedAnswer>) =>
    observeAnswer(prior, { item, score: 1, judge: PERFECT, evidence: 0, ...parts });

  it('learns less of an item that is less certain, and nothing from a coin', () => {
    const certain = observe({ item: { ...item, difficultyVariance: 0 } });
    const vague = observe({ item: { ...item, difficultyVariance: 20 } });
    expect(certain.belief.mean[0]).toBeGreaterThan(vague.belief.mean[0] + 0.05);
    const coin = observe({ judge: { sensitivity: 0.5, specificity: 0.5 } });
    expect(coin.belief.mean[0]).toBeCloseTo(0.2, 10);
    expect(coin.expectedScore).toBeCloseTo(0.5, 10);
  });

  it('counts a second verdict on the same answer for next to nothing', () => {
    const judge = { sensitivity: 0.95, specificity: 0.95 };
    const alone = observe({ judge }).belief.mean[0] - 0.2;
    const agreeing = observe({ judge, evidence: Math.log(0.95 / 0.05) }).belief.mean[0] - 0.2;
    expect(agreeing).toBeGreaterThan(0);
    expect(agreeing).toBeLessThan(0.2 * alone);
  });

  it('refuses what does not fit', () => {
    expect(() => observe({ score: 1.5 })).toThrow(/1.5 is outside/);
    expect(() => observe({ item: { ...item, discrimination: [1, 2] } })).toThrow(/2 latent/);
  });
});
