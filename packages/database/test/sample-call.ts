import type { CallRecord } from '../src/stores/call-store.js';

let count = 0;

export function sampleCall(overrides: Partial<CallRecord> = {}): CallRecord {
  return {
    id: `call_${(count++).toString(16).padStart(32, '0')}`,
    createdAt: new Date(),
    keyId: null,
    decisionId: null,
    policy: 'pinned',
    operation: 'chat/completions',
    model: 'acme/model',
    deploymentId: 'dpl_1',
    status: 200,
    streamed: true,
    ending: 'complete',
    finishReason: 'stop',
    inputTokens: 100,
    cachedTokens: null,
    outputTokens: 50,
    reasoningTokens: null,
    estimated: false,
    costUsd: 0.001,
    lostUsd: 0,
    ttftMs: 100.5,
    totalMs: 900.25,
    ...overrides,
  };
}
