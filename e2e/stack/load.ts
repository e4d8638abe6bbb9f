import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { routeResponseSchema } from '../../packages/contracts/dist/index.js';
import type { Answer, Client } from './client.js';

/** An answer, or how the connection failed. Times in ms of `performance.now()`. */
export type Outcome = { sentAt: number; endedAt: number } & (
  { kind: 'answer'; answer: Answer } | { kind: 'no connection' } | { kind: 'hang' }
);

/** Asks once; never throws. */
export async function attemptTo(ask: () => Promise<Answer>): Promise<Outcome> {
  const sentAt = performance.now();
  try {
    const answer = await ask();
    return { kind: 'answer', answer, sentAt, endedAt: performance.now() };
  } catch (error) {
    const isTimeout = error instanceof Object && 'name' in error && error.name === 'TimeoutError';
    const kind = isTimeout ? 'hang' : 'no connection';
    return { kind, sentAt, endedAt: performance.now() };
  }
}

export function attempt(client: Client, query: string): Promise<Outcome> {
  return attemptTo(() => client.post('/v1/route', { query }));
}

/** Keeps `width` requests under way until `ended` says so; every outcome, in `outcomes` as it comes. */
export async function keepAsking(
  ask: (number: number) => Promise<Answer>,
  width: number,
  ended: () => boolean,
  outcomes: Outcome[] = [],
): Promise<Outcome[]> {
  let next = 0;
  await Promise.all(
    Array.from({ length: width }, async () => {
      while (!ended()) {
        next += 1;
        const number = next;
        const outcome = await attemptTo(() => ask(number));
        outcomes.push(outcome);
        // As a client does that was told to come again.
        if (outcome.kind !== 'answer' || outcome.answer.status !== 200) await sleep(50);
      }
    }),
  );
  return outcomes;
}

/** Routes queries of which no two are alike. */
export function load(
  client: Client,
  width: number,
  ended: () => boolean,
  outcomes: Outcome[] = [],
  about = 'Question',
): Promise<Outcome[]> {
  return keepAsking(
    (number) =>
      client.post('/v1/route', { query: `${about} ${number}: what comes after ${number * 7}?` }),
    width,
    ended,
    outcomes,
  );
}

export function answersOf(outcomes: readonly Outcome[]): Answer[] {
  return outcomes.flatMap((outcome) => (outcome.kind === 'answer' ? [outcome.answer] : []));
}

export function answeredIn(outcomes: readonly Outcome[]): number {
  return answersOf(outcomes).filter(({ status }) => status === 200).length;
}

/** The ids of all decisions that a client was told of. */
export function decisionsIn(outcomes: readonly Outcome[]): string[] {
  return answersOf(outcomes)
    .filter(({ status }) => status === 200)
    .map(({ body }) => routeResponseSchema.parse(body).decision_id);
}

export async function expectAllStored(client: Client, ids: readonly string[]): Promise<void> {
  const lost: string[] = [];
  for (const id of ids) {
    if ((await client.get(`/v1/decisions/${id}`)).status !== 200) {
      lost.push(id);
    }
  }
  expect(lost).toEqual([]);
}

/** How often each thing came of a load, for people: `{ 200: 812, 503: 3, "no connection": 12 }`. */
export function tally(outcomes: readonly Outcome[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) {
    const name = outcome.kind === 'answer' ? String(outcome.answer.status) : outcome.kind;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}
