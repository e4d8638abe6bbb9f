import { describe, expect, it } from '@jest/globals';
import {
  expectedCostUsd,
  expectedLatencyS,
  expectedOutputTokens,
  seededRandom,
} from '@zerorouter/latent-space';
import type { AnswerResources } from './subject-profiles.js';
import { fitSubjectResources } from './subject-profiles.js';

const random = seededRandom(5);
const PRIOR = { mean: 0, variance: 0.3, residualVariance: 0.2 };
const PRICES = { input_price_per_mtok: 3, output_price_per_mtok: 15 };

/** Calls whose prompts a harness makes 350 tokens longer than their text. */
function calls(n: number): AnswerResources[] {
  return Array.from({ length: n }, () => {
    const inputEstimate = Math.round(50 + 300 * random.uniform());
    const level = 3.5 + 0.4 * random.normal();
    const logTokens = level + 0.5 + 0.5 * random.normal();
    const inputTokens = Math.round(350 + 1.3 * inputEstimate);
    return {
      level,
      logTokens,
      inputEstimate,
      inputTokens,
      costUsd: NaN,
      latencyS: 0.4 + 0.001 * inputTokens + 0.02 * Math.exp(logTokens),
    };
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

describe('fitSubjectResources', () => {
  it('foretells cost and latency from the text alone, whatever the harness adds to it', () => {
    const { length, cost, latency } = fitSubjectResources(calls(300), PRICES, PRIOR);
    const later = calls(1000);
    const forecasts = later.map(({ level, inputEstimate }) => {
      const query = { logOutputTokens: level, inputTokens: inputEstimate };
      const tokens = expectedOutputTokens(query, length)!;
      return {
        usd: expectedCostUsd(query, cost, tokens)!,
        seconds: expectedLatencyS(query, latency, tokens)!.mean,
      };
    });
    const usd = later.map(
      ({ inputTokens, logTokens }) => (inputTokens * 3 + Math.exp(logTokens) * 15) / 1e6,
    );
    expect(sum(forecasts.map((f) => f.usd)) / sum(usd)).toBeCloseTo(1, 1);
    expect(
      sum(forecasts.map((f) => f.seconds)) / sum(later.map(({ latencyS }) => latencyS)),
    ).toBeCloseTo(1, 1);
    const longest = later.reduce((a, b) => (a.inputEstimate > b.inputEstimate ? a : b));
    expect(
      expectedCostUsd({ logOutputTokens: 0, inputTokens: longest.inputEstimate }, cost, 0)! /
        ((longest.inputTokens * 3) / 1e6),
    ).toBeCloseTo(1, 1);
  });

  it('takes the estimate where no call was counted', () => {
    const uncounted = calls(50).map((call) => ({ ...call, inputTokens: NaN }));
    const { cost } = fitSubjectResources(uncounted, PRICES, PRIOR);
    expect(cost).toEqual({ kind: 'prices', inputPerMtok: 3, outputPerMtok: 15 });
  });

  it('prefers what calls cost to list prices, and knows nothing from nothing', () => {
    const priced = calls(100).map((call) => ({ ...call, costUsd: 2e-6 * call.inputEstimate }));
    const { cost } = fitSubjectResources(priced, PRICES, PRIOR);
    expect(cost?.kind).toBe('linear');
    expect(expectedCostUsd({ logOutputTokens: 4, inputTokens: 200 }, cost, null)).toBeCloseTo(
      4e-4,
      5,
    );
    expect(fitSubjectResources([], undefined, null)).toEqual({
      length: null,
      cost: null,
      latency: null,
    });
  });
});
