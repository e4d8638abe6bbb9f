import { afterAll, beforeAll, beforeEach, expect, it, jest } from '@jest/globals';
import type { QueryLatents } from '@zerorouter/contracts';
import { connectDatabase } from '@zerorouter/database';
import type { Database } from '@zerorouter/database';
import { seededRandom } from '@zerorouter/latent-space';
import { DEFAULT_LEARNING } from '@zerorouter/learning';
import { createLogger } from '@zerorouter/platform';
import { sampleDecision } from '../../../../packages/database/test/sample-decision.js';
import { sampleProfile, sampleSpace } from '../../../../packages/database/test/sample-space.js';
import { describeWithDatabase, runSql } from '../../../../packages/database/test/test-database.js';
import { LearnFeedbackProcessor } from './learn-feedback.processor.js';

const MODEL = 'acme/model';
const signal = new AbortController().signal;

function latents(random: { normal(): number }): QueryLatents {
  return {
    discrimination: [1.2, 0.3 * random.normal()],
    difficulty: random.normal(),
    difficultyVariance: 0.05,
    logOutputTokens: 5,
    inputTokens: 20,
    familiarity: 1,
  };
}

jest.setTimeout(60_000);

describeWithDatabase('learning from feedback', (databaseUrl) => {
  let database: Database;
  let modelId: string;
  beforeAll(async () => {
    database = connectDatabase(databaseUrl(), { maxConnections: 12 });
    await database.spaces.create(sampleSpace('v1'));
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await runSql(
      databaseUrl(),
      'TRUNCATE decisions, feedback, feedback_sources, models, alerts CASCADE',
    );
    await addModel();
  });

  const addModel = async (covariance = [0.2, 0, 0, 0.2]) => {
    ({ id: modelId } = await database.profiles.upsert({
      profile: { ...sampleProfile(MODEL), ability: { mean: [1, 0], covariance } },
      spaceVersion: 'v1',
      state: 'active',
      contextWindow: null,
      capabilities: [],
    }));
  };
  const learner = (broken = 0) =>
    new LearnFeedbackProcessor({
      database: {
        alerts: database.alerts,
        feedbackLearning:
          broken === 0 ? database.feedbackLearning : (killedNowAndThen(broken) as never),
      },
      settings: DEFAULT_LEARNING,
      logger: createLogger('profiler', 'silent'),
      gatherMs: 0,
    });
  /** Learns for real and then dies before the commit, in two tries of three. */
  const killedNowAndThen = (seed: number) => {
    const random = seededRandom(seed);
    return {
      learn: (id: string, _limit: number, work: (batch: never) => Promise<never>) =>
        database.feedbackLearning.learn(id, 1 + random.integer(12), async (batch) => {
          const result = await work(batch as never);
          if (random.uniform() < 0.66) throw new Error('killed');
          return result;
        }),
    };
  };

  /** Verdicts with times of their own, so that every run has the same ones. */
  const give = async (count: number, score: (i: number) => number, source = 'users', from = 0) => {
    const random = seededRandom(1);
    const records = Array.from({ length: count }, () =>
      sampleDecision({ latents: latents(random) }),
    );
    await database.decisions.appendMany(records);
    await Promise.all(
      records.map(({ id }, i) =>
        database.feedback.create({
          decisionId: id,
          keyId: null,
          source,
          score: score(i),
          outputTokens: 150,
          idempotencyKey: null,
        }),
      ),
    );
    // Ids of decisions rise.
    await runSql(
      databaseUrl(),
      `UPDATE feedback SET created_at = timestamptz '2030-01-01' + (${from} + place) * interval '1 minute'
       FROM (SELECT id, row_number() OVER (ORDER BY decision_id) AS place FROM feedback
             WHERE decision_id >= '${records[0]!.id}') AS ordered
       WHERE ordered.id = feedback.id`,
    );
  };
  const fixStart = () =>
    runSql(databaseUrl(), `UPDATE model_profile_versions SET created_at = '2029-12-31'`);
  const ability = async () => (await database.profiles.get(modelId))!.profile.ability;
  const openAlerts = () => database.alerts.list({ open: true });

  it('comes to the same profile when learners are killed, come twice and run side by side', async () => {
    const scores = (i: number) => (i % 3 === 0 ? 0 : 1);
    await give(40, scores);
    await fixStart();
    expect(await learner().process({ modelId }, { signal })).toEqual({ settled: 40 });
    const whole = await ability();
    expect((await database.profiles.get(modelId))?.version).toBe(2);

    for (let seed = 1; seed <= 3; seed++) {
      await runSql(databaseUrl(), 'TRUNCATE decisions, feedback, feedback_sources, models CASCADE');
      await addModel();
      await give(40, scores);
      await fixStart();
      const left = async () => (await database.feedback.modelsWithPending(-1e12)).length;
      for (let round = 0; (await left()) > 0; round += 3)
        await Promise.allSettled(
          [1, 2, 3].map((lane) =>
            learner(1_000 * seed + round + lane).process({ modelId }, { signal }),
          ),
        );
      expect(await ability()).toEqual(whole);
    }
  });

  it('raises an alert of drift with the evidence, and says how to measure again', async () => {
    await addModel([0.02, 0, 0, 0.02]);
    await give(80, (i) => (i % 5 < 2 ? 1 : 0));
    await fixStart();
    await learner().process({ modelId }, { signal });
    const drift = (await openAlerts()).find(({ kind }) => kind === 'drift');
    expect(drift).toMatchObject({ modelId, evidence: { direction: 'worse' } });
    expect(drift?.message).toContain(`POST /admin/v1/models/${modelId}/onboardings`);
    expect((drift?.evidence['residuals'] as unknown[]).length).toBeGreaterThan(5);
    expect((await ability()).mean[0]).toBeLessThan(1);
  });

  it('quarantines a source that contradicts the model, and stops learning from it', async () => {
    await give(60, () => 0, 'liar');
    await fixStart();
    await learner().process({ modelId }, { signal });
    const [source] = await database.feedback.sources();
    expect(source?.quarantine).toMatch(/harsher/);
    expect(source?.feedback.quarantined).toBeGreaterThan(20);
    const alert = (await openAlerts()).find(({ kind }) => kind.startsWith('feedback-quarantine'));
    expect(alert?.message).toContain(`/admin/v1/feedback-sources/${source?.id}/release`);
    const before = await ability();
    await give(5, () => 0, 'liar', 1_000);
    expect(await learner().process({ modelId }, { signal })).toEqual({ settled: 5 });
    expect(await ability()).toEqual(before);

    // Released, what it said is learnt, whatever it says.
    await database.feedback.release(source!.id, { learn: true });
    await learner().process({ modelId }, { signal });
    expect((await database.feedback.sources())[0]?.feedback).toMatchObject({
      learned: 65,
      quarantined: 0,
    });
    expect((await database.profiles.get(modelId))?.version).toBe(3);
  });

  it('learns how long answers are', async () => {
    await give(30, () => 1);
    await learner().process({ modelId }, { signal });
    const { length } = (await database.profiles.get(modelId))!.profile;
    // 150 tokens where e⁵ were expected of the query: an offset of log(150) − 5.
    expect(length?.offset).toBeLessThan(0.1);
    expect(length?.offsetVariance).toBeLessThan(0.02);
    expect(length?.smearing).toBe(sampleProfile(MODEL).length?.smearing);
  });
});
