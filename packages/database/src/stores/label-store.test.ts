import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { sampleDecision } from '../../test/sample-decision.js';
import { sampleProfile, sampleSpace } from '../../test/sample-space.js';
import { describeWithDatabase, runSql } from '../../test/test-database.js';
import { connectDatabase } from '../database.js';
import type { Database } from '../database.js';
import type { Grade } from './label-lookups.js';
import type { GradedAnswer } from './label-store.js';

/** Adds the score to the first coordinate. */
function addScore({ ability, score }: GradedAnswer) {
  return { ...ability, mean: [ability.mean[0]! + score, ...ability.mean.slice(1)] };
}

describeWithDatabase('LabelStore', (databaseUrl) => {
  let database: Database;
  beforeAll(async () => {
    database = connectDatabase(databaseUrl());
    await database.spaces.create(sampleSpace('v1'));
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await runSql(databaseUrl(), 'TRUNCATE decisions, labels, feedback, models CASCADE');
    for (const name of ['acme/model', 'acme/rival', 'acme/gone'])
      await database.profiles.upsert({
        profile: sampleProfile(name, 0),
        spaceVersion: 'v1',
        state: name === 'acme/gone' ? 'retired' : 'active',
        contextWindow: null,
        capabilities: [],
      });
  });

  const decide = async (overrides: Parameters<typeof sampleDecision>[0] = {}) => {
    const record = sampleDecision(overrides);
    await database.decisions.appendMany([record]);
    return record.id;
  };
  const grade = (grades: Grade[], learn = addScore) =>
    database.labels.grade({ keyId: 'key_1', spaceVersion: 'v1', grades }, learn);
  const profile = async (model: string) => (await database.profiles.get(model))!;

  it('learns one version a model, whatever the number of grades, and each grade once', async () => {
    const [first, second] = [await decide({ keyId: 'key_2' }), await decide()];
    const grades = [
      { decisionId: first, model: 'acme/model', score: 1 },
      { decisionId: second, model: 'acme/model', score: 0.5 },
      { decisionId: first, model: 'acme/rival', score: 1 },
    ];
    const { learnt, keyIds } = await grade(grades);
    expect(new Set(keyIds)).toEqual(new Set(['key_2', null]));
    const labels = learnt.map(({ label }) => label);
    expect(new Set(await database.labels.ofDecision(first))).toEqual(
      new Set([labels[0], labels[2]]),
    );
    expect(learnt.map(({ before, after }) => [before.mean[0], after.mean[0]])).toEqual([
      [0, 1],
      [1, 1.5],
      [0, 1],
    ]);
    const model = await profile('acme/model');
    expect([model.version, model.profile.ability.mean[0]]).toEqual([2, 1.5]);
    expect((await profile('acme/rival')).version).toBe(2);

    const again = await grade(grades);
    expect(again.learnt.map(({ created }) => created)).toEqual([false, false, false]);
    expect(again.learnt.map(({ label }) => label)).toEqual(learnt.map(({ label }) => label));
    expect((await profile('acme/model')).version).toBe(2);
  });

  it('learns the same grades once when they come twice at a time', async () => {
    const grades = [{ decisionId: await decide(), model: 'acme/model', score: 1 }];
    const both = await Promise.all([grade(grades), grade(grades)]);
    expect(both.map(({ learnt }) => learnt[0]!.created).sort()).toEqual([false, true]);
    expect((await profile('acme/model')).profile.ability.mean[0]).toBe(1);
  });

  it('refuses all when one cannot be learnt', async () => {
    const decisionId = await decide();
    const elsewhere = await decide({ spaceVersion: 'v0' });
    const good = { decisionId, model: 'acme/model', score: 1 };
    const refused = async (bad: Partial<Grade>, code: string) => {
      await expect(grade([good, { ...good, model: 'acme/rival', ...bad }])).rejects.toMatchObject({
        code,
      });
      expect(await database.labels.list({ limit: 10 })).toEqual([]);
      expect((await profile('acme/model')).version).toBe(1);
    };
    await refused({ model: 'none' }, 'unknown-model');
    await refused({ decisionId: 'dec_none' }, 'decision-not-found');
    await refused({ decisionId: elsewhere }, 'decision-of-other-space');
    await refused({ model: 'acme/gone' }, 'not-profiled');
    await grade([good]);
    await expect(grade([{ ...good, score: 0 }])).rejects.toMatchObject({ code: 'label-given' });
  });

  it('hands out what learnt feedback has said of the same answer', async () => {
    const decisionId = await decide();
    await database.feedback.create({
      decisionId,
      keyId: null,
      source: 'users',
      score: 0,
      outputTokens: null,
      idempotencyKey: null,
    });
    await runSql(databaseUrl(), `UPDATE feedback SET state = 'learned'`);
    const seen: GradedAnswer['earlier'][] = [];
    await grade(
      [
        { decisionId, model: 'acme/model', score: 1 },
        { decisionId, model: 'acme/rival', score: 1 },
      ],
      (answer) => {
        seen.push(answer.earlier);
        return addScore(answer);
      },
    );
    expect(seen).toEqual([[{ score: 0, source: null }], []]);
  });

  it('reads the recent queries of a key, with the models that are judged on them, and pages', async () => {
    const at = (second: number) => new Date(Date.UTC(2030, 0, 1, 0, 0, second));
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) ids.push(await decide({ keyId: 'key_2', createdAt: at(i) }));
    await decide({ keyId: 'key_3' });
    await decide({ keyId: 'key_2', spaceVersion: 'v0' });
    await grade([{ decisionId: ids[0]!, model: 'acme/rival', score: 1 }]);
    await grade([{ decisionId: ids[1]!, model: 'acme/rival', score: 0 }]);
    const query = { keyIds: ['key_2'], spaceVersion: 'v1', limit: 10 };
    const recent = await database.labels.recent(query);
    expect(recent.map(({ id, judged }) => [id, judged])).toEqual([
      [ids[2], []],
      [ids[1], ['acme/rival']],
      [ids[0], ['acme/rival']],
    ]);
    const since = await database.labels.recent({ ...query, since: at(1), limit: 1 });
    expect(since.map(({ id }) => id)).toEqual([ids[2]]);
    expect((await database.labels.recent({ ...query, since: at(1) })).length).toBe(2);

    const [newest] = await database.labels.list({ limit: 1 });
    expect(newest).toMatchObject({ decisionId: ids[1], keyId: 'key_1', profileVersion: 3 });
    const [older] = await database.labels.list({ limit: 1, before: newest!.id });
    expect(older).toMatchObject({ decisionId: ids[0], model: 'acme/rival', score: 1 });
    await expect(database.labels.list({ limit: 1, before: 'lbl_none' })).rejects.toMatchObject({
      code: 'label-not-found',
    });
  });
});
