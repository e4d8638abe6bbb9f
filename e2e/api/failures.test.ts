import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { routeResponseSchema } from '../../packages/contracts/dist/index.js';
import { bootOwnStack, type OwnStack } from '../stack/boot-stack.js';
import { expectProblem, type Answer, type Client } from '../stack/client.js';

type Outcome = { kind: 'answer'; answer: Answer } | { kind: 'no connection' } | { kind: 'hang' };

/** One request of a load: an answer, or how the connection failed. */
async function attempt(client: Client, query: string): Promise<Outcome> {
  try {
    return { kind: 'answer', answer: await client.post('/v1/route', { query }) };
  } catch (error) {
    const isTimeout = error instanceof Object && 'name' in error && error.name === 'TimeoutError';
    return { kind: isTimeout ? 'hang' : 'no connection' };
  }
}

/** Keeps `width` requests under way until `ended` says so; every outcome, in `outcomes` as it comes. */
async function load(
  client: Client,
  width: number,
  ended: () => boolean,
  outcomes: Outcome[] = [],
): Promise<Outcome[]> {
  let next = 0;
  await Promise.all(
    Array.from({ length: width }, async () => {
      while (!ended()) {
        next += 1;
        const outcome = await attempt(client, `Question ${next}: what comes after ${next * 7}?`);
        outcomes.push(outcome);
        if (outcome.kind !== 'answer' || outcome.answer.status !== 200) {
          await sleep(50);
        }
      }
    }),
  );
  return outcomes;
}

function answersOf(outcomes: readonly Outcome[]): Answer[] {
  return outcomes.flatMap((outcome) => (outcome.kind === 'answer' ? [outcome.answer] : []));
}

/** The ids of all decisions that a client was told of. */
function decisionsIn(outcomes: readonly Outcome[]): string[] {
  return answersOf(outcomes)
    .filter(({ status }) => status === 200)
    .map(({ body }) => routeResponseSchema.parse(body).decision_id);
}

async function expectAllStored(client: Client, ids: readonly string[]): Promise<void> {
  const lost: string[] = [];
  for (const id of ids) {
    if ((await client.get(`/v1/decisions/${id}`)).status !== 200) {
      lost.push(id);
    }
  }
  expect(lost).toEqual([]);
}

describe('under load', () => {
  let own: OwnStack;

  beforeEach(async () => {
    own = await bootOwnStack({ env: { PREDICTION_TIMEOUT_MS: '8000' } });
  });

  afterEach(async () => {
    await own.stop();
  });

  it('a predictor that is killed costs no client more than a 503, and the next request works', async () => {
    let over = false;
    const loaded = load(own.client, 16, () => over);
    await sleep(1_000);
    own.stack.kill('predictor', 'SIGKILL');
    await sleep(500);
    await own.stack.waitUntilReady();
    await sleep(500);
    over = true;
    const outcomes = await loaded;
    expect(outcomes.filter(({ kind }) => kind !== 'answer')).toEqual([]);
    for (const answer of answersOf(outcomes)) {
      if (answer.status !== 200) {
        expectProblem(answer, 503);
        expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
      }
    }
    expect(own.notes.join()).toContain('predictor ended (SIGKILL)');
    await own.client.route({ query: 'And now?' });
    await expectAllStored(own.client, decisionsIn(outcomes));
  });

  it('a gateway that is killed has stored every decision that it told of', async () => {
    let over = false;
    const outcomes: Outcome[] = [];
    const loaded = load(own.client, 16, () => over, outcomes);
    while (answersOf(outcomes).length < 40) await sleep(20);
    own.stack.kill('gateway', 'SIGKILL');
    await sleep(500);
    over = true;
    const ids = decisionsIn(await loaded);
    expect(ids.length).toBeGreaterThan(20);
    await own.stack.waitUntilReady();
    await expectAllStored(own.client, ids);
    await own.client.route({ query: 'And now?' });
  });

  it('a gateway that is asked to end answers what it has taken', async () => {
    // On open connections and with long texts: all are taken, and most still under way, when the
    // signal comes.
    const width = 30;
    await Promise.all(Array.from({ length: width }, () => own.client.get('/health/live')));
    const requests = Array.from({ length: width }, (_, i) =>
      attempt(
        own.client,
        `Case ${i}. ${'The witness was asked again what she had seen. '.repeat(60)}`,
      ),
    );
    await sleep(300);
    own.stack.kill('gateway', 'SIGTERM');
    const outcomes = await Promise.all(requests);
    expect(outcomes.map(({ kind }) => kind)).toEqual(requests.map(() => 'answer'));
    expect(answersOf(outcomes).map(({ status }) => status)).toEqual(requests.map(() => 200));
    const deadline = Date.now() + 15_000;
    while (own.notes.length === 0 && Date.now() < deadline) {
      await sleep(50);
    }
    expect(own.notes.join()).toMatch(/gateway ended \(exit code 0\)/);
    await own.stack.waitUntilReady();
    await expectAllStored(own.client, decisionsIn(outcomes));
  });

  it('a stack that is stopped loses nothing that it answered', async () => {
    let over = false;
    const loaded = load(own.client, 16, () => over);
    await sleep(1_000);
    await own.stack.stop();
    over = true;
    const outcomes = await loaded;
    const ids = decisionsIn(outcomes);
    expect(ids.length).toBeGreaterThan(20);
    expect(outcomes.filter(({ kind }) => kind === 'hang')).toEqual([]);
    const next = await bootOwnStack({ databaseUrl: own.databaseUrl });
    try {
      await expectAllStored(next.client, ids);
    } finally {
      await next.stop();
    }
  });
});
