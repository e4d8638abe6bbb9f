import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { describeWithDatabase } from '../../test/test-database.js';
import { openConnection } from '../connection.js';
import { connectDatabase } from '../database.js';
import type { Database } from '../database.js';
import { DeadLetterStore } from './dead-letter-store.js';
import type { NewDeadLetter } from './dead-letter-store.js';

const letter = (
  queue: string,
  jobId: string,
  more: Partial<NewDeadLetter> = {},
): NewDeadLetter => ({
  queue,
  jobId,
  payload: { batchId: jobId },
  replayable: true,
  code: 'worker-error',
  message: 'boom',
  attempts: 3,
  requestId: null,
  ...more,
});

jest.setTimeout(30_000);

describeWithDatabase('DeadLetterStore', (databaseUrl) => {
  let database: Database;
  beforeAll(() => {
    database = connectDatabase(databaseUrl());
  });
  afterAll(() => database.close());

  it('lists them by page, the last failure first, by queue or all', async () => {
    const { deadLetters } = database;
    for (let i = 0; i < 5; i++)
      await deadLetters.record(
        letter(i === 2 ? 'other' : 'pages', `job-${i}`),
        new Date(1_000 * i),
      );
    const first = await deadLetters.list({ queue: 'pages', limit: 3 });
    expect(first.map(({ jobId }) => jobId)).toEqual(['job-4', 'job-3', 'job-1']);
    const before = first.at(-1)!.id;
    const rest = await deadLetters.list({ queue: 'pages', limit: 3, before });
    expect(rest.map(({ jobId }) => jobId)).toEqual(['job-0']);
    expect((await deadLetters.list({ limit: 100 })).map(({ jobId }) => jobId)).toContain('job-2');
    expect(await deadLetters.get(before)).toEqual({
      ...letter('pages', 'job-1'),
      id: before,
      times: 1,
      failedAt: new Date(1_000),
    });
  });

  it('is one letter a job, however often it fails; a replay leaves one that failed since', async () => {
    const { deadLetters } = database;
    await deadLetters.record(letter('again', 'job'), new Date(1_000));
    const [before] = await deadLetters.list({ queue: 'again', limit: 10 });
    const failure = { message: 'nul \0', payload: null, replayable: false, requestId: 'req_1' };
    await deadLetters.record(letter('again', 'job', failure), new Date(2_000));
    const [after, ...none] = await deadLetters.list({ queue: 'again', limit: 10 });
    expect(none).toEqual([]);
    expect(after).toMatchObject({
      id: before!.id,
      times: 2,
      message: 'nul ',
      payload: null,
      replayable: false,
      requestId: 'req_1',
      failedAt: new Date(2_000),
    });
    await deadLetters.settle(before!);
    expect(await deadLetters.get(after!.id)).toEqual(after);
    await deadLetters.settle(after!);
    await expect(deadLetters.get(after!.id)).rejects.toMatchObject({
      code: 'dead-letter-not-found',
    });
  });

  it('deletes one, or all of a queue, and counts what is left', async () => {
    const { deadLetters } = database;
    for (const [queue, jobId] of [
      ['purged', '1'],
      ['purged', '2'],
      ['kept', '1'],
    ] as const)
      await deadLetters.record(letter(queue, jobId));
    const [one] = await deadLetters.list({ queue: 'purged', limit: 1 });
    await deadLetters.delete(one!.id);
    await expect(deadLetters.delete(one!.id)).rejects.toMatchObject({
      code: 'dead-letter-not-found',
    });
    expect(await deadLetters.purge('purged')).toBe(1);
    const counts = await deadLetters.counts();
    expect([counts.get('purged'), counts.get('kept')]).toEqual([undefined, 1]);
  });

  it('keeps the newest of a queue, whoever records them at once', async () => {
    const connection = openConnection(databaseUrl(), {});
    const deadLetters = new DeadLetterStore(connection, 5);
    try {
      await deadLetters.record(letter('beside', 'job'), new Date(0));
      await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          deadLetters.record(letter('full', `job-${i}`), new Date(1_000 * i)),
        ),
      );
      await deadLetters.record(letter('full', 'job-20'), new Date(20_000));
      const kept = await deadLetters.list({ queue: 'full', limit: 100 });
      expect(kept.map(({ jobId }) => jobId)).toEqual([20, 19, 18, 17, 16].map((i) => `job-${i}`));
      expect((await deadLetters.counts()).get('beside')).toBe(1);
    } finally {
      await connection.prisma.$disconnect();
      await connection.pool.end();
    }
  });
});

describeWithDatabase('OperationsStore', (databaseUrl) => {
  it('reads the newest period of each budget, open alerts by kind, and the pool', async () => {
    const database = connectDatabase(databaseUrl());
    try {
      const report = { spentUsd: 0.5, queries: 3, priceFactor: 2 };
      for (const date of [1, 2]) {
        const startsAt = new Date(Date.UTC(2026, 0, date));
        const key = { policy: 'paced', period: 'day', startsAt };
        await database.budgets.begin({ ...key, firstPrice: 8, expectedQueries: 10 });
        if (date === 2)
          await database.budgets.lease(key, { report, limitUsd: 1, share: 0.5, atLeastUsd: 0 });
      }
      const [paced] = (await database.operations.budgets()).filter(
        ({ policy }) => policy === 'paced',
      );
      expect(paced).toEqual({
        policy: 'paced',
        period: 'day',
        startsAt: new Date(Date.UTC(2026, 0, 2)),
        spentUsd: 0.5,
        leasedUsd: 0.5,
        price: 16,
      });
      const alert = { modelId: null, message: 'm', evidence: {} };
      await database.alerts.create({ ...alert, kind: 'open-one' });
      const { id } = await database.alerts.create({ ...alert, kind: 'closed-one' });
      await database.alerts.resolve(id);
      const kinds = (await database.operations.openAlerts()).map(({ kind }) => kind);
      expect(kinds).toContain('open-one');
      expect(kinds).not.toContain('closed-one');
      expect(database.operations.poolState.total).toBeGreaterThan(0);
      expect(await database.operations.drift()).toEqual([]);
    } finally {
      await database.close();
    }
  });
});
