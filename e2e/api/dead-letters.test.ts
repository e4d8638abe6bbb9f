import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  deadLetterPageSchema,
  deadLetterSchema,
  onboardModel,
  queueListSchema,
  routeBatch,
  type DeadLetterView,
} from '../../packages/contracts/dist/index.js';
import { createLogger, createQueueBackend } from '../../packages/platform/dist/index.js';
import { bootOwnStack, prepared, type OwnStack } from '../stack/boot-stack.js';
import { expectProblem } from '../stack/client.js';
import { scrape } from '../stack/scrape.js';

const { adminKey, redisUrl } = prepared();
const WORDS = 'quokka-words';

let own: OwnStack;
let queues: Awaited<ReturnType<typeof createQueueBackend>>;
beforeAll(async () => {
  const QUEUE_PREFIX = `zr_dead_${randomUUID().slice(0, 8)}`;
  own = await bootOwnStack({ env: { QUEUE_PREFIX } });
  queues = await createQueueBackend(
    { DATABASE_URL: own.databaseUrl, REDIS_URL: redisUrl ?? undefined, QUEUE_PREFIX },
    createLogger('test', 'silent'),
  );
});
afterAll(async () => {
  await queues.close();
  await own.stop();
});

const letters = async (query = ''): Promise<DeadLetterView[]> => {
  const { body } = await own.client.get(`/admin/v1/dead-letters${query}`, adminKey);
  return deadLetterPageSchema.parse(body).data;
};

/** The letter of a job, once it is there. */
async function letterOf(jobId: string, holds: (letter: DeadLetterView) => boolean = () => true) {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline;) {
    const letter = (await letters()).find((one) => one.job_id === jobId);
    if (letter !== undefined && holds(letter)) return letter;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`no letter of ${jobId}: ${JSON.stringify(await letters())}`);
}

/** A job of another shape than its worker takes. */
async function addBroken(jobId: string, payload: object) {
  const loose = { ...routeBatch, payload: routeBatch.payload.loose().partial() };
  const producer = await queues.producer(loose as unknown as typeof routeBatch, { waits: false });
  await producer.add(payload as never, { jobId });
}

describe('jobs', () => {
  it('lists every queue with its counts, on this backend', async () => {
    const { status, body } = await own.client.get('/admin/v1/jobs', adminKey);
    expect(status).toBe(200);
    const { backend, data } = queueListSchema.parse(body);
    expect(backend).toBe(redisUrl === null ? 'postgres' : 'redis');
    expect(data.map(({ queue }) => queue)).toEqual(
      expect.arrayContaining(['predict-queries', 'route-batch', 'onboard-model', 'learn-feedback']),
    );
    expectProblem(await own.client.get('/admin/v1/jobs'), 401);
  });
});

describe('dead letters', () => {
  it('are jobs that failed for good, and go when they are deleted', async () => {
    const jobId = `malformed-${randomUUID()}`;
    await addBroken(jobId, { batchId: WORDS });
    const letter = await letterOf(jobId);
    expect(deadLetterSchema.parse(letter)).toMatchObject({
      queue: 'route-batch',
      payload: null,
      replayable: false,
      code: 'malformed-job',
      times: 1,
    });
    expect(JSON.stringify(letter)).not.toContain(WORDS);
    const problem = expectProblem(
      await own.client.post(`/admin/v1/dead-letters/${letter.id}/replay`, {}, adminKey),
      409,
    );
    expect(problem.code).toBe('not-replayable');
    const path = `/admin/v1/dead-letters/${letter.id}`;
    expect((await own.client.delete(path, adminKey)).status).toBe(204);
    expectProblem(await own.client.delete(path, adminKey), 404);
  });

  it('are done again when they are replayed, and come back when that fails', async () => {
    const jobId = randomUUID();
    // There is no such onboarding, before or after.
    const onboard = { onboardingId: `onb_${jobId}` };
    const producer = await queues.producer(onboardModel, { waits: false });
    await producer.add(onboard, { jobId });
    const letter = await letterOf(jobId);
    expect(letter).toMatchObject({ queue: 'onboard-model', payload: onboard, replayable: true });
    const replayed = await own.client.post(
      `/admin/v1/dead-letters/${letter.id}/replay`,
      {},
      adminKey,
    );
    expect([replayed.status, deadLetterSchema.parse(replayed.body).job_id]).toEqual([202, jobId]);
    const again = await letterOf(jobId, ({ failed_at }) => failed_at > letter.failed_at);
    expect(again.payload).toEqual(onboard);
  });

  it('are counted, paged, and purged by queue', async () => {
    const jobIds = Array.from({ length: 3 }, () => `purged-${randomUUID()}`);
    for (const jobId of jobIds) await addBroken(jobId, { batchId: WORDS });
    for (const jobId of jobIds) await letterOf(jobId);
    const { body } = await own.client.get(
      '/admin/v1/dead-letters?queue=route-batch&limit=2',
      adminKey,
    );
    const { data, next } = deadLetterPageSchema.parse(body);
    expect(data).toHaveLength(2);
    expect(next).toBe(data[1]!.id);
    expect(await letters(`?queue=route-batch&before=${next}`)).toHaveLength(1);
    const jobs = queueListSchema.parse((await own.client.get('/admin/v1/jobs', adminKey)).body);
    expect(jobs.data.find(({ queue }) => queue === 'route-batch')?.dead_letters).toBe(3);
    expectProblem(await own.client.delete('/admin/v1/dead-letters', adminKey), 400);
    const purged = await own.client.delete('/admin/v1/dead-letters?queue=route-batch', adminKey);
    expect([purged.status, purged.body]).toEqual([200, { deleted: 3 }]);
    expect(await letters('?queue=route-batch')).toEqual([]);
    const gateway = await scrape(own.client.url, adminKey);
    expect(gateway.names).toContain('zerorouter_dead_letters');
  });
});

describe('the board of queues', () => {
  const board = (path: string, init: RequestInit = {}) =>
    fetch(`${own.client.url}/admin/queues${path}`, init);
  const basic = (password: string) => ({
    authorization: `Basic ${Buffer.from(`admin:${password}`).toString('base64')}`,
  });

  it('asks a browser for the admin key, and takes no other', async () => {
    const nobody = await board('/');
    expect(nobody.status).toBe(401);
    expect(nobody.headers.get('www-authenticate')).toMatch(/^Basic /);
    expect((await board('/api/queues')).status).toBe(401);
    expect((await board('/', { headers: basic('zr_wrong') })).status).toBe(401);
    const { body } = await own.client.post(
      '/admin/v1/keys',
      { name: 'router', scopes: ['route'] },
      adminKey,
    );
    const { key } = body as { key: string };
    expect((await board('/', { headers: basic(key) })).status).toBe(403);
    // Nowhere else is a password taken.
    const elsewhere = await fetch(`${own.client.url}/admin/v1/keys`, { headers: basic(adminKey) });
    expect(elsewhere.status).toBe(401);
  });

  it('shows the page, its files and the queues', async () => {
    const page = await board('/', { headers: basic(adminKey) });
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    const html = await page.text();
    const script = /src="(static\/js\/main[^"]+)"/.exec(html)?.[1];
    expect((await board(`/${script}`, { headers: basic(adminKey) })).status).toBe(200);
    const queues = await board('/api/queues', { headers: basic(adminKey) });
    expect(queues.status).toBe(200);
    const names = ((await queues.json()) as { queues: { name: string; readOnlyMode: boolean }[] })
      .queues;
    expect(names.map(({ name }) => name)).toContain('predict-queries');
    expect(names.every(({ readOnlyMode }) => readOnlyMode)).toBe(true);
  });

  it('changes nothing, by whatever method', async () => {
    for (const [method, path] of [
      ['PUT', '/api/queues/route-batch/pause'],
      ['PUT', '/api/queues/route-batch/clean/failed'],
      ['POST', '/api/queues/route-batch/add'],
    ] as const)
      expect((await board(path, { method, headers: basic(adminKey) })).status).toBe(405);
  });
});
