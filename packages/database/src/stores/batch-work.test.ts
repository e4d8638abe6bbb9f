import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { SAMPLE_LATENTS, sampleBatchItem, uploadBatch } from '../../test/sample-batch.js';
import { sampleSpace } from '../../test/sample-space.js';
import { describeWithDatabase, runSql } from '../../test/test-database.js';
import { connectDatabase } from '../database.js';
import type { Database } from '../database.js';

const items = (count: number) => Array.from({ length: count }, (_, i) => sampleBatchItem(i));
const predictions = (indices: readonly number[]) =>
  indices.map((index) => ({ index, latents: SAMPLE_LATENTS }));
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

describeWithDatabase('BatchWork, when others are at the same batch', (databaseUrl) => {
  let database: Database;
  beforeAll(async () => {
    database = connectDatabase(databaseUrl(), { maxConnections: 6 });
    await database.spaces.create(sampleSpace('v1'));
  });
  afterAll(() => database.close());

  const waiting = async (): Promise<number> => {
    const { rows } = await runSql(
      databaseUrl(),
      `SELECT count(*)::int AS waiting FROM pg_stat_activity
       WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return (rows as { waiting: number }[])[0]!.waiting;
  };
  const untilWaiting = async (count: number): Promise<void> => {
    for (let i = 0; i < 200 && (await waiting()) < count; i++) await sleep(10);
  };

  it('counts what two workers store of one range in whatever order, and no more', async () => {
    for (let round = 0; round < 40; round++) {
      const id = await uploadBatch(database, items(120));
      const states = await Promise.all([
        database.batchWork.storePredictions(id, predictions(upTo(100))),
        database.batchWork.storePredictions(id, predictions(upTo(100).reverse())),
        database.batchWork.storePredictions(id, predictions(upTo(120).slice(60))),
      ]);
      expect(states.filter((state) => state === 'optimizing').length).toBeGreaterThan(0);
      expect(await database.batchWork.get(id)).toMatchObject({
        state: 'optimizing',
        predictedCount: 120,
        failedCount: 0,
      });
    }
  }, 60_000);

  it('does not bring back a batch that is cancelled while predictions are being stored', async () => {
    const id = await uploadBatch(database, items(3));
    const other = new pg.Client({ connectionString: databaseUrl() });
    await other.connect();
    try {
      await other.query('BEGIN');
      await other.query(
        `SELECT FROM batch_items WHERE batch_id = '${id}' AND index = 0 FOR UPDATE`,
      );
      const stored = database.batchWork.storePredictions(id, predictions([0, 1]));
      await untilWaiting(1);
      const cancelled = database.batches.cancel(id, { keyId: null });
      await Promise.race([cancelled, untilWaiting(2)]);
      await other.query('COMMIT');
      await Promise.all([stored, cancelled]);
    } finally {
      await other.end();
    }
    expect(await database.batchWork.get(id)).toMatchObject({ state: 'cancelled' });
  });

  it('counts tries that have begun and not ended, each chunk and item for itself', async () => {
    const batchId = await uploadBatch(database, items(3));
    const { batchTries } = database;
    const chunk = { batchId, from: 0, alone: false };
    const counts: number[] = [];
    const note = (open: number) => Promise.resolve(void counts.push(open));
    await batchTries.during(chunk, note);
    await expect(
      batchTries.during(chunk, () => Promise.reject(new Error('no death'))),
    ).rejects.toThrow('no death');
    await batchTries.during(chunk, note);
    // A worker that dies never ends its try.
    void batchTries.during(chunk, () => new Promise(() => {}));
    await sleep(50);
    await batchTries.during(chunk, async (open) => {
      await note(open);
      await batchTries.during(chunk, note);
      await batchTries.during({ ...chunk, alone: true }, note);
      await batchTries.during({ ...chunk, from: 1 }, note);
    });
    expect(counts).toEqual([0, 0, 1, 2, 0, 0]);
  });
});
