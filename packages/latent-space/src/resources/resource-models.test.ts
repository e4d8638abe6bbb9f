import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../random/seeded-random.js';
import { fitLinearCost } from './fit-resources.js';
import { normalCumulative, normalQuantile } from './normal-distribution.js';
import { costUsdQuantile, expectedOutputTokens, outputTokensQuantile } from './resource-models.js';

const random = seededRandom(19);

describe('what max_tokens cuts off, and quantiles', () => {
  const query = { logOutputTokens: 5, inputTokens: 1 };
  const length = { offset: 0.3, offsetVariance: 0, smearing: Math.exp(0.32), logDeviation: 0.8 };
  const draws = Array.from({ length: 40_000 }, () => Math.exp(5.3 + 0.8 * random.normal()));

  it.each([20, 100, 250, 1000])('expects the mean of answers cut at %d tokens', (cap) => {
    const cut = draws.reduce((sum, tokens) => sum + Math.min(tokens, cap), 0) / draws.length;
    const expected = expectedOutputTokens(query, length, cap)!;
    expect(Math.abs(expected / cut - 1)).toBeLessThan(0.02);
    expect(expected).toBeLessThanOrEqual(cap);
    expect(expected).toBeLessThan(expectedOutputTokens(query, length)!);
    expect(expected).toBeGreaterThan(expectedOutputTokens(query, length, cap - 5)!);
  });

  it('leaves what no cap reaches, and knows lengths without noise', () => {
    const free = expectedOutputTokens(query, length)!;
    expect(expectedOutputTokens(query, length, 1e7)!).toBeCloseTo(free, 3);
    const exact = { offset: 0, offsetVariance: 0, smearing: 1 };
    expect(expectedOutputTokens(query, exact, 100)).toBe(100);
    expect(expectedOutputTokens(query, exact, 200)).toBeCloseTo(Math.exp(5), 9);
  });

  it.each([0.5, 0.9])('has a share of %d of answers below that quantile', (probability) => {
    const quantile = outputTokensQuantile(query, length, probability);
    const below = draws.filter((tokens) => tokens <= quantile).length / draws.length;
    expect(below).toBeCloseTo(probability, 2);
    const unsure = { ...length, offsetVariance: 0.5 };
    expect(outputTokensQuantile(query, unsure, 0.9)).toBeGreaterThan(
      outputTokensQuantile(query, length, 0.9),
    );
  });

  it('prices the same quantile of tokens, or spreads a fitted cost', () => {
    const prices = { kind: 'prices', inputPerMtok: 2, outputPerMtok: 10 } as const;
    expect(costUsdQuantile(query, { cost: prices, length }, 0.9)).toBeCloseTo(
      (2 + 10 * outputTokensQuantile(query, length, 0.9)) / 1e6,
      12,
    );
    expect(costUsdQuantile(query, { cost: prices, length: null }, 0.9)).toBeNull();
    const costs = draws.map((tokens) => tokens * 1e-5);
    const cost = fitLinearCost(
      costs.map(() => 1),
      costs.map(() => 5),
      costs,
    )!;
    const quantile = costUsdQuantile(query, { cost, length: null }, 0.9)!;
    expect(costs.filter((usd) => usd <= quantile).length / costs.length).toBeCloseTo(0.9, 1);
  });

  it('is the normal distribution', () => {
    const known = [
      [0, 0.5],
      [1, 0.8413447461],
      [-3, 0.001349898],
      [1.6448536269514722, 0.95],
    ] as const;
    for (const [x, p] of known) {
      expect(normalCumulative(x)).toBeCloseTo(p, 6);
      expect(normalQuantile(p)).toBeCloseTo(x, 4);
    }
    expect(() => normalQuantile(1)).toThrow(/quantile 1 /);
  });
});
