import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { batchPageSchema, batchSchema } from '../../packages/contracts/dist/index.js';
import {
  runStatement,
  startRedis,
  type RedisServer,
} from '../../packages/local-stack/dist/index.js';
import { accepted, ended, ndjsonItems, results, submit } from '../stack/batches.js';
import { bootOwnStack, prepared, type OwnStack } from '../stack/boot-stack.js';
import type { Answer } from '../stack/client.js';
import { tell } from '../stack/fault-matrix.js';
import { randomNumbers } from '../stack/random-numbers.js';

const ITEMS = 1_500;
const BLOWS = 10;

describe('batches under fire', () => {
  const random = randomNumbers(20_251_128);
  let redis: RedisServer | null = null;
  let own: OwnStack;

  beforeAll(async () => {
    // Its own, since it will lose everything.
    redis = prepared().redisUrl === null ? null : await startRedis();
    own = await bootOwnStack({
      redisUrl: redis?.redisUrl ?? null,
      env: { BATCH_SWEEP_MS: '1000' },
    });
  });

  afterAll(async () => {
    await own.stop();
    await redis?.stop();
  });

  /** Forgets all jobs, the running ones as well. */
  async function emptyQueue(): Promise<void> {
    if (redis === null) {
      await runStatement(own.databaseUrl, 'DELETE FROM bullmq.job');
      return;
    }
    const socket = connect(Number(new URL(redis.redisUrl).port), '127.0.0.1');
    socket.write('FLUSHALL\r\n');
    await once(socket, 'data');
    socket.destroy();
  }

  async function restartQueue(): Promise<void> {
    if (redis === null) {
      return emptyQueue();
    }
    const port = Number(new URL(redis.redisUrl).port);
    await redis.stop();
    await sleep(200);
    redis = await startRedis(port);
  }

  const blows: [string, () => void | Promise<void>][] = [
    ['predictor', () => own.stack.kill('predictor', 'SIGKILL')],
    ['gateway', () => own.stack.kill('gateway', 'SIGKILL')],
    ['profiler', () => own.stack.kill('profiler', 'SIGKILL')],
    ['empty queue', emptyQueue],
    ['restarted queue', restartQueue],
  ];

  /** Sends a batch until it is taken, as a client would who does not know whether it was. */
  async function persist(idempotencyKey: string): Promise<Answer> {
    for (;;) {
      const answer = await submit(own.client, ndjsonItems(ITEMS), { idempotencyKey }).catch(
        () => null,
      );
      if (answer?.status === 202) {
        return answer;
      }
      await sleep(200);
    }
  }

  it('end with exactly one result for each item', async () => {
    const names = ['one', 'two', 'three'];
    const sent = Promise.all(names.map(persist));
    const dealt: string[] = [];
    for (let i = 0; i < BLOWS; i += 1) {
      await sleep(200 + 1_300 * random());
      // Each kind at least once.
      const [name, blow] = blows[i < blows.length ? i : Math.floor(random() * blows.length)]!;
      await blow();
      dealt.push(name);
    }
    const ids = (await sent).map((answer) => accepted(answer).id);
    expect(new Set(dealt).size).toBe(blows.length);

    for (const id of ids) {
      const batch = await ended(own.client, id);
      expect(batch).toMatchObject({
        state: 'completed',
        counts: { total: ITEMS, predicted: ITEMS, succeeded: ITEMS, failed: 0 },
      });
      const rows = await results(own.client, id);
      expect(rows.map(({ custom_id }) => custom_id)).toEqual(
        Array.from({ length: ITEMS }, (_, i) => `q-${i}`),
      );
      expect(rows.filter(({ status, model }) => status !== 'succeeded' || model === null)).toEqual(
        [],
      );
    }
    // However often each was sent, there are three batches, and nothing of any other.
    const page = await own.client.get('/v1/route/batches');
    expect(
      batchPageSchema
        .parse(page.body)
        .data.map(({ id }) => id)
        .sort(),
    ).toEqual(ids.sort());
    const [stored] = await runStatement(
      own.databaseUrl,
      "SELECT count(*)::int AS items, count(*) FILTER (WHERE state = 'succeeded')::int AS succeeded FROM batch_items",
    );
    expect(stored).toEqual({ items: names.length * ITEMS, succeeded: names.length * ITEMS });
    const live = await own.client.route({ query: 'And now?' });
    expect(live.decision_id).toMatch(/^dec_/);
    tell('exactly one result an item', { blows: BLOWS, batches: 3, items: 3 * ITEMS, lost: 0 });
  });

  it('go on when the queue forgets everything amid their predictions', async () => {
    const batch = accepted(await submit(own.client, ndjsonItems(ITEMS)));
    const read = async () => {
      const answer = await own.client.get(`/v1/route/batches/${batch.id}`);
      return batchSchema.parse(answer.body);
    };
    let progress = await read();
    while (progress.counts.predicted === 0) {
      await sleep(20);
      progress = await read();
    }
    await emptyQueue();
    // It was amid them: what the queue held of the rest is lost.
    progress = await read();
    expect(progress.state).toBe('predicting');
    expect(progress.counts.predicted).toBeLessThan(ITEMS - 2 * 100);
    const done = await ended(own.client, batch.id);
    expect(done).toMatchObject({ state: 'completed', counts: { succeeded: ITEMS, failed: 0 } });
    const rows = await results(own.client, batch.id);
    expect(rows.map(({ custom_id }) => custom_id)).toEqual(
      Array.from({ length: ITEMS }, (_, i) => `q-${i}`),
    );
  });
});
