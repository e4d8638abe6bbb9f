import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@jest/globals';
import {
  batchResultSchema,
  batchSchema,
  type BatchResult,
  type BatchView,
} from '../../packages/contracts/dist/index.js';
import type { Answer, Client } from './client.js';

export interface SubmitOptions {
  key?: string;
  idempotencyKey?: string;
}

const FINISHED_MS = 150_000;
/** Encoding twenty thousand texts is a minute on two idle cores, and several on busy ones. */
export const LARGE_FINISHED_MS = 500_000;

/** Posts a batch: an object as JSON, text or lines as NDJSON. */
export async function submit(
  client: Client,
  body: Record<string, unknown> | string | Iterable<string>,
  options: SubmitOptions = {},
  query = '',
): Promise<Answer> {
  const json = typeof body === 'object' && !(Symbol.iterator in body);
  const streamed = typeof body === 'object' && Symbol.iterator in body;
  const response = await fetch(`${client.url}/v1/route/batches${query}`, {
    method: 'POST',
    headers: {
      'content-type': json ? 'application/json' : 'application/x-ndjson',
      ...(options.key === undefined ? {} : { authorization: `Bearer ${options.key}` }),
      ...(options.idempotencyKey === undefined
        ? {}
        : { 'idempotency-key': options.idempotencyKey }),
    },
    body: json ? JSON.stringify(body) : streamed ? Readable.toWeb(Readable.from(body)) : body,
    ...(streamed ? { duplex: 'half' as const } : {}),
    signal: AbortSignal.timeout(60_000),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

/** Holds an answer to 202 and its contract; the batch. */
export function accepted(answer: Answer): BatchView {
  expect([answer.status, answer.body]).toMatchObject([202, {}]);
  const batch = batchSchema.parse(answer.body);
  expect(answer.headers.get('location')).toBe(`/v1/route/batches/${batch.id}`);
  return batch;
}

/** The batch, once it has ended. An answer that fails is asked for again: a gateway may be down. */
export async function ended(
  client: Client,
  id: string,
  key?: string,
  finishedMs = FINISHED_MS,
): Promise<BatchView> {
  const deadline = Date.now() + finishedMs;
  for (;;) {
    const answer = await client.get(`/v1/route/batches/${id}`, key).catch(() => null);
    if (answer?.status === 200) {
      const batch = batchSchema.parse(answer.body);
      if (batch.finished_at !== null) {
        return batch;
      }
    }
    if (Date.now() > deadline) {
      throw new Error(`still ${JSON.stringify(answer)}`);
    }
    await sleep(100);
  }
}

export async function results(client: Client, id: string, key?: string): Promise<BatchResult[]> {
  const response = await fetch(`${client.url}/v1/route/batches/${id}/results`, {
    headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
    signal: AbortSignal.timeout(60_000),
  });
  expect([response.status, response.headers.get('content-type')]).toEqual([
    200,
    'application/x-ndjson',
  ]);
  const lines = (await response.text()).split('\n');
  expect(lines.pop()).toBe('');
  return lines.map((line) => batchResultSchema.parse(JSON.parse(line)));
}

/** `count` short queries, no two alike. */
export function* ndjsonItems(count: number): Generator<string> {
  for (let i = 0; i < count; i += 1) {
    yield `{"custom_id":"q-${i}","query":"What is ${i} plus ${(i * 7) % 101}?"}\n`;
  }
}
