import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import {
  SAMPLE_LATENTS,
  sampleBatch,
  sampleBatchItem,
  uploadBatch,
} from '../../test/sample-batch.js';
import { sampleSpace } from '../../test/sample-space.js';
import { describeWithDatabase, runSql } from '../../test/test-database.js';
import { connectDatabase } from '../database.js';
import type { Database } from '../database.js';
import type { BatchChoice, BatchSummary, NewBatch, NewBatchItem } from './batch-records.js';

const SUMMARY: BatchSummary = {
  method: 'exact',
  expectedCorrect: 1.5,
  meanAccuracy: 0.75,
  costUsd: 0.02,
  calls: { cheap: 2 },
  shadowPrices: { budget: 3 },
  gapBound: 0,
  profileVersions: { cheap: 1 },
};

const predictions = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => ({ index: from + i, latents: SAMPLE_LATENTS }));
const choices = (count: number): BatchChoice[] =>
  Array.from({ length: count }, (_, index) => ({
    index,
    model: 'cheap',
    pCorrect: 0.75,
    costUsd: 0.01,
    latencyMs: null,
  }));

describeWithDatabase('BatchStore and BatchWork', (databaseUrl) => {
  let database: Database;
  beforeAll(async () => {
    database = connectDatabase(databaseUrl());
    await database.spaces.create(sampleSpace('v1'));
  });
  afterAll(() => database.close());
  beforeEach(() => runSql(databaseUrl(), 'DELETE FROM batches'));

  const caller = { keyId: null };

  const upload = (items: readonly NewBatchItem[], overrides: Partial<NewBatch> = {}) =>
    uploadBatch(database, items, overrides);
  const count = async (sql: string) => {
    const { rows } = await runSql(databaseUrl(), `SELECT count(*) FROM ${sql}`);
    return Number((rows as { count: string }[])[0]?.count);
  };

  it('shows a batch once it is whole, and to its caller alone', async () => {
    const coming = await database.batches.openUpload(sampleBatch());
    await coming.add([sampleBatchItem(0), sampleBatchItem(1)]);
    expect(await database.batches.get(coming.id, caller)).toBeNull();
    await coming.commit('abc');
    expect(await database.batches.get(coming.id, caller)).toMatchObject({
      ...sampleBatch({ expiresAt: expect.any(Date) as unknown as Date }),
      state: 'queued',
      itemCount: 2,
      predictedCount: 0,
      failedCount: 0,
      requestHash: 'abc',
      summary: null,
      error: null,
    });
    expect(await database.batches.get(coming.id, { keyId: 'key_other' })).toBeNull();
    await expect(database.batches.cancel(coming.id, { keyId: 'key_other' })).rejects.toMatchObject({
      code: 'batch-not-found',
    });
  });

  it('leaves nothing of an upload that is refused or abandoned', async () => {
    const coming = await database.batches.openUpload(sampleBatch());
    await coming.add([sampleBatchItem(0), sampleBatchItem(1)]);
    await expect(
      coming.add([
        sampleBatchItem(2),
        { ...sampleBatchItem(3), customId: 'c1' },
        { ...sampleBatchItem(4), customId: 'c1' },
      ]),
    ).rejects.toMatchObject({
      code: 'duplicate-custom-id',
      details: { customId: 'c1', index: 3 },
    });
    await coming.abandon();
    expect([await count('batches'), await count('batch_items')]).toEqual([0, 0]);
  });

  it('finds the batch of an idempotency key again, without a key id as well', async () => {
    const again = { idempotencyKey: 'once' };
    const first = await database.batches.openUpload(sampleBatch(again));
    await expect(database.batches.openUpload(sampleBatch(again))).rejects.toMatchObject({
      code: 'idempotency-key-in-use',
    });
    const others = await database.batches.openUpload(sampleBatch({ idempotencyKey: 'other' }));
    expect(others.earlierHash).toBeNull();
    await others.abandon();
    await first.add([sampleBatchItem(0)]);
    await first.commit('h1');
    const second = await database.batches.openUpload(sampleBatch(again));
    expect([second.id, second.earlierHash]).toEqual([first.id, 'h1']);
    await second.abandon();
    expect(await count('batches')).toBe(1);
  });

  it('counts a chunk once, however often and wherever it is predicted', async () => {
    const id = await upload([sampleBatchItem(0), sampleBatchItem(1), sampleBatchItem(2)]);
    const { batchWork } = database;
    expect(await batchWork.beginChunk(id, 0, 2)).toEqual({
      spaceVersion: 'v1',
      itemCount: 3,
      items: [
        { index: 0, text: 'text 0' },
        { index: 1, text: 'text 1' },
      ],
    });
    const states = await Promise.all(
      [0, 1, 2].map(() => batchWork.storePredictions(id, predictions(0, 2))),
    );
    expect(states).toEqual(['predicting', 'predicting', 'predicting']);
    expect(await batchWork.get(id)).toMatchObject({ predictedCount: 2, failedCount: 0 });
    expect(await batchWork.pendingChunks(id, 2, 10)).toEqual([2]);
    expect((await batchWork.beginChunk(id, 0, 3))?.items.map(({ index }) => index)).toEqual([2]);

    const failure = { code: 'prediction-failed', message: 'no' };
    expect(await batchWork.storePredictions(id, [{ index: 2, error: failure }])).toBe('optimizing');
    expect(await batchWork.storePredictions(id, predictions(2, 3))).toBeNull();
    expect(await batchWork.get(id)).toMatchObject({ predictedCount: 2, failedCount: 1 });
    expect(await batchWork.predicted(id, 0, 10)).toEqual([
      { index: 1, latents: SAMPLE_LATENTS, request: { requires: [] } },
    ]);
  });

  it('completes with all results or none, and once', async () => {
    const failed = { index: 2, customId: 'bad', error: { code: 'invalid-request', message: 'x' } };
    const id = await upload([sampleBatchItem(0), sampleBatchItem(1), failed]);
    const { batchWork, batches } = database;
    await batchWork.storePredictions(id, predictions(0, 2));
    await expect(batchWork.complete(id, choices(1), SUMMARY)).rejects.toThrow(/predicted items/);
    expect(await batchWork.predicted(id, -1, 10)).toHaveLength(2);

    const outcomes = await Promise.all(
      [0, 1].map(() => batchWork.complete(id, choices(2), SUMMARY)),
    );
    expect(outcomes.sort()).toEqual([false, true]);
    const batch = await batches.get(id, caller);
    expect(batch).toMatchObject({ state: 'completed', summary: SUMMARY, failedCount: 1 });
    const rows = await batches.results(id, -1, 10);
    expect(rows.map(({ customId, state, model }) => [customId, state, model])).toEqual([
      ['c0', 'succeeded', 'cheap'],
      ['c1', 'succeeded', 'cheap'],
      ['bad', 'failed', null],
    ]);
    expect(await batches.results(id, 0, 1)).toEqual([rows[1]]);
    await expect(batches.cancel(id, caller)).rejects.toMatchObject({ code: 'batch-finished' });
  });

  it('takes nothing more into a cancelled batch', async () => {
    const id = await upload([sampleBatchItem(0), sampleBatchItem(1)]);
    const { batchWork, batches } = database;
    await batchWork.storePredictions(id, predictions(0, 2));
    expect(await batches.cancel(id, caller)).toMatchObject({ state: 'cancelled' });
    expect(await batches.cancel(id, caller)).toMatchObject({ state: 'cancelled' });
    expect(await batchWork.complete(id, choices(2), SUMMARY)).toBe(false);
    expect(await batchWork.beginChunk(id, 0, 2)).toBeNull();
    expect(await batchWork.fail(id, { code: 'x', message: 'x' })).toBe(false);
    expect(await batches.get(id, caller)).toMatchObject({ state: 'cancelled', summary: null });
  });

  it('goes straight to its end when nothing is to be predicted', async () => {
    const failed = { index: 0, customId: 'bad', error: { code: 'invalid-request', message: 'x' } };
    const id = await upload([failed]);
    expect(await database.batchWork.get(id)).toMatchObject({ state: 'optimizing', failedCount: 1 });
    const summary: BatchSummary = { ...SUMMARY, method: 'none', calls: {} };
    expect(await database.batchWork.complete(id, [], summary)).toBe(true);
  });

  it('hands a stalled batch to one sweeper, and none that moves or has ended', async () => {
    const stalled = await upload([sampleBatchItem(0)]);
    await upload([sampleBatchItem(0)]);
    const ended = await upload([sampleBatchItem(0)]);
    await database.batches.cancel(ended, caller);
    await runSql(
      databaseUrl(),
      `UPDATE batches SET updated_at = now() - interval '1 minute' WHERE id IN ('${stalled}', '${ended}')`,
    );
    const claims = await Promise.all(
      [0, 1, 2].map(() => database.batchWork.claimStalled(30_000, 10)),
    );
    expect(claims.flat().map(({ id }) => id)).toEqual([stalled]);
  });

  it('deletes texts at expiry and keeps the results', async () => {
    const { batchWork, batches } = database;
    const past = { expiresAt: new Date(Date.now() - 1_000) };
    const completed = await upload([sampleBatchItem(0)], past);
    await batchWork.storePredictions(completed, predictions(0, 1));
    await batchWork.complete(completed, choices(1), SUMMARY);
    const unfinished = await upload([sampleBatchItem(0)], past);
    const fresh = await upload([sampleBatchItem(0)]);
    const expired = [await batchWork.expireNext(), await batchWork.expireNext()];
    expect(expired.sort()).toEqual([completed, unfinished].sort());
    expect(await batchWork.expireNext()).toBeNull();
    expect(await count('batch_items WHERE request IS NOT NULL')).toBe(1);
    expect(await batches.results(completed, -1, 5)).toHaveLength(1);
    expect(await batches.get(unfinished, caller)).toMatchObject({
      state: 'failed',
      error: { code: 'batch-expired' },
    });
    expect((await batches.get(fresh, caller))?.textsDeletedAt).toBeNull();
  });

  it('pages through the batches of a caller', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) {
      ids.push(await upload([sampleBatchItem(0)]));
      // Of one millisecond, their ids would decide.
      await sleep(5);
    }
    const first = await database.batches.list(caller, { limit: 2 });
    expect(first.map(({ id }) => id)).toEqual([ids[2], ids[1]]);
    const rest = await database.batches.list(caller, { limit: 2, before: ids[1]! });
    expect(rest.map(({ id }) => id)).toEqual([ids[0]]);
    expect(await database.batches.list({ keyId: 'key_other' }, { limit: 2 })).toEqual([]);
  });
});
