import { describe, expect, it } from '@jest/globals';
import {
  expectedSigmoid,
  forecastCorrectness,
  quadraticForm,
  sigmoid,
  softplus,
} from './response-model.js';

const certain = [0, 0, 0, 0];

describe('response model', () => {
  it('gives hand-computed probabilities', () => {
    const item = { discrimination: [1, 0.5], difficulty: 0.5, difficultyVariance: 0 };
    // 1·2 + 0.5·(−1) − 0.5 = 1
    const forecast = forecastCorrectness(item, { mean: [2, -1], covariance: certain });
    expect(forecast.probability).toBeCloseTo(0.7310586, 6);
    expect(forecast.interval[0]).toBeCloseTo(forecast.interval[1], 6);
  });

  it('rises with ability and falls with difficulty', () => {
    const p = (theta: number, difficulty: number) =>
      forecastCorrectness(
        { discrimination: [1.3], difficulty, difficultyVariance: 0.4 },
        { mean: [theta], covariance: [0.1] },
      ).probability;
    for (let theta = -4; theta < 4; theta += 0.25) {
      expect(p(theta + 0.25, 0)).toBeGreaterThan(p(theta, 0));
      expect(p(0, theta + 0.25)).toBeLessThan(p(0, theta));
    }
  });

  it('moves towards one half, and widens, as uncertainty grows', () => {
    const at = (variance: number) =>
      forecastCorrectness(
        { discrimination: [1], difficulty: -2, difficultyVariance: variance },
        { mean: [0], covariance: [0] },
      );
    expect(at(4).probability).toBeLessThan(at(0).probability);
    expect(at(4).probability).toBeGreaterThan(0.5);
    const width = (variance: number) => at(variance).interval[1] - at(variance).interval[0];
    expect(width(4)).toBeGreaterThan(width(1));
  });

  it('approximates E[σ(z)] of a normal z within a hundredth', () => {
    for (const [mean, variance] of [
      [0.5, 1],
      [-2, 3],
      [1.5, 0.2],
    ] as const) {
      let exact = 0;
      for (let u = -8; u <= 8; u += 0.01)
        exact += 0.01 * Math.exp((-u * u) / 2) * sigmoid(mean + Math.sqrt(variance) * u);
      expect(expectedSigmoid(mean, variance)).toBeCloseTo(exact / Math.sqrt(2 * Math.PI), 2);
    }
  });

  it('stays strictly between 0 and 1 at any logit', () => {
    expect(expectedSigmoid(1e4, 0)).toBeLessThan(1);
    expect(expectedSigmoid(-1e4, 0)).toBeGreaterThan(0);
    expect(softplus(800)).toBe(800);
    expect(sigmoid(-800)).toBe(0);
  });

  it('computes αᵀCα', () => {
    expect(quadraticForm([1, 2], [2, 0.5, 0.5, 1])).toBeCloseTo(2 + 2 * 0.5 * 2 + 4, 12);
  });

  it('refuses an item of another dimension, naming both', () => {
    expect(() =>
      forecastCorrectness(
        { discrimination: [1, 1], difficulty: 0, difficultyVariance: 0 },
        { mean: [0], covariance: [1] },
      ),
    ).toThrow(/2 latent dimensions.* 1/);
  });
});
