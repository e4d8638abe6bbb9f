import { afterAll, afterEach, beforeAll, beforeEach, expect, it, jest } from '@jest/globals';
import { closeSandbox } from '@zerorouter/anchors';
import { connectDatabase } from '@zerorouter/database';
import type { Database } from '@zerorouter/database';
import { createLogger } from '@zerorouter/platform';
import { describeWithDatabase, runSql } from '../../../../packages/database/test/test-database.js';
import { liveModel, storeSpace } from '../../test/live-model.js';
import type { LiveModel } from '../../test/live-model.js';
import { reprofileDrifted } from './reprofile-drifted.js';
import type { Reprofiling } from './reprofile-drifted.js';

const HOUR_MS = 3_600_000;
const MAX_COST_USD = 0.5;

describeWithDatabase('reprofileDrifted', (databaseUrl) => {
  jest.setTimeout(120_000);
  let database: Database;
  let live: LiveModel;
  /** Of the model, from its next answer on. */
  let ability: number[];
  let modelId: string;
  beforeAll(async () => {
    database = connectDatabase(databaseUrl());
    await storeSpace(database);
  });
  beforeEach(async () => {
    await runSql(databaseUrl(), 'TRUNCATE models, alerts CASCADE');
    ability = [2, 0];
    live = await liveModel(database, { ability, seed: 3 });
    modelId = live.model.id;
    await database.profiles.setState(modelId, 'active');
  });
  afterEach(() => live.close());
  afterAll(async () => {
    await closeSandbox();
    await database.close();
  });

  const profile = async () => (await database.profiles.get(modelId))!;
  const raise = (kind: string) =>
    database.alerts.create({ kind, modelId, message: 'not what it was', evidence: {} });
  const alertsOf = async (kind: string) =>
    (await database.alerts.list()).filter((alert) => alert.kind === kind);
  const sweep = async (changes: Partial<Reprofiling> = {}): Promise<string[]> => {
    const begun: string[] = [];
    await reprofileDrifted({
      database,
      logger: createLogger('profiler', 'silent'),
      maxCostUsd: MAX_COST_USD,
      minIntervalMs: HOUR_MS,
      enqueue: (id) => Promise.resolve(begun.push(id)),
      ...changes,
    });
    return begun;
  };

  it('measures a model in traffic again, once, and ends the alerts with its new profile', async () => {
    expect(await sweep()).toEqual([]);
    const before = await profile();
    await raise('drift');
    await raise('sentinel-drift');
    const told: string[] = [];
    const telling = { onBegun: (model: string) => told.push(model) };
    ability[0] = -12;
    const begun = (await Promise.all([sweep(telling), sweep(telling), sweep(telling)])).flat();
    expect(begun).toHaveLength(1);
    expect(told).toEqual([live.model.name]);
    const id = begun[0]!;
    expect(await database.onboardings.list(modelId)).toHaveLength(1);
    for (const kind of ['drift', 'sentinel-drift'])
      expect(await alertsOf(kind)).toMatchObject([
        { resolvedAt: null, reprofiling: { onboardingId: id, state: 'queued', kept: null } },
      ]);
    expect(await database.onboardings.get(id)).toMatchObject({
      settings: { kind: 'live', cause: 'drift', max_cost_usd: MAX_COST_USD },
    });
    // Nothing of it shows before it has ended.
    expect(await profile()).toMatchObject({ state: 'active', version: before.version });

    expect(await live.run(id)).toEqual({ state: 'succeeded' });
    const after = await profile();
    expect(after).toMatchObject({ state: 'active', stateReason: null });
    expect(after.profile.ability.mean[0]).toBeLessThan(before.profile.ability.mean[0]! - 1);
    expect((await database.onboardings.get(id))!.costUsd).toBeLessThanOrEqual(MAX_COST_USD);
    for (const kind of ['drift', 'sentinel-drift'])
      expect(await alertsOf(kind)).toMatchObject([
        {
          resolvedAt: expect.any(Date),
          reprofiling: { onboardingId: id, state: 'succeeded', kept: null },
        },
      ]);
  });

  it('leaves time between two runs of a model', async () => {
    await raise('length-drift');
    const [id] = await sweep();
    // One at a time, however little time there is to be between them.
    await raise('drift');
    expect(await sweep({ minIntervalMs: 0 })).toEqual([]);
    await database.onboardings.cancel(id!);
    expect(await alertsOf('length-drift')).toMatchObject([
      { resolvedAt: null, reprofiling: { state: 'cancelled', kept: expect.any(String) } },
    ]);
    expect(await sweep()).toEqual([]);
    expect(await sweep({ minIntervalMs: 0 })).toHaveLength(1);
  });

  it('keeps the profile where the new one is not to be trusted, and says so in the alert', async () => {
    const before = await profile();
    await raise('drift');
    live.provider.setFaults([{ kind: 'refusal', share: 0.6 }]);
    const [id] = await sweep();
    await live.run(id!);
    expect(await profile()).toMatchObject({ state: 'active', version: before.version });
    const [alert] = await alertsOf('drift');
    expect(alert).toMatchObject({
      resolvedAt: null,
      reprofiling: {
        onboardingId: id,
        state: 'succeeded',
        kept: expect.stringMatching(/could not be graded/),
      },
    });
    // Until somebody has looked at it.
    await raise('drift');
    expect(await sweep({ minIntervalMs: 0 })).toEqual([]);
    await database.alerts.resolve(alert!.id);
    await raise('drift');
    expect(await sweep({ minIntervalMs: 0 })).toHaveLength(1);
  });

  it('says in the alert why a run has failed', async () => {
    await raise('drift');
    live.provider.setFaults([{ kind: 'unauthorized', share: 1 }]);
    const [id] = await sweep();
    await expect(live.run(id!)).rejects.toMatchObject({ code: 'deployment-unusable' });
    expect(await alertsOf('drift')).toMatchObject([
      {
        resolvedAt: null,
        reprofiling: { state: 'failed', kept: expect.stringMatching(/cannot be used/) },
      },
    ]);
  });

  it('loses no run that could not be put into the queue', async () => {
    await raise('drift');
    const enqueue = () => Promise.reject(new Error('the queue is away'));
    await expect(sweep({ enqueue })).rejects.toThrow('away');
    const [alert] = await alertsOf('drift');
    const id = alert!.reprofiling!.onboardingId;
    expect(await database.onboardings.idle(-1_000)).toEqual([id]);
    expect(await sweep()).toEqual([]);
  });

  it('asks no model that takes no traffic, has no prices or drifts in no way', async () => {
    await raise('misfit');
    expect(await sweep()).toEqual([]);
    await raise('drift');
    await database.profiles.setState(modelId, 'shadow');
    expect(await sweep()).toEqual([]);
    await database.profiles.setState(modelId, 'active');
    await runSql(databaseUrl(), 'UPDATE models SET prices = NULL');
    expect(await sweep()).toEqual([]);
    expect(await database.onboardings.list(modelId)).toEqual([]);
  });
});
