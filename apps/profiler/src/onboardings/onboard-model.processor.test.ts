import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it, jest } from '@jest/globals';
import { closeSandbox } from '@zerorouter/anchors';
import type { OnboardingResult } from '@zerorouter/contracts';
import { connectDatabase } from '@zerorouter/database';
import type { Database, Onboarding } from '@zerorouter/database';
import { describeWithDatabase, runSql } from '../../../../packages/database/test/test-database.js';
import {
  ANCHORS,
  drawAbility,
  liveModel,
  PRICES,
  storeSpace,
  trueItems,
} from '../../test/live-model.js';
import type { LiveModel } from '../../test/live-model.js';
import { sweepOnboardings } from './sweep-onboardings.js';

const WHOLE = { max_anchors: 24, max_cost_usd: null, concurrency: 8 };

describeWithDatabase('OnboardModelProcessor', (databaseUrl) => {
  jest.setTimeout(120_000);
  let database: Database;
  let live: LiveModel | null = null;
  beforeAll(async () => {
    database = connectDatabase(databaseUrl());
    await storeSpace(database);
  });
  afterEach(async () => {
    await live?.close();
    live = null;
  });
  afterAll(async () => {
    await closeSandbox();
    await database.close();
  });

  const measure = async (
    seed: number,
    limits: Parameters<LiveModel['begin']>[0] = WHOLE,
    options: Parameters<typeof liveModel>[2] = {},
  ) => {
    live = await liveModel(database, { ability: drawAbility(seed), seed }, options);
    const { id } = await live.begin(limits);
    await live.run(id).catch(() => undefined);
    return (await database.onboardings.get(id))!;
  };
  const resultOf = ({ result, error }: Onboarding): OnboardingResult => {
    expect(error).toBeNull();
    return result!;
  };

  it('leaves the model in shadow with what was measured', async () => {
    const onboarding = await measure(1);
    const result = resultOf(onboarding);
    expect(onboarding).toMatchObject({ state: 'succeeded', progress: { asked: 24, answered: 24 } });
    expect(result).toMatchObject({ state: 'shadow', held: null, stopped_by: 'max_anchors' });
    expect(result.anchors).toMatchObject({ asked: 24, answered: 24, failed: 0, held_out: 3 });
    expect(result.length_offset).not.toBeNull();
    expect(live!.provider.calls).toBe(24);
    expect(result.cost_usd).toBeCloseTo(live!.provider.billed.usd, 9);
    const profile = await database.profiles.get(live!.model.id);
    expect(profile).toMatchObject({
      state: 'shadow',
      stateReason: null,
      version: result.profile_version,
      profile: { ability: result.ability, cost: { kind: 'prices', inputPerMtok: 1 } },
    });
    expect(await database.onboardings.report(onboarding.id)).toMatch(/^<!doctype html>/i);
  });

  it('promotes a model by itself when that was asked for', async () => {
    expect(resultOf(await measure(2, { ...WHOLE, promote: true })).state).toBe('active');
  });

  it('keeps the profile of a model in traffic when a new measurement is not to be trusted', async () => {
    live = await liveModel(database, { ability: drawAbility(2), seed: 2 });
    const measureAgain = async () => {
      const { id } = await live!.begin({ ...WHOLE, promote: true });
      await live!.run(id);
      return resultOf((await database.onboardings.get(id))!);
    };
    const first = await measureAgain();
    live.provider.setFaults([{ kind: 'refusal', share: 0.6 }]);
    const second = await measureAgain();
    expect(second).toMatchObject({ state: 'active', profile_version: first.profile_version });
    expect(second.held).toMatch(/could not be graded/);
    const { id: modelId } = live.model;
    expect(await database.profiles.get(modelId)).toMatchObject({
      state: 'active',
      stateReason: null,
      profile: { ability: first.ability },
    });
    const alerts = (await database.alerts.list()).filter((alert) => alert.modelId === modelId);
    expect(alerts).toMatchObject([{ kind: 'misfit', message: expect.stringMatching(/keeps/) }]);

    // One that is not in traffic is held in shadow, whatever was asked for.
    await database.profiles.setState(modelId, 'shadow');
    expect((await measureAgain()).state).toBe('shadow');
    expect((await database.profiles.get(modelId))!.stateReason).toMatch(/could not be graded/);
  });

  it('is put back into the queue when its job is lost', async () => {
    live = await liveModel(database, { ability: [0, 0], seed: 10 });
    const { id } = await live.begin(WHOLE);
    const enqueued: string[] = [];
    const sweep = () =>
      sweepOnboardings(database.onboardings, (lost) => Promise.resolve(void enqueued.push(lost)));
    await sweep();
    expect(enqueued).toEqual([]);
    await runSql(databaseUrl(), `UPDATE onboardings SET updated_at = now() - interval '1 hour'`);
    await sweep();
    expect(enqueued).toEqual([id]);
    await database.onboardings.cancel(id);
  });

  it('stops once the accuracy is known well enough', async () => {
    const { anchors, stopped_by, expected_accuracy } = resultOf(
      await measure(3, { ...WHOLE, max_anchors: 100, target_sd: 0.05 }),
    );
    expect(stopped_by).toBe('target_sd');
    expect(expected_accuracy.sd).toBeLessThanOrEqual(0.05);
    expect(anchors.asked).toBeLessThan(100);
  });

  it('never lets calls cost more than the cap, however dear their answers are', async () => {
    const cap = 0.02;
    const { stopped_by, anchors, cost_usd } = resultOf(
      await measure(4, { ...WHOLE, max_anchors: 200, max_cost_usd: cap, max_tokens: 2_000 }),
    );
    expect(stopped_by).toBe('max_cost_usd');
    expect(anchors.asked).toBeGreaterThan(5);
    expect(live!.provider.billed.usd).toBeLessThanOrEqual(cap);
    expect(cost_usd).toBeLessThanOrEqual(cap);
  });

  it('counts a call that broke off as spent, for nobody tells what it cost', async () => {
    const { cost_usd, anchors } = resultOf(
      await measure(
        11,
        { ...WHOLE, max_cost_usd: 1 },
        { faults: [{ kind: 'cut', calls: [1, 5] }] },
      ),
    );
    expect(anchors.answered).toBe(24);
    expect(live!.provider.calls).toBe(26);
    // The stand-in charges for what it began to say.
    expect(cost_usd).toBeGreaterThanOrEqual(live!.provider.billed.usd);
  });

  it('goes on after a kill at any moment and asks no answered anchor again', async () => {
    live = await liveModel(
      database,
      { ability: drawAbility(5), seed: 5 },
      { pace: { ttftMs: 20 } },
    );
    const { id } = await live.begin({ ...WHOLE, concurrency: 3 });
    const answeredWhenKilled = new Set<string>();
    for (let kill = 0; kill < 5; kill++) {
      const controller = new AbortController();
      const running = live.run(id, controller.signal).catch(() => undefined);
      const calls = live.provider.calls + 4;
      while (live.provider.calls < calls) await sleep(5);
      await sleep(7 * kill);
      controller.abort(new Error('killed'));
      await running;
      for (const row of await database.anchorAnswers.list(id))
        if (row.score !== null) answeredWhenKilled.add(row.anchorId);
    }
    expect(answeredWhenKilled.size).toBeGreaterThan(3);
    await live.run(id);
    const resumed = (await database.onboardings.get(id))!;
    const rows = await database.anchorAnswers.list(id);
    expect(rows).toHaveLength(24);
    const text = new Map(ANCHORS.map((anchor) => [anchor.id, anchor.text]));
    for (const anchorId of answeredWhenKilled)
      expect(live.provider.callsByPrompt.get(text.get(anchorId)!)).toBeLessThanOrEqual(
        rows.find((row) => row.anchorId === anchorId)!.attempts,
      );
    const askedOf = async (run: string) =>
      (await database.anchorAnswers.list(run)).map(({ anchorId }) => anchorId);
    const whole = await live.begin({ ...WHOLE, concurrency: 3 });
    await live.run(whole.id);
    expect(await askedOf(whole.id)).toEqual(await askedOf(id));
    expect((await database.onboardings.get(whole.id))!.result!.ability).toEqual(
      resumed.result!.ability,
    );
  });

  it('outlives faults of every kind, and counts what stayed without an answer', async () => {
    const { failures, anchors, held } = resultOf(
      await measure(
        6,
        { ...WHOLE, max_anchors: 30, timeout_ms: 400 },
        {
          faults: [
            { kind: 'rate-limit', share: 0.1, retryAfterS: 0 },
            { kind: 'server-error', share: 0.08 },
            { kind: 'cut', share: 0.05 },
            { kind: 'malformed', share: 0.05 },
            { kind: 'hang', share: 0.04 },
            { kind: 'wrong-type', share: 0.04 },
            { kind: 'empty', share: 0.06 },
            { kind: 'refusal', share: 0.06 },
          ],
        },
      ),
    );
    expect(live!.provider.faults.size).toBeGreaterThan(5);
    expect(anchors.asked).toBe(30);
    expect(anchors.answered + anchors.failed).toBe(30);
    expect(anchors.ungradable).toBeGreaterThan(0);
    expect(Object.values(failures).reduce((sum, n) => sum + n, 0)).toBe(anchors.failed);
    expect(held).toBeNull();
  });

  it('gives up on a deployment that cannot work, and says why without its key', async () => {
    const onboarding = await measure(7, WHOLE, { apiKey: 'sk-another-key' });
    expect(onboarding.state).toBe('failed');
    expect(onboarding.error).toMatch(/deployment cannot be used.*Incorrect API key/s);
    expect(onboarding.error).not.toContain('sk-stand-in-key');
    expect(live!.provider.calls).toBeLessThanOrEqual(WHOLE.concurrency);
    expect((await database.profiles.get(live!.model.id))!.state).toBe('draft');
  });

  it('gives up on an endpoint that answers nothing', async () => {
    const onboarding = await measure(
      8,
      { ...WHOLE, concurrency: 5, timeout_ms: 100 },
      { faults: [{ kind: 'server-error', share: 1 }] },
    );
    expect(onboarding.state).toBe('failed');
    expect(onboarding.error).toMatch(/^\d+ anchors brought no answer/);
  });

  it('stops at once when it is cancelled, even in a call that hangs', async () => {
    live = await liveModel(
      database,
      { ability: [0, 0], seed: 9 },
      { faults: [{ kind: 'hang', share: 1 }] },
    );
    const { id } = await live.begin(WHOLE);
    const running = live.run(id);
    await sleep(200);
    const cancelledAt = Date.now();
    await database.onboardings.cancel(id);
    expect(await running).toEqual({ state: 'cancelled' });
    expect(Date.now() - cancelledAt).toBeLessThan(3_000);
    expect((await database.onboardings.get(id))!.state).toBe('cancelled');
  });

  it('recovers the accuracy within its interval, over thirty models', async () => {
    let covered = 0;
    let spent = 0;
    const errors: number[] = [];
    for (let seed = 100; seed < 130; seed++) {
      const result = resultOf(await measure(seed, { ...WHOLE, max_anchors: 50, concurrency: 16 }));
      await live!.close();
      live = null;
      const items = trueItems(seed);
      const ability = drawAbility(seed);
      const truth =
        ANCHORS.reduce((sum, anchor) => {
          const { discrimination, difficulty } = items(anchor);
          const z = discrimination.reduce((s, a, k) => s + a * ability[k]!, 0) - difficulty;
          return sum + 1 / (1 + Math.exp(-z));
        }, 0) / ANCHORS.length;
      const { value, interval } = result.expected_accuracy;
      errors.push(Math.abs(value - truth));
      if (truth >= interval[0] && truth <= interval[1]) covered++;
      spent += result.cost_usd;
    }
    const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    // 90% intervals: fewer than 23 or so of 30 would be one in a thousand.
    expect(covered).toBeGreaterThanOrEqual(23);
    expect(mean).toBeLessThan(0.06);
    expect(spent / 30).toBeLessThan(
      (50 * (400 * PRICES.input_per_mtok + 200 * PRICES.output_per_mtok)) / 1e6,
    );
  });
});
