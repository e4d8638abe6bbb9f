import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it, jest } from '@jest/globals';
import { connectDatabase } from '@zerorouter/database';
import type { Database } from '@zerorouter/database';
import { createLogger } from '@zerorouter/platform';
import { ProviderNetwork, SecretBox } from '@zerorouter/providers';
import { latentModel } from '../../../../e2e/stand-in/latent-model.js';
import { startStandInProvider } from '../../../../e2e/stand-in/stand-in-provider.js';
import type { StandInProvider } from '../../../../e2e/stand-in/stand-in-provider.js';
import { sampleProfile } from '../../../../packages/database/test/sample-space.js';
import { describeWithDatabase, runSql } from '../../../../packages/database/test/test-database.js';
import { ANCHORS, PRICES, storeSpace, trueItems } from '../../test/live-model.js';
import { AskSentinelsProcessor } from './ask-sentinels.processor.js';

jest.setTimeout(60_000);

const ABILITY = [2, 0];
const HOUR = { everyMs: 3_600_000 };
const NOW = 1_000 * HOUR.everyMs;
const signal = new AbortController().signal;

describeWithDatabase('sentinels', (databaseUrl) => {
  let database: Database;
  const network = new ProviderNetwork({ allowPrivate: true });
  const secrets = new SecretBox({ SECRETS_KEY: randomBytes(32).toString('base64') });
  beforeAll(async () => {
    database = connectDatabase(databaseUrl());
    await storeSpace(database);
  });
  afterAll(async () => {
    await network.close();
    await database.close();
  });
  beforeEach(() => runSql(databaseUrl(), 'TRUNCATE models, alerts CASCADE'));

  const profiler = (maxCostUsd = 1) =>
    new AskSentinelsProcessor({
      database,
      network,
      secrets,
      logger: createLogger('profiler', 'silent'),
      maxCostUsd,
    });
  const withModel = async (
    really: number[],
    parts: { prices: typeof PRICES | null },
    test: (provider: StandInProvider, modelId: string) => Promise<void>,
  ) => {
    const provider = await startStandInProvider({
      answer: latentModel({ anchors: ANCHORS, ability: really, trueItem: trueItems(1), seed: 1 }),
    });
    try {
      const { id } = await database.models.create(
        {
          profile: {
            ...sampleProfile('stand-in/model'),
            ability: { mean: ABILITY, covariance: [0.05, 0, 0, 0.05] },
          },
          spaceVersion: 'onboarding',
          deployments: [
            {
              baseUrl: provider.baseUrl,
              upstreamModel: 'stand-in',
              apiKey: 'sk-key',
              authHeader: null,
            },
          ],
          contextWindow: null,
          capabilities: [],
          sizeB: null,
          ...parts,
        },
        (apiKey, deploymentId) => secrets.seal(apiKey, deploymentId),
      );
      await database.profiles.setState(id, 'active');
      await test(provider, id);
    } finally {
      await provider.close();
    }
  };
  const runs = async () =>
    (await runSql(databaseUrl(), 'SELECT slot, result, cost_usd FROM sentinel_runs ORDER BY slot'))
      .rows as { slot: number; result: Record<string, number>; cost_usd: number }[];

  it('are asked once a slot, by two profilers and however often the job comes', async () => {
    await withModel(ABILITY, { prices: PRICES }, async (provider) => {
      const both = await Promise.all([0, 1].map(() => profiler().process(HOUR, { signal }, NOW)));
      expect(both.map(({ asked }) => asked).sort()).toEqual([0, 1]);
      expect(provider.calls).toBe(8);
      const asked = [...provider.callsByPrompt.keys()];
      expect(await profiler().process(HOUR, { signal }, NOW + 1_000)).toEqual({ asked: 0 });
      expect(await profiler().process(HOUR, { signal }, NOW + HOUR.everyMs)).toEqual({ asked: 1 });
      expect(provider.calls).toBe(16);
      // Other anchors in another slot.
      expect([...provider.callsByPrompt.keys()].length).toBeGreaterThan(asked.length);
      const [first] = await runs();
      expect(first?.slot).toBe(1_000);
      expect(first?.result['p_value']).toBeGreaterThan(0.001);
      expect(await database.alerts.list()).toEqual([]);
    });
  });

  it('raise an alert for a model that is not what its profile says', async () => {
    await withModel([-6, 0], { prices: PRICES }, async (_, modelId) => {
      await profiler().process(HOUR, { signal }, NOW);
      expect(await database.alerts.list()).toMatchObject([
        { kind: 'sentinel-drift', modelId, message: expect.stringContaining('onboardings') },
      ]);
      const [run] = await runs();
      expect(run?.result['observed']).toBeLessThan(run?.result['expected'] ?? 0);
    });
  });

  it('are asked of one model when somebody wants to know, and the runs are listed', async () => {
    await withModel(ABILITY, { prices: PRICES }, async (provider, modelId) => {
      const { sentinels } = database;
      const key = { modelId, spaceVersion: 'onboarding' };
      const requested = await Promise.all([0, 1].map(() => sentinels.request(key)));
      expect(requested.map(({ slot }) => slot).sort()).toEqual([-1, -2]);
      expect(await sentinels.list(modelId)).toMatchObject([
        { slot: -2, startedAt: null, result: null },
        { slot: -1, startedAt: null, result: null },
      ]);
      const run = { ...key, slot: -1 };
      expect(await profiler().processModel(run, { signal })).toEqual({ asked: 1 });
      expect(await profiler().processModel(run, { signal })).toEqual({ asked: 0 });
      expect(provider.calls).toBe(8);
      const [asked, waiting] = await sentinels.list(modelId);
      expect(asked).toMatchObject({
        slot: -1,
        startedAt: expect.any(Date),
        finishedAt: expect.any(Date),
        result: { expected: expect.any(Number), p_value: expect.any(Number) },
      });
      expect(asked!.result!.answers).toHaveLength(8);
      expect(asked!.costUsd).toBeGreaterThan(0);
      expect(waiting).toMatchObject({ slot: -2, finishedAt: null });

      await runSql(databaseUrl(), 'DELETE FROM deployments');
      await expect(profiler().processModel({ ...key, slot: -2 }, { signal })).rejects.toMatchObject(
        { code: 'no-deployment' },
      );
      expect((await sentinels.list(modelId))[0]).toMatchObject({
        slot: -2,
        result: { answers: [], error: expect.stringContaining('deployment') },
      });
    });
  });

  it('stay within their cap, and are not asked of models without prices', async () => {
    await withModel(ABILITY, { prices: PRICES }, async (provider) => {
      // One call may cost 0.0082 USD and its prompt's bytes: 2,048 tokens of output at 4 USD a million.
      await profiler(0.012).process(HOUR, { signal }, NOW);
      const [run] = await runs();
      expect(provider.calls).toBeGreaterThanOrEqual(1);
      expect(run?.cost_usd).toBeLessThanOrEqual(0.012);
      await profiler(0.005).process(HOUR, { signal }, NOW + HOUR.everyMs);
      expect((await runs())[1]).toMatchObject({ cost_usd: 0, result: { answers: [] } });
    });
    await runSql(databaseUrl(), 'TRUNCATE models CASCADE');
    await withModel(ABILITY, { prices: null }, async (provider) => {
      expect(await profiler().process(HOUR, { signal }, NOW)).toEqual({ asked: 0 });
      expect(provider.calls).toBe(0);
    });
  });
});
