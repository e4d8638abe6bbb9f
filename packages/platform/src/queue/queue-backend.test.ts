import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { defineJob, DomainError } from '@zerorouter/contracts';
import pg from 'pg';
import { z } from 'zod';
import { createLogger } from '../logging/logger.js';
import { createQueueBackend } from './queue-backend.js';
import type { QueueBackend } from './queue-backend.js';

const SERVER_URL = process.env['ZEROROUTER_TEST_DATABASE_URL'];
const REDIS_URL = process.env['REDIS_URL'];

const SECOND_TRY_MS = 10;

/** A job on a queue of its own. */
function newJob(options: { timeoutMs?: number; carriesText?: boolean } = {}) {
  return defineJob({
    queue: `test-${randomUUID()}`,
    payload: z.object({ text: z.string() }),
    result: z.object({ answer: z.string() }),
    retry: { attempts: 3, backoffMs: SECOND_TRY_MS },
    timeoutMs: options.timeoutMs ?? 10_000,
    carriesText: options.carriesText ?? true,
  });
}

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: SERVER_URL });
  await client.connect();
  await client.query(statement);
  await client.end();
}

const database = `zerorouter_test_queue_${randomUUID().replaceAll('-', '')}`;

describe.each(['postgres', 'redis'] as const)('queues on %s', (kind) => {
  const missing = SERVER_URL === undefined || (kind === 'redis' && REDIS_URL === undefined);
  if (missing) {
    console.warn(`no server for the queues on ${kind}: SKIPPED`);
    it.skip('needs ZEROROUTER_TEST_DATABASE_URL, and REDIS_URL for Redis', () => {});
    return;
  }
  const databaseUrl = new URL(SERVER_URL);
  databaseUrl.pathname = `/${database}_${kind}`;
  let asking: QueueBackend;
  let working: QueueBackend;

  beforeAll(async () => {
    await onServer(`CREATE DATABASE ${database}_${kind}`);
    const config = {
      DATABASE_URL: databaseUrl.href,
      REDIS_URL: kind === 'redis' ? REDIS_URL : undefined,
      QUEUE_PREFIX: database,
    };
    const logger = createLogger('test', 'silent');
    // Two, as if they were two processes; opened at once, which both must survive.
    [asking, working] = await Promise.all([
      createQueueBackend(config, logger),
      createQueueBackend(config, logger),
    ]);
  }, 30_000);

  afterAll(async () => {
    await Promise.all([asking.close(), working.close()]);
    await onServer(`DROP DATABASE IF EXISTS ${database}_${kind} WITH (FORCE)`);
  });

  it('hands the result to the one who waits, and answers pings', async () => {
    expect(asking.kind).toBe(kind);
    await asking.ping();
    const job = newJob();
    await working.worker(job, ({ text }) => Promise.resolve({ answer: text.toUpperCase() }), {
      concurrency: 3,
    });
    const producer = await asking.producer(job);
    const answers = await Promise.all(
      ['a', 'b', 'c', 'd', 'e'].map((text) => producer.addAndWait({ text })),
    );
    expect(answers.map(({ answer }) => answer)).toEqual(['A', 'B', 'C', 'D', 'E']);
  });

  it('carries results that are long and not ASCII', async () => {
    const job = newJob();
    const long = 'größer 漢字 🎉 \\ " \n'.repeat(5_000);
    await working.worker(job, ({ text }) => Promise.resolve({ answer: text }));
    const { answer } = await (await asking.producer(job)).addAndWait({ text: long });
    expect(answer === long).toBe(true);
  });

  it('tries an unexpected failure again, and keeps its words to itself in the end', async () => {
    const job = newJob();
    const attempts: number[] = [];
    await working.worker(job, ({ text }, { attempt }) => {
      attempts.push(attempt);
      return attempt < 3 || text === 'never'
        ? Promise.reject(new Error('secret'))
        : Promise.resolve({ answer: 'third time' });
    });
    const producer = await asking.producer(job);
    expect(await producer.addAndWait({ text: 'x' })).toEqual({ answer: 'third time' });
    expect(attempts).toEqual([1, 2, 3]);
    const failure = await producer.addAndWait({ text: 'never' }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'job-failed', details: { cause: 'worker-error' } });
    expect(String(failure)).not.toContain('secret');
    expect(attempts).toHaveLength(6);
  });

  it('fails for good at once when the failure is an expected one', async () => {
    const job = newJob();
    let calls = 0;
    await working.worker(job, () => {
      calls++;
      return Promise.reject(new DomainError('no-such-space', 'there is no space "x"'));
    });
    await expect((await asking.producer(job)).addAndWait({ text: 'x' })).rejects.toMatchObject({
      code: 'job-failed',
      message: 'there is no space "x"',
      details: { cause: 'no-such-space' },
    });
    expect(calls).toBe(1);
  });

  it('refuses a malformed payload on both sides', async () => {
    const job = newJob();
    const loose = { ...job, payload: z.object({ text: z.number() }) };
    let calls = 0;
    await working.worker(job, () => {
      calls++;
      return Promise.resolve({ answer: '' });
    });
    const strict = await asking.producer(job);
    await expect(strict.addAndWait({ text: 7 as never })).rejects.toThrow(z.ZodError);
    await expect((await asking.producer(loose)).addAndWait({ text: 7 })).rejects.toMatchObject({
      details: { cause: 'malformed-job' },
    });
    expect(calls).toBe(0);
  });

  it('gives up in time when nobody works, and takes the text back', async () => {
    const job = newJob({ timeoutMs: 100 });
    const producer = await asking.producer(job);
    const start = performance.now();
    await expect(producer.addAndWait({ text: 'x' })).rejects.toMatchObject({
      code: 'queue-timeout',
    });
    expect(performance.now() - start).toBeLessThan(1_500);
    for (let i = 0; i < 50 && (await producer.waiting()) > 0; i++)
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await producer.waiting()).toBe(0);
  });

  it('runs a repeatable job once while it is there, and again after it has ended', async () => {
    const job = { ...newJob({ carriesText: false }), repeatable: true };
    const producer = await asking.producer(job, { waits: false });
    const add = () => producer.add({ text: 'x' }, { jobId: 'work-1' });
    let runs = 0;
    let end = () => {};
    await working.worker(job, async () => {
      runs++;
      await new Promise<void>((resolve) => (end = resolve));
      if (runs === 2) throw new DomainError('no', 'the second run fails');
      return { answer: 'y' };
    });
    for (const run of [1, 2, 3]) {
      // The run before may still be leaving the queue; until then adding does nothing.
      while (runs < run) {
        await add();
        await sleep(20);
      }
      await add();
      await sleep(60);
      expect(runs).toBe(run);
      end();
    }
  });

  it('puts a long job back when its worker closes, for another to finish', async () => {
    const job = newJob({ carriesText: false });
    const producer = await asking.producer(job, { waits: false });
    let begun = () => {};
    const running = new Promise<void>((resolve) => (begun = resolve));
    const first = await working.worker(
      job,
      (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('interrupted')));
          begun();
        }),
      { putBackOnClose: true },
    );
    await producer.add({ text: 'long' }, { jobId: 'the-job' });
    await running;
    await first.close();
    const finished = new Promise<string>((resolve, reject) => {
      working
        .worker(job, (_, { jobId }) => {
          resolve(jobId);
          return Promise.resolve({ answer: 'done' });
        })
        .catch(reject);
    });
    expect(await finished).toBe('the-job');
  });

  it('runs a schedule that several processes have made once, until it is taken back', async () => {
    const job = newJob({ carriesText: false });
    const runs: { text: string; at: number }[] = [];
    await working.worker(job, ({ text }) => {
      runs.push({ text, at: performance.now() });
      return Promise.resolve({ answer: text });
    });
    const producers = [await asking.producer(job), await working.producer(job)];
    await Promise.all(producers.map((producer) => producer.schedule(500, { text: 'tick' })));
    while (runs.length < 6) await sleep(10);
    // The first run comes at once or with the next full interval, so the second may follow it closely; from there on
    // two schedules would have run twice as often: four intervals in 1,000 ms, not in 2,000.
    expect(runs[5]!.at - runs[1]!.at).toBeGreaterThan(1_500);
    expect(new Set(runs.map(({ text }) => text))).toEqual(new Set(['tick']));
    await producers[0]!.schedule(null, { text: 'tick' });
    await sleep(600);
    const done = runs.length;
    await sleep(1_200);
    expect(runs.length).toBe(done);
    await expect(producers[0]!.schedule(500, { text: 1 as never })).rejects.toThrow();
  }, 20_000);

  it('takes up the job of a worker that died, while its waiter is still there', async () => {
    const job = newJob();
    const lock = { lockMs: 300, stalledCheckMs: 150 };
    const abandoned = await createQueueBackend(
      {
        DATABASE_URL: databaseUrl.href,
        REDIS_URL: kind === 'redis' ? REDIS_URL : undefined,
        QUEUE_PREFIX: database,
      },
      createLogger('test', 'silent'),
    );
    let begun = () => {};
    const running = new Promise<void>((resolve) => (begun = resolve));
    let release = () => {};
    const dead = await abandoned.worker(
      job,
      async () => {
        begun();
        await new Promise<void>((resolve) => (release = resolve));
        return { answer: 'too late' };
      },
      { ...lock, renewsLocks: false },
    );
    const answer = (await asking.producer(job)).addAndWait({ text: 'x' });
    await running;
    await working.worker(job, () => Promise.resolve({ answer: 'rescued' }), lock);
    expect(await answer).toEqual({ answer: 'rescued' });
    release();
    await dead.close();
    await abandoned.close();
  }, 20_000);
});
