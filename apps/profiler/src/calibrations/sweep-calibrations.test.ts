import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { calibrateSpace, recalibrateSpace } from '@zerorouter/contracts';
import { connectDatabase } from '@zerorouter/database';
import type { Database } from '@zerorouter/database';
import { createLogger, createQueueBackend } from '@zerorouter/platform';
import type { QueueBackend } from '@zerorouter/platform';
import { describeWithDatabase } from '../../../../packages/database/test/test-database.js';
import { sweepCalibrations } from './sweep-calibrations.js';

jest.setTimeout(60_000);

describeWithDatabase('sweepCalibrations', (databaseUrl) => {
  let database: Database;
  let queues: QueueBackend;
  beforeAll(async () => {
    database = connectDatabase(databaseUrl());
    queues = await createQueueBackend(
      { DATABASE_URL: databaseUrl(), QUEUE_PREFIX: 'zr' },
      createLogger('test', 'silent'),
    );
  });
  afterAll(async () => {
    await queues.close();
    await database.close();
  });

  it('puts lost runs back, each into its queue and once, and leaves the rest', async () => {
    const { calibrations } = database;
    const create = (options: Record<string, string>) =>
      calibrations.create({ dataSets: ['a'], options });
    const queued = await create({});
    const running = await create({ kind: 'recalibration' });
    await calibrations.update(running.id, { state: 'running' });
    const ended = await create({});
    await calibrations.update(ended.id, { state: 'failed' });

    const calibrate = await queues.producer(calibrateSpace, { waits: false });
    const recalibrate = await queues.producer(recalibrateSpace, { waits: false });
    const sweep = (idleMs: number) =>
      sweepCalibrations(
        calibrations,
        {
          calibrate: (calibrationId) => calibrate.add({ calibrationId }, { jobId: calibrationId }),
          recalibrate: (calibrationId) =>
            recalibrate.add({ calibrationId }, { jobId: calibrationId }),
        },
        idleMs,
      );
    await sweep(60_000);
    await sleep(10);
    // Nothing was lost yet; now both are, and two processes notice.
    await Promise.all([sweep(0), sweep(0)]);

    const seen: string[] = [];
    const note = (queue: string) => (payload: { calibrationId: string }) => {
      seen.push(`${queue}:${payload.calibrationId}`);
      return Promise.resolve({ ...payload, spaceVersion: 'v1' });
    };
    await queues.worker(calibrateSpace, note('calibrate'), {});
    await queues.worker(recalibrateSpace, note('recalibrate'), {});
    for (let i = 0; i < 100 && seen.length < 2; i++) await sleep(50);
    await sleep(300);
    expect(seen.sort()).toEqual([`calibrate:${queued.id}`, `recalibrate:${running.id}`]);
  });
});
