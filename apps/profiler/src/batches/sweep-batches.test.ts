import { describe, expect, it } from '@jest/globals';
import { BATCH_CHUNKS_QUEUED } from '@zerorouter/contracts';
import type { Batch } from '@zerorouter/database';
import { createLogger } from '@zerorouter/platform';
import { BatchSweeper } from './sweep-batches.js';

const batch = (id: string, state: Batch['state']): Batch => ({
  id,
  state,
  keyId: null,
  spaceVersion: 'v1',
  policy: { label: 'x', weights: { accuracy: 1, cost: 0, latency: 0 }, constraints: {} },
  constraints: {},
  itemCount: 250,
  predictedCount: 0,
  failedCount: 0,
  summary: null,
  error: null,
  idempotencyKey: null,
  requestHash: '',
  createdAt: new Date(0),
  updatedAt: new Date(0),
  finishedAt: null,
  expiresAt: new Date(0),
  textsDeletedAt: null,
});

function harness(rounds: (() => Promise<Batch[]>)[]) {
  const added: string[] = [];
  const expired = ['bat_9', 'bat_8'];
  const asked: unknown[] = [];
  const sweeper = new BatchSweeper({
    intervalMs: 5,
    logger: createLogger('test', 'silent'),
    work: {
      claimStalled: (stalledMs) => {
        asked.push(stalledMs);
        return (rounds.shift() ?? (() => Promise.resolve([])))();
      },
      pendingChunks: (_id, items, limit) => {
        asked.push([items, limit]);
        return Promise.resolve([0, 200]);
      },
      expireNext: () => Promise.resolve(expired.shift() ?? null),
    },
    queue: {
      addChunk: (id, items, from) => Promise.resolve(void added.push(`${id} ${from} of ${items}`)),
      addOptimization: (id) => Promise.resolve(void added.push(`${id} optimize`)),
    },
  });
  return { sweeper, added, asked, expired };
}

describe('BatchSweeper', () => {
  it('puts back what is to be done of stalled batches, and expires all that are due', async () => {
    const { sweeper, added, asked, expired } = harness([
      () => Promise.resolve([batch('bat_1', 'predicting'), batch('bat_2', 'optimizing')]),
    ]);
    await sweeper.sweep();
    expect(added).toEqual(['bat_1 0 of 250', 'bat_1 200 of 250', 'bat_2 optimize']);
    expect(asked).toEqual([5, [100, BATCH_CHUNKS_QUEUED]]);
    expect(expired).toEqual([]);
  });
});
