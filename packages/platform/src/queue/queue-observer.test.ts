import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { defineJob, DomainError } from '@zerorouter/contracts';
import pg from 'pg';
import { z } from 'zod';
import { createLogger } from '../logging/logger.js';
import { currentOrigin, currentRequestId, runFrom } from '../telemetry/origin.js';
import { createQueueBackend } from './queue-backend.js';
import type { QueueBackend } from './queue-backend.js';
import type { DeadJob } from './queue-observer.js';

const SERVER_URL = process.env['ZEROROUTER_TEST_DATABASE_URL'];
const REDIS_URL = process.env['REDIS_URL'];

jest.setTimeout(30_000);

const newJob = (carriesText: boolean, queue = `test-${randomUUID()}`) =>
  defineJob({
    queue,
    payload: z.object({ id: z.string(), text: z.string() }),
    result: z.object({ requestId: z.string().optional() }),
    retry: { attempts: 2, backoffMs: 10 },
    timeoutMs: 10_000,
    carriesText,
  });

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: SERVER_URL });
  await client.connect();
  await client.query(statement);
  await client.end();
}

const database = `zerorouter_test_observer_${randomUUID().replaceAll('-', '')}`;

describe.each(['postgres', 'redis'] as const)('observed queues on %s', (kind) => {
  const missing = SERVER_URL === undefined || (kind === 'redis' && REDIS_URL === undefined);
  if (missing) {
    it.skip('needs ZEROROUTER_TEST_DATABASE_URL, and REDIS_URL for Redis', () => {});
    return;
  }
  const databaseUrl = new URL(SERVER_URL);
  databaseUrl.pathname = `/${database}_${kind}`;
  const dead: DeadJob[] = [];
  const tried: [queue: string, ok: boolean, first: boolean][] = [];
  let queues: QueueBackend;

  beforeAll(async () => {
    await onServer(`CREATE DATABASE ${database}_${kind}`);
    queues = await createQueueBackend(
      {
        DATABASE_URL: databaseUrl.href,
        REDIS_URL: kind === 'redis' ? REDIS_URL : undefined,
        QUEUE_PREFIX: database,
      },
      createLogger('test', 'silent'),
      {
        tried: (queue, ok, ms, waitedMs) => {
          expect(ms).toBeGreaterThanOrEqual(0);
          tried.push([queue, ok, waitedMs !== null]);
        },
        dead: (job) => void dead.push(job),
      },
    );
  }, 30_000);

  afterAll(async () => {
    await queues.close();
    await onServer(`DROP DATABASE IF EXISTS ${database}_${kind} WITH (FORCE)`);
  });

  const deadOf = async (queue: string): Promise<DeadJob[]> => {
    for (let i = 0; i < 200 && !dead.some((job) => job.queue === queue); i++) await sleep(20);
    return dead.filter((job) => job.queue === queue);
  };

  it('tells a worker on whose behalf it works', async () => {
    const job = newJob(true);
    await queues.worker(job, () => Promise.resolve({ requestId: currentRequestId() }));
    const producer = await queues.producer(job);
    const ask = () => producer.addAndWait({ id: '1', text: 'x' });
    expect(await runFrom({ requestId: 'req_a' }, ask)).toEqual({ requestId: 'req_a' });
    expect(await ask()).toEqual({});
    expect(currentOrigin()).toEqual({});
  });

  it('counts tries, and keeps a job that failed for good, whole and replayable', async () => {
    const job = newJob(false);
    let broken = true;
    await queues.worker(job, () =>
      broken ? Promise.reject(new Error('boom')) : Promise.resolve({}),
    );
    const producer = await queues.producer(job, { waits: false });
    await runFrom({ requestId: 'req_b' }, () =>
      producer.add({ id: '7', text: 'words' }, { jobId: 'seven' }),
    );
    expect(await deadOf(job.queue)).toEqual([
      {
        queue: job.queue,
        jobId: 'seven',
        payload: { id: '7', text: 'words' },
        replayable: true,
        code: 'worker-error',
        message: 'boom',
        attempts: 2,
        requestId: 'req_b',
      },
    ]);
    const triesOf = () => tried.filter(([queue]) => queue === job.queue).map(([, ...rest]) => rest);
    expect(triesOf()).toEqual([
      [false, true],
      [false, false],
    ]);

    // The queue keeps the failed job under its id: a replay takes its place.
    broken = false;
    const inspector = await queues.inspector([job]);
    await inspector.replay(job.queue, 'seven', { id: '7', text: 'words' });
    for (let i = 0; i < 200 && triesOf().length < 3; i++) await sleep(20);
    expect(triesOf().at(-1)).toEqual([true, true]);
    await expect(inspector.replay('none', 'x', {})).rejects.toMatchObject({
      code: 'queue-not-found',
    });
  });

  it('keeps no text, and no words of an error, of a job that carries text', async () => {
    const job = newJob(true);
    await queues.worker(job, () => Promise.reject(new Error('my words')));
    await (await queues.producer(job, { waits: false })).add({ id: '1', text: 'my words' });
    const [letter] = await deadOf(job.queue);
    expect(letter).toMatchObject({
      payload: { id: '1', text: '[8 characters]' },
      replayable: false,
    });
    expect(JSON.stringify(letter)).not.toContain('my words');
  });

  it('keeps one a second of those that somebody has been told of', async () => {
    const job = newJob(true);
    await queues.worker(job, () => Promise.reject(new DomainError('no-such-space', 'none')));
    const producer = await queues.producer(job);
    for (let i = 0; i < 5; i++)
      await expect(producer.addAndWait({ id: '1', text: 'x' })).rejects.toThrow('none');
    const letters = await deadOf(job.queue);
    expect(letters.length).toBeLessThan(5);
    expect(letters[0]).toMatchObject({ code: 'no-such-space', message: 'none', attempts: 1 });
  });

  it('keeps nothing of what a malformed job holds', async () => {
    const job = newJob(false);
    const loose = { ...job, payload: z.object({ secret: z.string() }) };
    await queues.worker(job, () => Promise.resolve({}));
    await (await queues.producer(loose, { waits: false })).add({ secret: 'my words' });
    const [letter] = await deadOf(job.queue);
    expect(letter).toMatchObject({ payload: null, replayable: false, code: 'malformed-job' });
    expect(JSON.stringify(letter)).not.toContain('my words');
  });

  it('counts jobs by state, and tells how long the next one has waited', async () => {
    const job = newJob(false);
    const inspector = await queues.inspector([job]);
    expect(inspector.backend).toBe(kind);
    const empty = { waiting: 0, active: 0, delayed: 0, failed: 0, completed: 0 };
    expect(await inspector.census()).toEqual([
      { queue: job.queue, ...empty, oldestWaitingMs: null },
    ]);
    const producer = await queues.producer(job, { waits: false });
    await producer.add({ id: 'old', text: '' });
    await sleep(300);
    await producer.add({ id: 'new', text: '' });
    await producer.add({ id: 'urgent', text: '' }, { priority: 1 });
    const [census] = await inspector.census();
    expect(census).toMatchObject({ ...empty, waiting: 3 });
    expect(census!.oldestWaitingMs).toBeGreaterThanOrEqual(300);
    expect(census!.oldestWaitingMs).toBeLessThan(60_000);
  });
});
