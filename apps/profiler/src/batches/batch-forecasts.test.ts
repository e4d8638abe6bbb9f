import { describe, expect, it } from '@jest/globals';
import type { PredictedItem, StoredProfile } from '@zerorouter/database';
import { scoreModel } from '@zerorouter/latent-space';
import { BatchForecasts } from './batch-forecasts.js';

const LATENTS = {
  discrimination: [1],
  difficulty: 0.5,
  difficultyVariance: 0.1,
  logOutputTokens: 4,
  inputTokens: 100,
  familiarity: 1,
};

function stored(
  model: string,
  { price = 1, contextWindow = null as number | null, capabilities = [] as string[] } = {},
): StoredProfile {
  return {
    id: `mdl_${model}`,
    profile: {
      model,
      ability: { mean: [1], covariance: [0.1] },
      length: { offset: 0, offsetVariance: 0, smearing: 1 },
      cost: price === 0 ? null : { kind: 'prices', inputPerMtok: price, outputPerMtok: price },
      latency: null,
    },
    spaceVersion: 'v1',
    state: 'active',
    version: 1,
    contextWindow,
    capabilities,
    stateReason: null,
    deployments: 0,
    createdAt: new Date(0),
    updatedAt: new Date(0),
  };
}

const profiles = [
  stored('a/small', { contextWindow: 150 }),
  stored('a/text', { price: 2, capabilities: ['tools'] }),
  stored('b/unpriced', { price: 0 }),
];

function forecast(
  requests: Partial<PredictedItem['request']>[],
  constraints: Partial<{ budgetUsd: number; maxLatencyS: number }> = {},
  hard: { maxCostUsd?: number; minAccuracy?: number } = {},
  guarantee?: { minAccuracy: number; lowerBound: number }[],
) {
  const forecasts = new BatchForecasts(
    {
      policy: {
        label: 'x',
        weights: { accuracy: 1, cost: 0, latency: 0 },
        constraints: hard,
      },
      constraints,
    },
    profiles,
    { costUsd: 0.001, latencyS: 1 },
    guarantee,
    requests.length,
  );
  requests.forEach((request, i) =>
    forecasts.add({ index: 10 + i, latents: LATENTS, request: { requires: [], ...request } }),
  );
  return forecasts;
}
const eligible = ({ instance }: BatchForecasts) =>
  Array.from({ length: instance.queries }, (_, row) =>
    profiles.flatMap(({ profile }, m) =>
      Number.isNaN(instance.probability[row * instance.models + m]) ? [] : [profile.model],
    ),
  );

describe('BatchForecasts', () => {
  it('fills rows with what each model is forecast to do', () => {
    const { instance, indices } = forecast([{}, { maxTokens: 3 }]);
    expect([instance.queries, instance.models, indices]).toEqual([2, 3, [10, 11]]);
    const expected = [undefined, 3].flatMap((maxTokens) =>
      profiles.map(({ profile }) => scoreModel(LATENTS, profile, maxTokens)),
    );
    expect([...instance.probability]).toEqual(expected.map((c) => c.probabilityCorrect));
    expect([...instance.costUsd]).toEqual(expected.map((c) => c.costUsd ?? NaN));
    expect(instance.costUsd[3]).toBeLessThan(instance.costUsd[0]!);
    expect([...instance.latencyS].every(Number.isNaN)).toBe(true);
  });

  it('admits by globs, context window, capabilities, hard constraints and what is known', () => {
    const rows = [
      { models: ['a/*'] },
      { maxTokens: 51 },
      { requires: ['vision'] },
      { constraints: { maxCostUsd: 0.0002 } },
    ];
    expect(eligible(forecast(rows))).toEqual([
      ['a/small', 'a/text'],
      ['a/text', 'b/unpriced'],
      ['a/small', 'b/unpriced'],
      ['a/small'],
    ]);
    expect(eligible(forecast([{}], { budgetUsd: 1 }))).toEqual([['a/small', 'a/text']]);
    expect(eligible(forecast([{}], {}, { maxCostUsd: 0.0002 }))).toEqual([['a/small']]);
  });

  it('admits to the guaranteed tier by what the space calibrated for it', () => {
    const sure = { constraints: { minAccuracy: 0.6 } };
    // Each interval begins at σ(.5 − 1.645·√.2) = .44.
    const at = (lowerBound: number) =>
      forecast([sure], {}, {}, [{ minAccuracy: 0.6, lowerBound }]).failures;
    expect(at(0.43)).toEqual([]);
    expect(at(0.45)[0]?.error?.message).toMatch(/0\.441 < 0\.450, needed for min_accuracy 0\.6/);
    expect(forecast([sure]).failures).toHaveLength(1);
  });

  it('sets an item aside that no model may serve, and says why', () => {
    const forecasts = forecast([
      {},
      { models: ['c/*', 'a/*'] },
      { models: ['a/small'], maxTokens: 51 },
      { models: ['a/text'] },
    ]);
    expect(forecasts.indices).toEqual([10, 13]);
    expect(forecasts.instance.probability).toHaveLength(6);
    expect(forecasts.failures).toMatchObject([
      { index: 11, error: { code: 'unknown-model', message: 'no model fits "c/*"' } },
      {
        index: 12,
        error: {
          code: 'no-eligible-model',
          message: expect.stringMatching(/admits \(2\)/),
        },
      },
    ]);
    expect(forecasts.failures[1]?.error?.message).toMatch(/needs 151 tokens .* \(1\)/);
    expect(forecast([{}], { maxLatencyS: 1 }).failures[0]?.error?.message).toMatch(
      /latency unknown, and max_latency_ms is set \(3\)/,
    );
  });
});
