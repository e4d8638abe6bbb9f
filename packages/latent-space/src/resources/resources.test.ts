import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../random/seeded-random.js';
import { fitLatency, fitLength, fitLinearCost } from './fit-resources.js';
import { fitLengthLevels } from './length-levels.js';
import { expectedCostUsd, expectedLatencyS, expectedOutputTokens } from './resource-models.js';

const random = seededRandom(17);

describe('length', () => {
  it('splits lengths into levels and offsets', () => {
    const items = 80;
    const offsets = [-0.5, 0, 0.5];
    const levels = Array.from({ length: items }, () => 5 + random.normal());
    const item: number[] = [];
    const subject: number[] = [];
    const logTokens: number[] = [];
    for (let i = 0; i < items; i++)
      offsets.forEach((offset, s) => {
        item.push(i);
        subject.push(s);
        logTokens.push(i % 7 === 0 && s === 0 ? NaN : levels[i] + offset + 0.1 * random.normal());
      });
    const fit = fitLengthLevels(items, 4, item, subject, logTokens);
    offsets.forEach((offset, s) => expect(fit.subjectOffset[s]).toBeCloseTo(offset, 1));
    expect(fit.subjectOffset[3]).toBeNaN();
    expect(fit.itemLevel[1] - levels[1]).toBeLessThan(0.3);
    expect(fit.prior.residualVariance).toBeGreaterThan(0.005);
  });

  it('predicts the mean, not the median, of a skewed length', () => {
    const levels = Array.from({ length: 2000 }, () => 4 + random.normal());
    const tokens = levels.map((level) => Math.exp(level + 0.7 + 0.8 * random.normal()));
    const length = fitLength(levels, tokens, { mean: 0, variance: 0.5, residualVariance: 0.64 });
    expect(length.offset).toBeCloseTo(0.7, 1);
    const predicted = levels.reduce(
      (sum, level) =>
        sum + expectedOutputTokens({ logOutputTokens: level, inputTokens: 1 }, length)!,
      0,
    );
    expect(predicted / tokens.reduce((sum, t) => sum + t, 0)).toBeCloseTo(1, 2);
  });

  it('is the prior without answers, and capped by max_tokens', () => {
    const length = fitLength([], [], { mean: 0.2, variance: 0.5, residualVariance: 0.4 });
    expect(length.offset).toBeCloseTo(0.2, 12);
    expect(length.smearing).toBeCloseTo(Math.exp(0.2), 9);
    expect(expectedOutputTokens({ logOutputTokens: 9, inputTokens: 1 }, length, 100)).toBe(100);
  });
});

describe('cost and latency', () => {
  it('multiplies prices with tokens', () => {
    const cost = { kind: 'prices', inputPerMtok: 2, outputPerMtok: 10 } as const;
    expect(expectedCostUsd({ logOutputTokens: 0, inputTokens: 1000 }, cost, 200)).toBeCloseTo(
      0.004,
      12,
    );
    expect(expectedCostUsd({ logOutputTokens: 0, inputTokens: 1000 }, cost, null)).toBeNull();
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
});
