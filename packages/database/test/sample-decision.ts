import type { DecisionRecord } from '../src/stores/decision-store.js';
import { SAMPLE_LATENTS } from './sample-batch.js';

let count = 0;

export function sampleDecision(overrides: Partial<DecisionRecord> = {}): DecisionRecord {
  return {
    id: `dec_${(count++).toString(16).padStart(32, '0')}`,
    createdAt: new Date(),
    keyId: null,
    textHash: 'hash',
    spaceVersion: 'v1',
    latents: SAMPLE_LATENTS,
    policy: 'balanced',
    weights: { accuracy: 1, cost: 0.1, latency: 0 },
    constraints: {},
    candidates: [],
    profileVersions: {},
    model: 'acme/model',
    reason: 'best',
    propensity: 1,
    budget: null,
    exploration: null,
    overheadMs: 1,
    requestStats: {},
    ...overrides,
  };
}
