import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  calibrationSchema,
  spaceListSchema,
  spaceSchema,
  type CalibrationView,
} from '../../packages/contracts/dist/index.js';
import { bootOwnStack, prepared, type OwnStack } from '../stack/boot-stack.js';
import { expectProblem } from '../stack/client.js';
import { QUERIES, SUBJECTS, writeDataSet } from '../stack/data-set-folder.js';

const { adminKey } = prepared();

describe('a calibration', () => {
  let dataDir: string;
  let own: OwnStack;

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'zerorouter-data-'));
    writeDataSet(join(dataDir, 'menagerie'));
    own = await bootOwnStack({ env: { CALIBRATION_DATA_DIR: dataDir } });
  });

  afterAll(async () => {
    await own.stop();
    rmSync(dataDir, { recursive: true });
  });

  async function finished(path: string): Promise<CalibrationView> {
    const deadline = Date.now() + 100_000;
    for (;;) {
      const answer = await own.client.get(path, adminKey);
      const calibration = calibrationSchema.parse(answer.body);
      if (calibration.state === 'succeeded' || calibration.state === 'failed') {
        return calibration;
      }
      if (Date.now() > deadline) {
        throw new Error(`still ${JSON.stringify(calibration)}`);
      }
      await sleep(200);
    }
  }

  /** Gateways hear of an activation by a notification, a moment later. */
  async function untilRoutedIn(version: string): Promise<void> {
    const deadline = Date.now() + 10_000;
    let answer = await own.client.post('/v1/route', { query: 'Where are we now?' });
    while (!JSON.stringify(answer.body).includes(version) && Date.now() < deadline) {
      answer = await own.client.post('/v1/route', { query: 'Where are we now?' });
    }
    expect([answer.status, answer.body]).toMatchObject([200, { space_version: version }]);
  }

  it('makes a draft of outcomes, which can be made active and taken back', async () => {
    const starter = (await own.client.route({ query: 'Where are we?' })).space_version;
    const accepted = await own.client.post(
      '/admin/v1/spaces/calibrations',
      { data_sets: ['menagerie'], dimensions: 1, seed: 7 },
      adminKey,
    );
    expect(accepted.status).toBe(202);
    const location = accepted.headers.get('location') ?? '';
    expect(location).toMatch(/^\/admin\/v1\/spaces\/calibrations\/.+/);

    const calibration = await finished(location);
    expect(calibration).toMatchObject({ state: 'succeeded', error: null });
    const version = calibration.space_version ?? '';
    const listed = await own.client.get('/admin/v1/spaces', adminKey);
    const spaces = spaceListSchema.parse(listed.body).data;
    const draft = spaces.find((space) => space.version === version);
    expect(draft?.state).toBe('draft');
    expect(draft?.manifest).toMatchObject({
      dimensions: 1,
      counts: { subjects: SUBJECTS.length, queries: QUERIES, outcomes: QUERIES * SUBJECTS.length },
      provenance: { dataSets: [{ name: 'menagerie' }], seed: 7 },
    });
    // A draft changes nothing for those who route.
    expect((await own.client.route({ query: 'And now?' })).space_version).toBe(starter);

    const activated = await own.client.post(`/admin/v1/spaces/${version}/activate`, {}, adminKey);
    expect(activated.status).toBe(200);
    expect(spaceSchema.parse(activated.body).state).toBe('active');
    await untilRoutedIn(version);
    const back = await own.client.post('/admin/v1/spaces/rollback', {}, adminKey);
    expect(back.status).toBe(200);
    expect(spaceSchema.parse(back.body)).toMatchObject({ version: starter, state: 'active' });
    await untilRoutedIn(starter);
  });

  it('refuses data that it may not read', async () => {
    const ask = (dataSets: unknown) =>
      own.client.post('/admin/v1/spaces/calibrations', { data_sets: dataSets }, adminKey);
    expectProblem(await ask(['nowhere']), 422);
    expectProblem(await ask(['../menagerie']), 400);
    expectProblem(await ask([]), 400);
    expectProblem(
      await own.client.post('/admin/v1/spaces/calibrations', { data_sets: ['menagerie'] }),
      401,
    );
  });
});
