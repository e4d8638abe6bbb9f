import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { sampleDecision } from '../../test/sample-decision.js';
import { sampleProfile, sampleSpace } from '../../test/sample-space.js';
import { describeWithDatabase, runSql } from '../../test/test-database.js';
import { connectDatabase } from '../database.js';
import type { Database } from '../database.js';
import type { LearningBatch, LearningResult } from './feedback-learning.js';
import type { NewFeedback } from './feedback-store.js';

const MODEL = 'acme/model';

/** Counts its verdicts in the first coordinate of the ability. */
function countVerdicts({ profile, verdicts, sources, state }: LearningBatch): LearningResult {
  const { mean, covariance } = profile.ability;
  return {
    profile: {
      ...profile,
      ability: { mean: [mean[0]! + verdicts.length, ...mean.slice(1)], covariance },
    },
    state: { batches: ((state?.['batches'] as number | undefined) ?? 0) + 1 },
    sources: sources.map(({ id }) => ({ id, state: {}, quarantine: null })),
    settled: verdicts.map(({ id }) => ({ id, as: 'learned' })),
  };
}

describeWithDatabase('FeedbackStore and FeedbackLearning', (databaseUrl) => {
  let database: Database;
  let modelId: string;
  beforeAll(async () => {
    database = connectDatabase(databaseUrl());
    await database.spaces.create(sampleSpace('v1'));
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await runSql(databaseUrl(), 'TRUNCATE decisions, feedback, feedback_sources, models CASCADE');
    const { id } = await database.profiles.upsert({
      profile: sampleProfile(MODEL, 0),
      spaceVersion: 'v1',
      state: 'active',
      contextWindow: null,
      capabilities: [],
    });
    modelId = id;
  });

  const decide = async (overrides: Parameters<typeof sampleDecision>[0] = {}) => {
    const record = sampleDecision(overrides);
    await database.decisions.appendMany([record]);
    return record.id;
  };
  const give = (decisionId: string, more: Partial<NewFeedback> = {}) =>
    database.feedback.create({
      decisionId,
      keyId: null,
      source: 'users',
      score: 1,
      outputTokens: null,
      idempotencyKey: null,
      ...more,
    });
  const states = async () => {
    const { rows } = await runSql(
      databaseUrl(),
      'SELECT state FROM feedback ORDER BY created_at, id',
    );
    return (rows as { state: string }[]).map(({ state }) => state);
  };
  const learn = (work = countVerdicts, limit = 100) =>
    database.feedbackLearning.learn(modelId, limit, (batch) => Promise.resolve(work(batch)));

  it('takes feedback on decisions of the caller alone', async () => {
    const id = await decide();
    const { feedback, created } = await give(id, { score: 0.5, outputTokens: 20 });
    expect(created).toBe(true);
    expect(feedback).toMatchObject({
      decisionId: id,
      modelId,
      spaceVersion: 'v1',
      source: 'users',
      score: 0.5,
      outputTokens: 20,
      state: 'pending',
      settledAt: null,
    });
    await expect(give(id, { keyId: 'key_other' })).rejects.toMatchObject({
      code: 'decision-not-found',
    });
    await expect(give('dec_none')).rejects.toMatchObject({ code: 'decision-not-found' });
    await give(await decide());
    const { feedback: later } = await give(id, { source: 'tests' });
    expect(await database.feedback.ofDecision(id)).toEqual([feedback, later]);
  });

  it('is about the model that answered, whichever was chosen', async () => {
    const { id: fallback } = await database.profiles.upsert({
      profile: sampleProfile('acme/fallback', 0),
      spaceVersion: 'v1',
      state: 'active',
      contextWindow: null,
      capabilities: [],
    });
    const answeredBy = async (name: string | null) =>
      (await give(await decide({ requestStats: { answered_by: name } }))).feedback;
    expect(await answeredBy(MODEL)).toMatchObject({ modelId, state: 'pending' });
    expect(await answeredBy('acme/fallback')).toMatchObject({
      modelId: fallback,
      state: 'pending',
    });
    // Where nobody has answered, there is nothing to learn of anybody.
    expect(await answeredBy(null)).toMatchObject({ modelId: null, state: 'ignored' });
    expect(await answeredBy('acme/gone')).toMatchObject({ modelId: null, state: 'ignored' });

    expect(await learn()).toBe(1);
    const mean = async (name: string) =>
      (await database.profiles.get(name))!.profile.ability.mean[0]!;
    expect(await mean('acme/fallback')).toBe(sampleProfile(MODEL, 0).ability.mean[0]);
    expect(await mean(MODEL)).toBe(sampleProfile(MODEL, 0).ability.mean[0]! + 1);
  });

  it('knows an idempotency key again, without an API key as well', async () => {
    const [first, second] = [await decide(), await decide()];
    const once = { idempotencyKey: 'once' };
    const answers = await Promise.all(Array.from({ length: 5 }, () => give(first, once)));
    expect(new Set(answers.map(({ feedback }) => feedback.id)).size).toBe(1);
    expect(answers.filter(({ created }) => created).length).toBe(1);
    for (const other of [{ score: 0 }, { source: 'tests' }, { outputTokens: 3 }])
      await expect(give(first, { ...once, ...other })).rejects.toMatchObject({
        code: 'idempotency-key-reused',
      });
    await expect(give(second, once)).rejects.toMatchObject({ code: 'idempotency-key-reused' });
    const race = await Promise.allSettled(
      [await decide(), await decide(), await decide()].map((id) =>
        give(id, { idempotencyKey: 'race' }),
      ),
    );
    expect(race.filter(({ status }) => status === 'fulfilled').length).toBe(1);
  });

  it('takes one judgement a source, and several sources', async () => {
    const id = await decide();
    await give(id);
    expect((await give(id)).created).toBe(false);
    await expect(give(id, { score: 0 })).rejects.toMatchObject({ code: 'feedback-given' });
    expect((await give(id, { source: 'tests', score: 0 })).created).toBe(true);
    expect(
      (await database.feedback.sources()).map(({ name, feedback }) => [name, feedback.pending]),
    ).toEqual([
      ['tests', 1],
      ['users', 1],
    ]);
  });

  it('makes one version of a batch, with the feedback settled', async () => {
    for (let i = 0; i < 3; i++) await give(await decide());
    expect(await database.feedback.modelsWithPending(0)).toEqual([modelId]);
    expect(await database.feedback.modelsWithPending(60_000)).toEqual([]);
    expect(await learn()).toBe(3);
    expect(await learn()).toBe(0);
    expect(await states()).toEqual(['learned', 'learned', 'learned']);
    const stored = await database.profiles.get(modelId);
    expect(stored?.version).toBe(2);
    expect(stored?.profile.ability.mean[0]).toBe(3);
  });

  it('settles nothing when learning fails, and each verdict once, however many learn', async () => {
    for (let i = 0; i < 20; i++) await give(await decide());
    await expect(
      learn((batch) => {
        countVerdicts(batch);
        throw new Error('killed');
      }),
    ).rejects.toThrow('killed');
    expect((await database.profiles.get(modelId))?.version).toBe(1);
    const settled = await Promise.all(Array.from({ length: 6 }, () => learn(countVerdicts, 7)));
    expect([...settled].sort()).toEqual([0, 0, 0, 6, 7, 7]);
    const stored = await database.profiles.get(modelId);
    expect([stored?.version, stored?.profile.ability.mean[0]]).toEqual([4, 20]);
  });

  it('hands over what was learnt before, and begins anew with another profile', async () => {
    const id = await decide();
    await give(id);
    await learn();
    const seen: LearningBatch[] = [];
    const look = (batch: LearningBatch) => {
      seen.push(batch);
      return countVerdicts(batch);
    };
    await give(id, { source: 'tests', score: 0 });
    await learn(look);
    expect(seen[0]).toMatchObject({
      state: { batches: 1 },
      earlier: [{ decisionId: id, score: 1 }],
    });
    expect(seen[0]?.sources.map(({ name }) => name).sort()).toEqual(['tests', 'users']);
    await database.profiles.upsert({
      profile: sampleProfile(MODEL, 7),
      spaceVersion: 'v1',
      state: 'active',
      contextWindow: null,
      capabilities: [],
    });
    await give(await decide());
    await learn(look);
    expect(seen[1]?.state).toBeNull();
    expect(seen[1]?.earlier).toEqual([]);
  });

  it('sets aside what no profile can learn from', async () => {
    const gone = await give(await decide({ model: 'acme/gone' }));
    expect(gone.feedback.state).toBe('ignored');
    await give(await decide());
    await database.profiles.setState(modelId, 'retired');
    expect(await learn()).toBe(1);
    expect(await states()).toEqual(['ignored', 'ignored']);
    expect((await database.profiles.get(modelId))?.version).toBe(1);
  });

  it('sets aside what is said of an answer that has been graded', async () => {
    const [graded, other] = [await decide(), await decide()];
    await runSql(
      databaseUrl(),
      `INSERT INTO labels (id, decision_id, model_id, key_id, score, profile_version)
       VALUES ('lbl_1', '${graded}', '${modelId}', 'key_1', 1, 1)`,
    );
    await give(graded);
    await give(other);
    expect(await learn()).toBe(1);
    expect((await states()).sort()).toEqual(['ignored', 'learned']);
    expect(await learn()).toBe(0);
  });

  it('keeps a quarantined source from the profile, until it is released', async () => {
    const quarantine = (batch: LearningBatch): LearningResult => ({
      ...countVerdicts(batch),
      profile: batch.profile,
      sources: batch.sources.map(({ id }) => ({ id, state: { bad: true }, quarantine: 'it lies' })),
      settled: batch.verdicts.map(({ id }) => ({ id, as: 'quarantined' })),
    });
    await give(await decide());
    await learn(quarantine);
    expect((await database.profiles.get(modelId))?.version).toBe(1);
    const [source] = await database.feedback.sources();
    expect(source).toMatchObject({ quarantine: 'it lies', feedback: { quarantined: 1 } });
    await give(await decide());
    let handed: LearningBatch | undefined;
    await learn((batch) => {
      handed = batch;
      return quarantine(batch);
    });
    expect(handed?.sources).toMatchObject([{ quarantined: true, state: { bad: true } }]);

    expect(await database.feedback.release(source!.id, { learn: true })).toEqual([modelId]);
    await expect(database.feedback.release(source!.id, { learn: true })).rejects.toMatchObject({
      code: 'source-trusted',
    });
    await expect(database.feedback.release('src_none', { learn: true })).rejects.toMatchObject({
      code: 'feedback-source-not-found',
    });
    await learn((batch) => {
      handed = batch;
      return countVerdicts(batch);
    });
    expect(handed?.verdicts.map(({ vouched }) => vouched)).toEqual([true, true]);
    expect(handed?.sources).toMatchObject([{ quarantined: false, state: null }]);
    expect((await database.profiles.get(modelId))?.profile.ability.mean[0]).toBe(2);
  });

  it('lets one process do a slot of sentinels', async () => {
    const slot = { modelId, spaceVersion: 'v1', slot: 5 };
    const claims = await Promise.all(
      Array.from({ length: 4 }, () => database.sentinels.claim(slot, 60_000)),
    );
    expect(claims.filter((claim) => claim !== null)).toEqual([0]);
    await database.sentinels.spend(slot, 0.25);
    expect(await database.sentinels.claim(slot, 0)).toBe(0.25);
    await database.sentinels.finish(slot, { answers: [] });
    expect(await database.sentinels.claim(slot, 0)).toBeNull();
    expect(await database.sentinels.claim({ ...slot, slot: 6 }, 0)).toBe(0);
  });
});
