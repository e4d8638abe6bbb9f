import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../random/seeded-random.js';
import { fitInputCount, fitLatency, fitLinearCost } from './fit-resources.js';
import { expectedCostUsd, expectedLatencyS } from './resource-models.js';

const random = seededRandom(18);

describe('cost and latency', () => {
  it('multiplies prices with tokens', () => {
    const cost = { kind: 'prices', inputPerMtok: 2, outputPerMtok: 10 } as const;
    expect(expectedCostUsd({ logOutputTokens: 0, inputTokens: 1000 }, cost, 200)).toBeCloseTo(
      0.004,
      12,
    );
    expect(expectedCostUsd({ logOutputTokens: 0, inputTokens: 1000 }, cost, null)).toBeNull();
  });

  it('counts input tokens as the model does, prompt format and tokenizer', () => {
    const estimates = Array.from({ length: 100 }, () => 50 + 400 * random.uniform());
    const counts = estimates.map((n) => Math.round(320 + 1.2 * n + 5 * random.normal()));
    const inputCount = fitInputCount(estimates, counts)!;
    expect(Math.abs(inputCount.base - 320)).toBeLessThan(5);
    expect(inputCount.perToken).toBeCloseTo(1.2, 1);
    const cost = { kind: 'prices', inputPerMtok: 2, outputPerMtok: 10, inputCount } as const;
    const usd = expectedCostUsd({ logOutputTokens: 0, inputTokens: 100 }, cost, 200)!;
    expect(Math.abs(usd - (440 * 2 + 2000) / 1e6)).toBeLessThan(1e-5);
    expect(fitInputCount([], [])).toBeNull();
  });

  it('recovers linear costs and keeps the mean exact', () => {
    const inputs = Array.from({ length: 400 }, () => 100 + 900 * random.uniform());
    const levels = Array.from({ length: 400 }, () => 3 + random.normal());
    const costs = inputs.map(
      (n, i) => (1e-6 * n + 2e-6 * Math.exp(levels[i])) * (1 + 0.1 * random.normal()),
    );
    const cost = fitLinearCost(inputs, levels, costs)!;
    const predicted = inputs.map((n, i) =>
      expectedCostUsd({ logOutputTokens: levels[i], inputTokens: n }, cost, null)!,
    );
    const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
    expect(sum(predicted) / sum(costs)).toBeCloseTo(1, 9);
    expect(cost).toMatchObject({ kind: 'linear' });
    if (cost.kind === 'linear') expect(cost.perInputToken * 1e6).toBeCloseTo(1, 0);
    expect(fitLinearCost([], [], [])).toBeNull();
  });

  it('fits end-to-end latency with a 95th percentile above the mean', () => {
    const outputs = Array.from({ length: 300 }, () => 50 + 200 * random.uniform());
    const seconds = outputs.map((n) => (0.5 + 0.02 * n) * Math.exp(0.3 * random.normal()));
    const latency = fitLatency(
      outputs.map(() => 100),
      outputs,
      seconds,
    )!;
    const { mean, p95 } = expectedLatencyS({ logOutputTokens: 0, inputTokens: 100 }, latency, 150)!;
    expect(mean).toBeGreaterThan(3);
    expect(mean).toBeLessThan(4.2);
    expect(p95).toBeGreaterThan(mean * 1.3);
  });

  it('has a 95th percentile that 19 of 20 calls keep to, from 20 calls as from many', () => {
    const call = () => {
      const tokens = 50 + 200 * random.uniform();
      return { tokens, seconds: (0.5 + 0.02 * tokens) * Math.exp(0.5 * random.normal()) };
    };
    const coverage = Array.from({ length: 150 }, () => {
      const asked = Array.from({ length: 20 }, call);
      const latency = fitLatency(
        asked.map(() => 100),
        asked.map(({ tokens }) => tokens),
        asked.map(({ seconds }) => seconds),
      )!;
      const later = Array.from({ length: 200 }, call).filter(
        ({ tokens, seconds }) =>
          seconds <=
          expectedLatencyS({ logOutputTokens: 0, inputTokens: 100 }, latency, tokens)!.p95,
      );
      return later.length / 200;
    });
    const mean = coverage.reduce((sum, share) => sum + share, 0) / coverage.length;
    expect(mean).toBeGreaterThan(0.93);
    expect(mean).toBeLessThan(0.97);
    // One call says nothing of the tail, which is there all the same.
    expect(fitLatency([100], [50], [2])!.p95Ratio).toBeGreaterThan(1.3);
    expect(fitLatency([100], [50], [0])!.p95Ratio).toBeGreaterThan(1.3);
  });
});
