import { describe, expect, it } from '@jest/globals';
import type { Batch, BatchResultRow } from '@zerorouter/database';
import { streamProgress, streamResults } from './batch-streams.js';

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
    const stream = streamResults({ results }, 'bat_1');
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
});

describe('streamProgress', () => {
  it('speaks when something has changed, and ends with the batch', async () => {
    const states = [
      batch('predicting', 1),
      batch('predicting', 1),
      batch('predicting', 4),
      batch('cancelled', 4),
    ];
    const read = () => Promise.resolve(states.shift() ?? null);
    const events = await collect(streamProgress(read, new AbortController().signal));
    expect(events.map((event) => /^event: (\w+)\ndata: .*\n\n$/.exec(event)?.[1])).toEqual([
      'progress',
      'progress',
      'end',
    ]);
  });

  it('ends at once when the process closes', async () => {
    const closing = new AbortController();
    setTimeout(() => closing.abort(), 50);
    const started = Date.now();
    const read = () => Promise.resolve(batch('predicting', 1));
    expect(await collect(streamProgress(read, closing.signal))).toHaveLength(1);
    expect(Date.now() - started).toBeLessThan(400);
  });
});
