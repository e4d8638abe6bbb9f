import { describe, expect, it } from '@jest/globals';
import { asStored, hashCandidates } from '@zerorouter/database';
import type { StoredDecision, StoredProfile } from '@zerorouter/database';
import { decideRoute } from '../routing/decide-route.js';
import { replayDecision } from './replay.js';
import { scenarioModels } from './scenario-models.js';
import { simulate } from './simulate.js';

const scales = { costUsd: 0.001, latencyS: 2 };
const weights = { accuracy: 1, cost: 0, latency: 0 };

function stored(model: string, ability: number, state: StoredProfile['state']): StoredProfile {
  return {
    id: `mdl_${model}`,
    profile: {
      model,
      ability: { mean: [ability], covariance: [0.1] },
      length: null,
      cost: null,
      latency: null,
    },
    spaceVersion: 'v1',
    state,
    stateReason: null,
    version: 1,
    contextWindow: null,
    capabilities: [],
    deployments: 0,
    createdAt: new Date(0),
    updatedAt: new Date(0),
  };
}

const active = [stored('b', 0, 'active'), stored('c', -1, 'active')];
/** Better than both; by name before the other one that is excluded. */
const shadow = stored('a', 3, 'shadow');

/** @param admitsShadow whether the request's `models` admit the one in shadow. */
function decide(admitsShadow: boolean): StoredDecision {
  const latents = {
    discrimination: [1],
    difficulty: 0,
    difficultyVariance: 0.1,
    logOutputTokens: 4,
    inputTokens: 50,
    familiarity: 1,
  };
  const answer = decideRoute({
    latents,
    models: [shadow, ...active],
    admitted: [admitsShadow, true, false],
    requires: [],
    weights,
    policy: 'x',
    constraints: {},
    scales,
    explain: false,
  });
  return {
    id: 'dec_1',
    createdAt: new Date(0),
    keyId: null,
    textHash: '',
    spaceVersion: 'v1',
    latents,
    policy: 'x',
    weights,
    constraints: {},
    candidates: asStored(answer.candidates),
    candidatesHash: hashCandidates(answer.candidates),
    profileVersions: { a: 1, b: 1, c: 1 },
    model: answer.model,
    reason: answer.reason,
    propensity: answer.propensity,
    budget: null,
    exploration: null,
    overheadMs: 1,
    requestStats: {},
  };
}

describe('a decision with a model in shadow', () => {
  it('is replayed with it in shadow still', () => {
    const record = decide(true);
    expect(record.candidates).toMatchObject([
      { model: 'b' },
      { model: 'a', excluded: 'in shadow' },
      { model: 'c' },
    ]);
    expect(replayDecision(record, scenarioModels([shadow, ...active], [], {}), scales)).toEqual(
      expect.objectContaining({ same: true, model: 'b', differences: [] }),
    );
  });

  it('is simulated as if it were active, where the request admits it', async () => {
    const chosen = async (add: string[]) => {
      const { scenario } = await simulate({
        decisions: [decide(true), decide(false)],
        today: { models: scenarioModels(active, [], {}), scales, guarantee: undefined },
        scenario: {
          models: scenarioModels(active, [shadow], { add: add.map((model) => ({ model })) }),
          scales,
          guarantee: undefined,
        },
      });
      return scenario.models;
    };
    expect(await chosen([])).toEqual({ b: 2 });
    expect(await chosen(['a'])).toEqual({ a: 1, b: 1 });
  });
});
