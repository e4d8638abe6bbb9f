import { expect, it } from '@jest/globals';
import type { RouteCandidate } from '@zerorouter/contracts';
import { baselineForecast } from './baseline.js';

const latents = {
  discrimination: [1],
  difficulty: 0,
  difficultyVariance: 0,
  logOutputTokens: 3,
  inputTokens: 1_000,
  familiarity: 1,
};
const profile = {
  model: 'big',
  ability: { mean: [1], covariance: [0.1] },
  length: null,
  cost: { kind: 'prices', inputPerMtok: 10, cachedInputPerMtok: 1, outputPerMtok: 30 } as const,
  latency: null,
};
const candidate = (excluded?: string): RouteCandidate => ({
  model: 'big',
  p_correct: 0.9,
  interval: [0.8, 0.95],
  cost_usd: 0.02,
  latency_ms: null,
  output_tokens: 300,
  utility: null,
  ...(excluded === undefined ? {} : { excluded }),
});
const forecast = (
  excluded?: string,
  session: { model: string; seenTokens: number } | null = null,
) => baselineForecast('big', [candidate(excluded)], { latents, profile, session });

it('is the forecast of the model, unless it could not have taken the request', () => {
  const usual = { model: 'big', costUsd: 0.02, pCorrect: 0.9 };
  expect(forecast()).toEqual(usual);
  expect(forecast('not among the models that the request admits')).toEqual(usual);
  expect(forecast('predicted cost $0.02 > max_cost_usd $0.01')).toEqual(usual);
  expect(forecast('lacks vision')).toBeNull();
  expect(forecast('needs 9 tokens (8 in, 1 out), its context window has 5')).toBeNull();
  const other = { latents, profile, session: null };
  expect(baselineForecast('other', [candidate()], other)).toBeNull();
});

it('would have the conversation in its cache, too', () => {
  // 500 tokens at $9 per million less.
  expect(forecast(undefined, { model: 'small', seenTokens: 500 })?.costUsd).toBeCloseTo(0.0155, 12);
  expect(forecast(undefined, { model: 'big', seenTokens: 500 })?.costUsd).toBe(0.02);
});
