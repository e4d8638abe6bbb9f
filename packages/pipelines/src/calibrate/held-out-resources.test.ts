import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@zerorouter/latent-space';
import type { DataSet } from '@zerorouter/data-set';
import { heldOutResources } from './held-out-resources.js';
import { mergeDataSets } from './merge-data-sets.js';

/**
 * Two models on 400 queries of one data set; `tokensOf` says how long a query's answers are.
 * @returns figures with fold 1 on every query whose number `inFold` admits.
 */
function figures(tokensOf: (q: number) => number, inFold: (q: number) => boolean) {
  const random = seededRandom(2);
  const cells = Array.from({ length: 800 }, (_, c) => ({ query: c >> 1, model: c & 1 }));
  const column = (of: (cell: { query: number; model: number }) => number) =>
    Float64Array.from(cells, of);
  const tokens = column(({ query, model }) =>
    Math.round(tokensOf(query) * (1 + model) * Math.exp(0.4 * random.normal())),
  );
  const unknown = column(() => NaN);
  const dataSet: DataSet = {
    name: 'sums',
    queries: Array.from({ length: 400 }, (_, q) => ({
      id: `q${q}`,
      benchmark: 'sums',
      text: `Question ${q}? ${'x'.repeat(q % 90)}`,
    })),
    outcomes: {
      models: ['a', 'b'],
      query: Int32Array.from(cells, ({ query }) => query),
      model: Int32Array.from(cells, ({ model }) => model),
      score: column(() => 1),
      inputTokens: unknown,
      outputTokens: tokens,
      costUsd: unknown,
      latencyS: tokens.map((n) => 0.3 + 0.01 * n),
      outputChars: unknown,
    },
    modelInfo: new Map([['a', { input_price_per_mtok: 1, output_price_per_mtok: 4 }]]),
  };
  const merged = mergeDataSets([dataSet]);
  const predicted = {
    discrimination: new Float32Array(400),
    difficulty: new Float32Array(400),
    logOutputTokens: new Float32Array(400).fill(5),
  };
  const fold = Int32Array.from({ length: 400 }, (_, q) => (inFold(q) ? 1 : 0));
  return heldOutResources(merged, predicted, fold)['sums']!;
}

describe('heldOutResources', () => {
  it('finds alike what is alike, and leaves out what is unknown', () => {
    const { outputTokens, costUsd, latencyS } = figures(
      () => 150,
      (q) => q % 2 === 1,
    );
    // Only one model has prices.
    expect([outputTokens!.calls, costUsd!.calls, latencyS!.calls]).toEqual([800, 400, 800]);
    for (const kind of [outputTokens!, costUsd!, latencyS!]) {
      expect(kind.ratio).toBeCloseTo(1, 1);
      expect(kind.modelsWithinTenth).toBe(1);
    }
    expect(outputTokens!.belowQuantile).toBeCloseTo(0.9, 1);
    expect(latencyS!.belowQuantile).toBeCloseTo(0.95, 1);
  });

  it('judges a fold by what the other folds say, not by itself', () => {
    const first = (q: number) => q < 40;
    const { outputTokens } = figures((q) => (first(q) ? 100 : 1000), first);
    // (360·100 + 40·1000)/(360·1000 + 40·100); a fit that saw every call would say 1.
    expect(Math.abs(outputTokens!.ratio - 0.209)).toBeLessThan(0.02);
    expect(outputTokens!.modelsWithinTenth).toBe(0);
  });
});
