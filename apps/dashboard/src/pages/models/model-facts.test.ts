import { describe, expect, it } from '@jest/globals';
import type { AdminDecision, AdminModel } from '@zerorouter/contracts';
import { modelFacts } from './model-facts.js';
import { headToHead, trafficFacts } from './traffic-facts.js';

const model: AdminModel = {
  id: 'mdl_1',
  name: 'acme/a',
  state: 'active',
  state_reason: null,
  version: 1,
  space_version: 'v1',
  context_window: null,
  capabilities: [],
  prices: null,
  size_b: null,
  deployments: [],
  ability: { mean: [1, -0.5], covariance: [0.04, 0, 0, 0.25] },
  length: { offset: Math.log(2), offsetVariance: 0, smearing: 1 },
  cost: { kind: 'prices', inputPerMtok: 1, outputPerMtok: 4 },
  latency: { base: 0.2, perInputToken: 0.001, perOutputToken: 0.02, p95Ratio: 2 },
  created_at: '2026-01-01T00:00:00.000Z',
  updated_at: '2026-01-01T00:00:00.000Z',
};

describe('modelFacts', () => {
  it('puts a profile into the units that people think in', () => {
    const facts = modelFacts(model);
    expect(facts.axes.map(({ interval }) => interval.map((end) => end.toFixed(3)))).toEqual([
      ['0.671', '1.329'],
      ['-1.323', '0.323'],
    ]);
    expect(facts).toMatchObject({ prices: { input: 1, output: 4 }, fittedCost: false });
    expect(facts.ttftMs).toBeCloseTo(700, 9);
    expect(facts.tpotMs).toBeCloseTo(20, 9);
    expect(facts.verbosity!.value).toBeCloseTo(2, 9);
  });

  it('says nothing where nothing is known', () => {
    const linear = { kind: 'linear', base: 0, perInputToken: 0, perOutputToken: 0 };
    expect(modelFacts({ ...model, cost: linear, length: null, latency: null })).toMatchObject({
      prices: null,
      fittedCost: true,
      ttftMs: null,
      tpotMs: null,
      verbosity: null,
    });
  });
});

describe('trafficFacts', () => {
  const decision = (difficulty: number, chosen: string) =>
    ({
      model: chosen,
      query: { difficulty },
      candidates: ['a', 'b'].map((name) => ({
        model: name,
        p_correct: name === 'a' ? 0.6 : 0.8,
        interval: [0.5, 0.9],
        cost_usd: name === 'a' ? 0.001 : null,
        latency_ms: 100 * difficulty,
      })),
    }) as unknown as AdminDecision;

  it('tells where a model is chosen, and what is forecast of it', () => {
    const facts = trafficFacts([3, 1, 2, 6, 5, 4].map((d) => decision(d, d <= 3 ? 'a' : 'b')));
    expect(facts.get('a')).toEqual({
      decisions: 6,
      accuracy: { value: expect.closeTo(0.6, 9), interval: [0.5, expect.closeTo(0.9, 9)] },
      costUsd: expect.closeTo(0.001, 9),
      latencyMs: 350,
      chosen: 0.5,
      chosenByDifficulty: [1, 0.5, 0],
    });
    expect(facts.get('b')).toMatchObject({ costUsd: null, chosenByDifficulty: [0, 0.5, 1] });
    expect(trafficFacts([]).size).toBe(0);
  });

  it('holds two models against each other where both were candidates', () => {
    const decisions = [decision(1, 'a'), decision(2, 'b')];
    expect(headToHead(decisions, 'b', 'a')).toEqual({ decisions: 2, likelier: 1, cheaper: null });
    expect(headToHead(decisions, 'a', 'b')).toMatchObject({ likelier: 0 });
    expect(headToHead(decisions, 'a', 'none')).toBeNull();
  });
});
