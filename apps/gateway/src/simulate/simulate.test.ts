import { describe, expect, it } from '@jest/globals';
import { asStored, hashCandidates } from '@zerorouter/database';
import type { StoredDecision, StoredProfile } from '@zerorouter/database';
import { seededRandom } from '@zerorouter/latent-space';
import { decideRoute } from '../routing/decide-route.js';
import { weightsAtPrice } from '../routing/decide-within-budget.js';
import { drawExploration } from '../routing/explore-young.js';
import { replayDecision } from './replay.js';
import { scenarioModels } from './scenario-models.js';
import { paretoFrontier, simulate } from './simulate.js';

const scales = { costUsd: 0.001, latencyS: 2 };

function stored(model: string, ability: number, price: number): StoredProfile {
  return {
    id: `mdl_${model}`,
    profile: {
      model,
      ability: { mean: [ability], covariance: [0.1] },
      length: { offset: 0, offsetVariance: 0, smearing: 1 },
      cost: { kind: 'prices', inputPerMtok: price, outputPerMtok: price },
      latency: { base: 1 / 3, perInputToken: 0, perOutputToken: 0, p95Ratio: 2 },
    },
    spaceVersion: 'v1',
    state: 'active',
    version: 1,
    contextWindow: null,
    capabilities: [],
    stateReason: null,
    deployments: 0,
    createdAt: new Date(0),
    updatedAt: new Date(0),
  };
}

const active = [stored('cheap', 0.2, 0.5), stored('middle', 1, 3), stored('strong', 2, 20)];
const today = scenarioModels(active, [], {});
const weights = { accuracy: 1, cost: 0.05, latency: 0 };

/** Decisions as the router makes and the store keeps them; every third may not go to `strong`. */
const decisions = Array.from({ length: 30 }, (_, i): StoredDecision => {
  const latents = {
    discrimination: [1.1],
    difficulty: i / 10 - 1,
    difficultyVariance: 0.1,
    logOutputTokens: 4 + i / 15,
    inputTokens: 50 + i,
    familiarity: 1,
  };
  const constraints = i % 5 === 0 ? { maxCostUsd: 0.0009 } : {};
  const answer = decideRoute({
    latents,
    models: active,
    admitted: active.map(({ profile }) => i % 3 !== 0 || profile.model !== 'strong'),
    requires: [],
    weights,
    policy: 'x',
    constraints,
    scales,
    explain: false,
  });
  return {
    id: `dec_${i}`,
    createdAt: new Date(0),
    keyId: null,
    textHash: '',
    spaceVersion: 'v1',
    latents,
    policy: 'x',
    weights,
    constraints,
    candidates: asStored(answer.candidates),
    candidatesHash: hashCandidates(answer.candidates),
    profileVersions: { cheap: 1, middle: 1, strong: 1 },
    model: answer.model,
    reason: answer.reason,
    propensity: 1,
    budget: null,
    exploration: null,
    overheadMs: 1,
    requestStats: {},
  };
});

const run = (changes: Parameters<typeof scenarioModels>[2], more = {}) =>
  simulate({
    decisions,
    today: { models: today, scales, guarantee: undefined },
    scenario: { models: scenarioModels(active, active, changes), scales, guarantee: undefined },
    ...more,
  });

describe('replayDecision', () => {
  it('makes every stored decision again as it was', () => {
    for (const record of decisions)
      expect(replayDecision(record, today, scales)).toEqual({
        decision_id: record.id,
        same: true,
        to_the_bit: true,
        recorded_model: record.model,
        model: record.model,
        differences: [],
      });
  });

  it('makes budgeted and drawn decisions again', () => {
    const random = seededRandom(4);
    const models = active.map((routed, i) => ({
      ...routed,
      profile: { ...routed.profile, ability: { mean: [i / 10], covariance: [0.5] } },
    }));
    const drawn = decisions.map((record, i) => {
      const budget = i % 2 === 0 ? null : { price: 7 * i, leftUsd: 0.0008, endsAt: 'later' };
      const exploration = drawExploration(0.5, random);
      const decided = budget === null ? weights : weightsAtPrice(budget.price, scales);
      const answer = decideRoute({
        latents: record.latents,
        models,
        requires: [],
        weights: decided,
        policy: 'x',
        constraints: {},
        scales,
        explain: false,
        budget,
        exploration,
      });
      const candidates = asStored(answer.candidates);
      const candidatesHash = hashCandidates(answer.candidates);
      const { model, propensity } = answer;
      return {
        ...record,
        constraints: {},
        weights: decided,
        budget,
        exploration,
        candidates,
        candidatesHash,
        model,
        propensity,
      };
    });
    expect(new Set(drawn.map(({ propensity }) => propensity)).size).toBeGreaterThan(1);
    expect(JSON.stringify(drawn)).toContain('left of the budget');
    for (const record of JSON.parse(JSON.stringify(drawn)) as StoredDecision[])
      expect(replayDecision(record, scenarioModels(models, [], {}), scales)).toMatchObject({
        same: true,
        differences: [],
      });
    const elsewhere = drawn.find(({ model, candidates }) => model !== candidates[0]!.model)!;
    const untold = replayDecision(
      { ...elsewhere, exploration: null },
      scenarioModels(models, [], {}),
      scales,
    );
    expect(untold.same).toBe(false);
  });

  it('tells a difference of the last bit, and one of order or propensity', () => {
    const record = decisions[1]!;
    const nudged = today.map(({ profile, admittedAs }) => ({
      profile: {
        ...profile,
        ability: { ...profile.ability, mean: [profile.ability.mean[0]! * (1 + Number.EPSILON)] },
      },
      admittedAs,
    }));
    expect(replayDecision(record, nudged, scales)).toMatchObject({ same: false, differences: [] });
    const reversed = {
      ...record,
      candidatesHash: null,
      candidates: [...record.candidates].reverse(),
    };
    expect(replayDecision(reversed, today, scales).same).toBe(false);
    expect(replayDecision({ ...record, propensity: 0.9 }, today, scales).same).toBe(false);
    const old = { ...record, candidatesHash: null };
    expect(replayDecision(old, today, scales)).toMatchObject({ same: true, to_the_bit: false });
  });

  it('shows what differs when a profile is not the one of that time', () => {
    const models = scenarioModels(active, [], {
      reprice: { middle: { input_per_mtok: 3, output_per_mtok: 3.0001 } },
    });
    const replay = replayDecision(decisions[1]!, models, scales);
    expect(replay.same).toBe(false);
    expect(replay.differences.map(({ replayed }) => replayed.model)).toEqual(['middle']);
    expect(replayDecision(decisions[1]!, today.slice(1), scales).same).toBe(false);
  });
});

describe('simulate', () => {
  it('has today as its baseline, and changes nothing without a change', async () => {
    const { baseline, scenario, moves } = await run({});
    const counts: Record<string, number> = {};
    for (const { model } of decisions) counts[model] = (counts[model] ?? 0) + 1;
    expect(baseline.models).toEqual(counts);
    expect(Object.keys(counts).length).toBeGreaterThan(1);
    expect(scenario).toEqual(baseline);
    expect(moves).toEqual([]);
  });

  it('takes away, reprices and adds', async () => {
    const gone = await run({ remove: ['cheap'] });
    expect(gone.scenario.models).not.toHaveProperty('cheap');
    expect(gone.moves.every(({ from }) => from === 'cheap')).toBe(true);
    expect(gone.moves.reduce((sum, { decisions: n }) => sum + n, 0)).toBe(
      gone.baseline.models['cheap'],
    );

    const free = await run({ reprice: { strong: { input_per_mtok: 0, output_per_mtok: 0 } } });
    // Those whose request did not admit it stay where they are.
    expect(free.scenario.models['strong']).toBe(20);
    const copy = await run({
      add: [{ model: 'rival', like: 'strong', prices: { input_per_mtok: 0, output_per_mtok: 0 } }],
    });
    expect(copy.scenario.models['rival']).toBe(20);
    expect(copy.scenario.mean_accuracy!).toBeGreaterThan(copy.baseline.mean_accuracy!);
  });

  it('weighs otherwise, and keeps constraints', async () => {
    const bold = await run({}, { weights: { accuracy: 1, cost: 0, latency: 0 } });
    const thrifty = await run({}, { weights: { accuracy: 0, cost: 1, latency: 0 } });
    expect(bold.scenario.mean_accuracy!).toBeGreaterThan(thrifty.scenario.mean_accuracy!);
    expect(thrifty.scenario.models).toEqual({ cheap: 30 });
    const none = await run({}, { constraints: { maxCostUsd: 1e-12 } });
    expect(none.scenario).toMatchObject({ undecided: 30, mean_accuracy: null, cost_usd: 0 });
    expect(none.frontier).toEqual([]);
  });

  it('tries another space by its own scales and guarantee, a budget at its price', async () => {
    const rescaled = { costUsd: 100 * scales.costUsd, latencyS: scales.latencyS };
    const scenario = { models: today, scales: rescaled, guarantee: undefined };
    // A hundredth of the weight that cost had.
    const dearer = await run({}, { scenario });
    expect(dearer.scenario.cost_usd).toBeGreaterThan(dearer.baseline.cost_usd);
    const budgeted = decisions.map((record) => ({
      ...record,
      weights: weightsAtPrice(50, scales),
      budget: { price: 50, leftUsd: 1, endsAt: 'later' },
    }));
    const same = await run({}, { scenario, decisions: budgeted });
    expect(same.scenario).toEqual(same.baseline);

    const promised = decisions.map((record) => ({ ...record, constraints: { minAccuracy: 0.1 } }));
    const guarantee = [{ minAccuracy: 0.2, lowerBound: 0.999 }];
    const strict = await run({}, { scenario: { ...scenario, guarantee }, decisions: promised });
    expect(strict.scenario.undecided).toBe(decisions.length);
  });

  it('draws a frontier that never bends back', async () => {
    const { frontier } = await run({});
    expect(frontier.length).toBeGreaterThan(2);
    for (const [i, point] of frontier.entries()) {
      if (i === 0) continue;
      expect(point.cost_usd).toBeGreaterThan(frontier[i - 1]!.cost_usd);
      expect(point.mean_accuracy).toBeGreaterThan(frontier[i - 1]!.mean_accuracy);
    }
    const beaten = { mean_accuracy: 0.5, cost_usd: 3 };
    const points = [
      { mean_accuracy: 0.6, cost_usd: 2 },
      beaten,
      { mean_accuracy: 0.4, cost_usd: 2 },
    ];
    expect(paretoFrontier(points)).toEqual([points[0]]);
  });
});

describe('scenarioModels', () => {
  it('refuses what fits nothing or would be there twice', () => {
    const refused = (changes: Parameters<typeof scenarioModels>[2], path: string) =>
      expect(() => scenarioModels(active, active, changes)).toThrow(
        expect.objectContaining({
          details: { errors: [expect.objectContaining({ path })] },
        }),
      );
    refused({ remove: ['none/*'] }, 'remove.0');
    refused({ reprice: { none: { input_per_mtok: 1, output_per_mtok: 1 } } }, 'reprice.none');
    refused({ add: [{ model: 'x', like: 'none' }] }, 'add.0.like');
    refused({ add: [{ model: 'none' }] }, 'add.0.model');
    refused({ add: [{ model: 'cheap' }] }, 'add');
  });
});
