import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { sampleCall } from '../../test/sample-call.js';
import { sampleDecision } from '../../test/sample-decision.js';
import { sampleProfile, sampleSpace } from '../../test/sample-space.js';
import { describeWithDatabase, runSql } from '../../test/test-database.js';
import { connectDatabase } from '../database.js';
import type { Database } from '../database.js';
import type { DecisionRecord } from './decision-store.js';
import type { RollOutTerms } from './roll-out-records.js';

describeWithDatabase('PolicyEvidence', (databaseUrl) => {
  let database: Database;
  beforeAll(async () => {
    database = connectDatabase(databaseUrl());
    await database.spaces.create(sampleSpace('v1'));
    for (const name of ['acme/model', 'acme/rival'])
      await database.profiles.upsert({
        profile: sampleProfile(name, 0),
        spaceVersion: 'v1',
        state: 'active',
        contextWindow: null,
        capabilities: [],
      });
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await runSql(databaseUrl(), 'TRUNCATE decisions, labels, feedback, calls CASCADE');
  });

  const decide = async (overrides: Partial<DecisionRecord> = {}): Promise<string> => {
    const record = sampleDecision(overrides);
    await database.decisions.appendMany([record]);
    return record.id;
  };
  const judge = (decisionId: string, score: number, source = 'tests') =>
    database.feedback.create({
      decisionId,
      keyId: null,
      source,
      score,
      outputTokens: null,
      idempotencyKey: null,
    });
  const grade = (decisionId: string, model: string, score: number) =>
    database.labels.grade(
      { keyId: 'key_1', spaceVersion: 'v1', grades: [{ decisionId, model, score }] },
      ({ ability }) => ability,
    );

  it('takes an administrator’s grade of the model that answered before feedback, and trusted sources together', async () => {
    const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));
    const [twice, graded, rival, distrusted, none] = await Promise.all(
      [1, 2, 3, 4, 5].map((second) => decide({ createdAt: at(second) })),
    );
    await judge(twice!, 1, 'one');
    await judge(twice!, 0.5, 'another');
    await judge(graded!, 1);
    await grade(graded!, 'acme/model', 0);
    await judge(rival!, 1);
    await grade(rival!, 'acme/rival', 0);
    const fallback = await decide({
      createdAt: at(6),
      requestStats: { answered_by: 'acme/rival' },
    });
    await judge(fallback, 1);
    await grade(fallback, 'acme/rival', 0);
    await judge(distrusted!, 0);
    await runSql(
      databaseUrl(),
      `UPDATE feedback SET state = 'quarantined' WHERE decision_id = '${distrusted}'`,
    );
    await database.calls.appendMany([sampleCall({ decisionId: graded!, costUsd: 0.25 })]);

    const found = await database.policyEvidence.judged({ limit: 10 });
    expect(
      found.map(({ decision: { id }, score, realisedCostUsd }) => [id, score, realisedCostUsd]),
    ).toEqual([
      [fallback, 0, null],
      [rival, 1, null],
      [graded, 0, 0.25],
      [twice, 0.75, null],
    ]);
    expect(none).toBeDefined();
    const ids = async (selection: { from?: Date; to?: Date; limit: number }) =>
      (await database.policyEvidence.judged(selection)).map(({ decision }) => decision.id);
    expect(await ids({ limit: 1 })).toEqual([fallback]);
    expect(await ids({ from: at(2), to: at(3), limit: 10 })).toEqual([graded]);
  });

  it('counts one answer of each unit of a roll-out, in the order of judgement', async () => {
    const terms = (arm: RollOutTerms['arm'], unit: string, id = 'rol_1') => ({
      rollOut: {
        id,
        arm,
        share: 0.5,
        unit,
        other: { weights: { accuracy: 1, cost: 0, latency: 0 }, constraints: {} },
      },
    });
    const first = await decide(terms('candidate', 'a'));
    const second = await decide(terms('candidate', 'a'));
    const third = await decide(terms('control', 'b'));
    await judge(await decide(terms('control', 'c', 'rol_2')), 1);
    await judge(await decide(), 1);
    await judge(third, 0.25);
    await judge(second, 0);
    await judge(first, 1);
    const { policyEvidence } = database;
    expect(await policyEvidence.armScores('rol_1')).toEqual([
      { arm: 'control', score: 0.25 },
      { arm: 'candidate', score: 0 },
    ]);
    expect(await policyEvidence.armScores('rol_3')).toEqual([]);
    expect((await database.decisions.get(first))?.rollOut).toEqual(terms('candidate', 'a').rollOut);
  });

  it('adds up what policies in shadow would have done otherwise', async () => {
    const candidates: DecisionRecord['candidates'] = [
      {
        model: 'acme/model',
        p_correct: 0.5,
        interval: [0.4, 0.6],
        cost_usd: 0.5,
        latency_ms: null,
        output_tokens: null,
        utility: 0.4,
      },
    ];
    const beside = (shadows: NonNullable<DecisionRecord['shadows']>) =>
      decide({ candidates, shadows });
    await beside({ bold: ['acme/rival', 0.75, 0.75], mean: ['acme/model', 0.5, 0.5] });
    await beside({ bold: ['acme/rival', 1, null], mean: null });
    await decide({ candidates });
    await decide({ candidates, policy: 'other', shadows: { bold: null } });
    const sums = await database.policyEvidence.shadowSums('balanced', { limit: 10 });
    expect(sums).toEqual([
      {
        shadow: 'bold',
        decisions: 2,
        undecided: 0,
        agreed: 0,
        quality: { n: 2, sum: 0.75, squares: 0.3125 },
        cost: { n: 1, sum: 0.25, squares: 0.0625 },
      },
      {
        shadow: 'mean',
        decisions: 2,
        undecided: 1,
        agreed: 1,
        quality: { n: 1, sum: 0, squares: 0 },
        cost: { n: 1, sum: 0, squares: 0 },
      },
    ]);
    expect(await database.policyEvidence.shadowSums('none', { limit: 10 })).toEqual([]);
  });

  it('finds profiles as they were', async () => {
    for (const ability of [1, 2])
      await database.profiles.upsert({
        profile: sampleProfile('acme/changing', ability),
        spaceVersion: 'v1',
        state: 'active',
        contextWindow: null,
        capabilities: [],
      });
    const found = await database.policyEvidence.profilesAt('v1', [
      'acme/changing@1',
      'acme/changing@2',
      'acme/rival@1',
      'acme/rival@7',
      'acme/none@1',
    ]);
    expect([...found].map(([key, { ability }]) => [key, ability.mean[0]]).sort()).toEqual([
      ['acme/changing@1', 1],
      ['acme/changing@2', 2],
      ['acme/rival@1', 0],
    ]);
  });
});
