import { describe, expect, it } from '@jest/globals';
import type { BatchResult } from '@zerorouter/contracts';
import type { Batch, BatchResultRow } from '@zerorouter/database';
import { streamResults } from './batch-streams.js';

const batch = (state: Batch['state'], predictedCount: number): Batch => ({
  id: 'bat_1',
  state,
  keyId: null,
  spaceVersion: 'v1',
  policy: { label: 'x', weights: { accuracy: 1, cost: 0, latency: 0 }, constraints: {} },
  constraints: {},
  itemCount: 10,
  predictedCount,
  failedCount: 0,
  summary: null,
  error: null,
  idempotencyKey: null,
  requestHash: '',
  createdAt: new Date(0),
  updatedAt: new Date(0),
  finishedAt: state === 'cancelled' ? new Date(1) : null,
  expiresAt: new Date(0),
  textsDeletedAt: null,
});

async function collect(stream: AsyncIterable<string>): Promise<string[]> {
  const parts: string[] = [];
  for await (const part of stream) parts.push(part);
  return parts;
}

describe('streamResults', () => {
  it('reads page after page, each when the one before has been taken', async () => {
    const rows = Array.from({ length: 2_500 }, (_, index): BatchResultRow => ({
      index,
      customId: `c${index}`,
      state: 'succeeded',
      model: 'm',
      pCorrect: 0.5,
      costUsd: null,
      latencyMs: null,
      error: null,
    }));
    const asked: number[] = [];
    const results = (_id: string, after: number, limit: number) => {
      asked.push(after);
      return Promise.resolve(rows.slice(after + 1, after + 1 + limit));
    };
    const stream = streamResults({ results }, batch('cancelled', 0));
    await stream.next();
    expect(asked).toEqual([-1]);
    const rest = await collect(stream);
    expect(asked).toEqual([-1, 999, 1_999]);
    const lines = rest.join('').trim().split('\n');
    expect(lines).toHaveLength(1_500);
    expect(JSON.parse(lines.at(-1)!)).toEqual({
      custom_id: 'c2499',
      index: 2_499,
      status: 'succeeded',
      model: 'm',
      p_correct: 0.5,
      cost_usd: null,
      latency_ms: null,
    });
  });

  it('gives what a batch left undone its end, and what was done keeps its own', async () => {
    const row = { model: null, pCorrect: null, costUsd: null, latencyMs: null, error: null };
    const own = { code: 'invalid-request', message: 'empty' };
    const rows: BatchResultRow[] = [
      { ...row, index: 0, customId: 'a', state: 'pending' },
      { ...row, index: 1, customId: 'b', state: 'predicted' },
      { ...row, index: 2, customId: 'c', state: 'failed', error: own },
      { ...row, index: 3, customId: 'd', state: 'succeeded', model: 'm' },
    ];
    const read = async (ended: Batch) => {
      const lines = await collect(streamResults({ results: () => Promise.resolve(rows) }, ended));
      return lines
        .join('')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as BatchResult)
        .map(({ status, error }) => [status, error?.code]);
    };
    const kept = [
      ['failed', 'invalid-request'],
      ['succeeded', undefined],
    ];
    expect(await read(batch('cancelled', 1))).toEqual([
      ['cancelled', 'batch-cancelled'],
      ['cancelled', 'batch-cancelled'],
      ...kept,
    ]);
    const infeasible = { code: 'infeasible', message: 'too little', nearest: 2 };
    expect(await read({ ...batch('failed', 1), error: infeasible })).toEqual([
      ['failed', 'infeasible'],
      ['failed', 'infeasible'],
      ...kept,
    ]);
  });
});
