import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { sampleSpace } from '../../test/sample-space.js';
import { describeWithDatabase } from '../../test/test-database.js';
import { connectDatabase } from '../database.js';
import type { Database } from '../database.js';

describeWithDatabase('CalibrationStore', (databaseUrl) => {
  let database: Database;
  beforeAll(() => {
    database = connectDatabase(databaseUrl());
  });
  afterAll(() => database.close());

  it('follows a run from queued to its space', async () => {
    const { calibrations } = database;
    const run = await calibrations.create({ dataSets: ['bench'], options: { seed: 3 } });
    expect(run).toMatchObject({
      id: expect.stringMatching(/^cal_/),
      dataSets: ['bench'],
      options: { seed: 3 },
      state: 'queued',
      progress: null,
      error: null,
      spaceVersion: null,
    });
    const progress = { stage: 'fit', fraction: 0.25 };
    await calibrations.update(run.id, { state: 'running', progress });
    expect(await calibrations.get(run.id)).toMatchObject({ state: 'running', progress });

    await expect(calibrations.update(run.id, { spaceVersion: 'v1' })).rejects.toMatchObject({
      code: 'space-not-found',
    });
    await database.spaces.create(sampleSpace('v1'));
    const done = await calibrations.update(run.id, {
      state: 'succeeded',
      progress: null,
      spaceVersion: 'v1',
    });
    expect(done).toMatchObject({ state: 'succeeded', progress: null, spaceVersion: 'v1' });
    expect(done.updatedAt.getTime()).toBeGreaterThanOrEqual(run.updatedAt.getTime());
    expect(await calibrations.list()).toEqual([done]);
  });

  it('tells of an unknown run', async () => {
    expect(await database.calibrations.get('none')).toBeNull();
    await expect(
      database.calibrations.update('none', { state: 'failed', error: 'x' }),
    ).rejects.toMatchObject({ code: 'calibration-not-found' });
  });
});
