import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ALL_JOBS, routeBatch } from '../../packages/contracts/dist/index.js';
import { accepted, ended, ndjsonItems, results, submit } from '../stack/batches.js';
import { bootOwnStack, prepared, type OwnStack } from '../stack/boot-stack.js';
import { tell } from '../stack/fault-matrix.js';
import { until } from '../stack/fault-stack.js';
import {
  deadLetters,
  openMeddler,
  queueCounts,
  type QueueMeddler,
} from '../stack/queue-meddler.js';

const { adminKey, redisUrl } = prepared();
const WORDS = 'quokka-words';

/** Each is wrong for every kind of job. */
const POISON: [string, unknown][] = [
  ['nothing', null],
  ['a text', WORDS],
  ['a number', 1e308],
  ['a list', [WORDS, [WORDS]]],
  ['an empty object', {}],
  ['members of other types', { batchId: 7, calibrationId: [], onboardingId: {}, modelId: null }],
  ['a hundred levels', nested(100)],
  ['a megabyte', { batchId: { text: WORDS.repeat(90_000) } }],
];

function nested(levels: number): unknown {
  return levels === 0 ? WORDS : { batchId: nested(levels - 1) };
}

let own: OwnStack;
let meddler: QueueMeddler;

beforeAll(async () => {
  const QUEUE_PREFIX = `zr_poison_${randomBytes(4).toString('hex')}`;
  own = await bootOwnStack({ env: { QUEUE_PREFIX, BATCH_SWEEP_MS: '1000' } });
  meddler = await openMeddler(own.databaseUrl, redisUrl, QUEUE_PREFIX);
}, 300_000);

afterAll(async () => {
  await meddler.close();
  await own.stop();
});

describe('malformed jobs', () => {
  it('in every queue are set aside, and the queue goes on', async () => {
    const ids = new Map<string, string>();
    for (const job of ALL_JOBS)
      for (const [name, payload] of POISON) {
        const id = randomUUID();
        ids.set(id, `${job.queue}: ${name}`);
        await meddler.add(job, id, payload);
      }
    const missing = async (): Promise<string[]> => {
      const there = new Set((await deadLetters(own.client, adminKey)).map(({ job_id }) => job_id));
      return [...ids].flatMap(([id, name]) => (there.has(id) ? [] : [name]));
    };
    await until(async () => (await missing()).length === 0).catch(() => undefined);
    expect(await missing()).toEqual([]);
    const letters = (await deadLetters(own.client, adminKey)).filter(({ job_id }) =>
      ids.has(job_id),
    );
    for (const letter of letters)
      expect(letter).toMatchObject({ code: 'malformed-job', payload: null, replayable: false });
    // Payloads may hold texts of people.
    expect(JSON.stringify(letters)).not.toContain(WORDS);
    const stuck = (await queueCounts(own.client, adminKey)).filter(
      ({ waiting, active, delayed }) => waiting + active + delayed > 0,
    );
    expect(stuck.filter(({ queue }) => queue !== 'predict-queries')).toEqual([]);

    await own.client.route({ query: 'And now?' });
    const batch = accepted(await submit(own.client, ndjsonItems(120)));
    expect(await ended(own.client, batch.id)).toMatchObject({
      state: 'completed',
      counts: { succeeded: 120, failed: 0 },
    });
    expect(own.notes.filter((note) => / ended /.test(note))).toEqual([]);
    tell('set aside as dead letters, no worker ended, work goes on', {
      queues: ALL_JOBS.length,
      jobs: ids.size,
      dead_letters: letters.length,
    });
  }, 180_000);
});

describe('jobs of another version in flight during a deployment', () => {
  it('are done where they can be, and swept up where they cannot', async () => {
    const ITEMS = 300;
    // The old version has stopped, the new one has not begun: work waits in the queue.
    own.stack.kill('predictor', 'SIGSTOP');
    const batch = accepted(await submit(own.client, ndjsonItems(ITEMS)));
    const id = `${batch.id}-of-another-version`;
    // A newer version says more than this one knows; an older one said less.
    await meddler.add(routeBatch, `${id}-newer`, {
      batchId: batch.id,
      from: 0,
      to: 100,
      priority: 'high',
      plan: { hedge: true },
    });
    await meddler.add(routeBatch, `${id}-older`, { batchId: batch.id, chunk: 1 });
    own.stack.kill('predictor', 'SIGCONT');
    expect(await ended(own.client, batch.id)).toMatchObject({
      state: 'completed',
      counts: { total: ITEMS, predicted: ITEMS, succeeded: ITEMS, failed: 0 },
    });
    const rows = await results(own.client, batch.id);
    expect(rows.map(({ custom_id }) => custom_id)).toEqual(
      Array.from({ length: ITEMS }, (_, i) => `q-${i}`),
    );
    let others: string[] = [];
    await until(async () => {
      others = (await deadLetters(own.client, adminKey))
        .map(({ job_id }) => job_id)
        .filter((jobId) => jobId.startsWith(id));
      return others.length > 0;
    });
    expect(others).toEqual([`${id}-older`]);
    tell('newer: done; older: a dead letter, its work done all the same; one result an item', {
      items: ITEMS,
      results: rows.length,
      dead_letters: others.length,
    });
  }, 240_000);
});
