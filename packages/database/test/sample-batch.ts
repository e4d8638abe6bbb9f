import type { NewBatch, NewBatchItem } from '../src/stores/batch-records.js';
import type { Database } from '../src/database.js';

export const SAMPLE_LATENTS = {
  discrimination: [1, 0.5],
  difficulty: 0.25,
  difficultyVariance: 0.1,
  logOutputTokens: 5,
  inputTokens: 12,
  familiarity: 0.75,
};

export function sampleBatch(overrides: Partial<NewBatch> = {}): NewBatch {
  return {
    keyId: null,
    spaceVersion: 'v1',
    policy: {
      label: 'balanced',
      weights: { accuracy: 1, cost: 0.1, latency: 0 },
      constraints: {},
    },
    constraints: { budgetUsd: 2, capacity: { cheap: 5 } },
    idempotencyKey: null,
    expiresAt: new Date(Date.now() + 3_600_000),
    ...overrides,
  };
}

export const sampleBatchItem = (index: number): NewBatchItem => ({
  index,
  customId: `c${index}`,
  request: { text: `text ${index}`, requires: [] },
});

/** @returns the id of a new batch of these items. */
export async function uploadBatch(
  database: Database,
  items: readonly NewBatchItem[],
  overrides: Partial<NewBatch> = {},
): Promise<string> {
  const coming = await database.batches.openUpload(sampleBatch(overrides));
  await coming.add(items);
  await coming.commit('hash');
  return coming.id;
}
