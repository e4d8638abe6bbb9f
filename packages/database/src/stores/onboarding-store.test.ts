import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { OnboardingProgress, OnboardingResult } from '@zerorouter/contracts';
import { sampleSpace } from '../../test/sample-space.js';
import { describeWithDatabase, runSql } from '../../test/test-database.js';
import { connectDatabase } from '../database.js';
import type { Database } from '../database.js';

const PROGRESS: OnboardingProgress = {
  asked: 3,
  answered: 2,
  failed: 1,
  ungradable: 0,
  spent_usd: 0.25,
  expected_accuracy: { value: 0.5, sd: 0.1, interval: [0.3, 0.7] },
};
const RESULT = { cost_usd: 0.5, profile_version: 2 } as OnboardingResult;

describeWithDatabase('OnboardingStore and AnchorAnswers', (databaseUrl) => {
  let database: Database;
  let modelId: string;
  beforeAll(async () => {
    database = connectDatabase(databaseUrl());
    const space = sampleSpace('v1');
    await database.spaces.create(space);
    const { model, ability, length, cost, latency } = space.subjects[0]!;
    const stored = await database.profiles.upsert({
      profile: { model, ability, length, cost, latency },
      spaceVersion: 'v1',
      state: 'draft',
      contextWindow: null,
      capabilities: [],
    });
    modelId = stored.id;
    await database.anchors.createSet({ id: 'set', name: 'set', spaceVersion: 'v1' });
    await database.anchors.addAnchors(
      'set',
      ['a', 'b', 'c'].map((id) => ({
        id,
        text: `Question ${id}?`,
        domain: 'logic',
        grader: { kind: 'exact', value: '1' },
        discrimination: [1, 1],
        difficulty: 0,
        difficultyVariance: 1,
        logOutputTokens: 5,
      })),
    );
  });
  beforeEach(() => runSql(databaseUrl(), 'DELETE FROM onboardings'));
  afterAll(() => database.close());

  const create = () =>
    database.onboardings.create({
      modelId,
      spaceVersion: 'v1',
      anchorSetId: 'set',
      settings: { max_anchors: 3 },
    });

  it('leads a run from queued to its end, and lets nothing change it afterwards', async () => {
    const { id } = await create();
    expect(await database.onboardings.start(id)).toBe(true);
    expect(await database.onboardings.record(id, PROGRESS)).toBe(true);
    expect(await database.onboardings.get(id)).toMatchObject({
      state: 'running',
      progress: PROGRESS,
      costUsd: 0.25,
      finishedAt: null,
    });
    expect(await database.onboardings.succeed(id, RESULT, '<!doctype html>')).toBe(true);
    expect(await database.onboardings.fail(id, 'late')).toBe(false);
    expect(await database.onboardings.record(id, PROGRESS)).toBe(false);
    await expect(database.onboardings.cancel(id)).rejects.toMatchObject({
      code: 'onboarding-finished',
    });
    expect(await database.onboardings.get(id)).toMatchObject({
      state: 'succeeded',
      result: RESULT,
      error: null,
      costUsd: 0.5,
      finishedAt: expect.any(Date),
    });
    expect(await database.onboardings.report(id)).toBe('<!doctype html>');
  });

  it('runs one onboarding of a model at a time, however many are asked for at once', async () => {
    const tries = await Promise.allSettled(Array.from({ length: 8 }, create));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const attempt of tries)
      if (attempt.status === 'rejected')
        expect(attempt.reason).toMatchObject({ code: 'onboarding-in-progress' });
    const [running] = await database.onboardings.list(modelId);
    await database.onboardings.cancel(running!.id);
    expect((await create()).state).toBe('queued');
  });

  it('names unfinished runs that stand still', async () => {
    const { id } = await create();
    expect(await database.onboardings.idle(60_000)).toEqual([]);
    await runSql(databaseUrl(), `UPDATE onboardings SET updated_at = now() - interval '2 minutes'`);
    expect(await database.onboardings.idle(60_000)).toEqual([id]);
    await database.onboardings.cancel(id);
    await runSql(databaseUrl(), `UPDATE onboardings SET updated_at = now() - interval '2 minutes'`);
    expect(await database.onboardings.idle(60_000)).toEqual([]);
  });

  it('knows after any crash which anchors are answered and what may have been spent', async () => {
    const { id } = await create();
    const answers = database.anchorAnswers;
    const plan = ['a', 'b'].map((anchorId, position) => ({
      position,
      anchorId,
      heldOut: position === 1,
    }));
    await answers.plan(id, 'set', plan);
    await answers.reserve(id, 0, 0.5);
    await answers.settle(id, 0, { reservedUsd: 0.5, costUsd: 0.125 });
    await answers.conclude(id, 0, {
      text: '1',
      score: 1,
      gradable: true,
      inputTokens: 10,
      outputTokens: 5,
      ttftMs: 100,
      totalMs: 200,
      error: null,
    });
    await answers.reserve(id, 1, 0.5);
    await answers.plan(id, 'set', [...plan, { position: 2, anchorId: 'c', heldOut: false }]);
    const rows = await answers.list(id);
    expect(rows.map(({ anchorId, heldOut, score }) => [anchorId, heldOut, score])).toEqual([
      ['a', false, 1],
      ['b', true, null],
      ['c', false, null],
    ]);
    expect(rows[0]).toMatchObject({ reservedUsd: 0, costUsd: 0.125, attempts: 1 });
    expect(rows[1]).toMatchObject({ reservedUsd: 0.5, costUsd: null, attempts: 1 });
  });
});
