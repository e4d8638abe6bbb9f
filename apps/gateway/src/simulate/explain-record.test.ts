import { describe, expect, it } from '@jest/globals';
import { NO_DEPLOYMENT } from '@zerorouter/contracts';
import type { StoredDecision } from '@zerorouter/database';
import { decideRoute } from '../routing/decide-route.js';
import { explainRecord } from './explain-record.js';

const scales = { costUsd: 0.001, latencyS: 2 };
const latents = {
  discrimination: [1.1, 0.4],
  difficulty: 0.3,
  difficultyVariance: 0.1,
  logOutputTokens: 5,
  inputTokens: 80,
  familiarity: 1,
};
const models = ['a', 'b', 'c'].map((model, i) => ({
  profile: {
    model,
    ability: { mean: [i, -i / 2], covariance: [0.1, 0, 0, 0.2] },
    length: { offset: 0, offsetVariance: 0, smearing: 1 },
    cost: { kind: 'prices' as const, inputPerMtok: i + 1, outputPerMtok: 2 * i + 1 },
    latency: { base: 1, perInputToken: 0, perOutputToken: 0.01, p95Ratio: 2 },
  },
  contextWindow: null,
  capabilities: [],
  admittedAs: model,
}));

/** A decision of which nobody could call `b`, with the explanation that it came with. */
function decide() {
  const terms = { weights: { accuracy: 1, cost: 0.05, latency: 0.02 }, constraints: {}, scales };
  const answer = decideRoute({
    ...terms,
    latents,
    models,
    barred: (model) => (model === 'b' ? NO_DEPLOYMENT : null),
    requires: [],
    policy: 'x',
    explain: true,
  });
  const record: StoredDecision = {
    ...terms,
    id: 'dec_1',
    createdAt: new Date(0),
    keyId: null,
    textHash: '',
    spaceVersion: 'v1',
    latents,
    policy: 'x',
    candidates: answer.candidates,
    candidatesHash: null,
    profileVersions: { a: 1, b: 1, c: 1 },
    model: answer.model,
    reason: answer.reason,
    propensity: 1,
    budget: null,
    exploration: null,
    overheadMs: 1,
    requestStats: {},
  };
  return { record, explanation: answer.explanation };
}

describe('explainRecord', () => {
  it('tells what the decision was explained with, in the record’s order', () => {
    const { record, explanation } = decide();
    expect(explanation!.candidates.map(({ model }) => model)).not.toEqual(['a', 'b', 'c']);
    expect(explainRecord(record, models, scales)).toEqual(explanation);
  });

  it('does not explain what it has not all profiles of', () => {
    expect(explainRecord(decide().record, models.slice(1), scales)).toBeNull();
  });
});
