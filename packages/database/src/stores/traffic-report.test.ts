import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { describeWithDatabase } from '../../test/test-database.js';
import { connectDatabase } from '../database.js';
import type { Database } from '../database.js';
import type { DecisionRecord } from './decision-store.js';

const START = Date.UTC(2026, 0, 1);
const at = (minutes: number) => new Date(START + minutes * 60_000);

describeWithDatabase('TrafficReport', (databaseUrl) => {
  let database: Database;

  const decision = (id: string, minutes: number, model: string, p: number, cost: number | null) =>
    ({
      id,
      createdAt: at(minutes),
      keyId: null,
      textHash: 'ab'.repeat(32),
      spaceVersion: 'v1',
      latents: {
        discrimination: [1, 2],
        difficulty: minutes,
        difficultyVariance: 0,
        logOutputTokens: 5,
        inputTokens: 10,
        familiarity: 1,
      },
      policy: 'balanced',
      weights: { accuracy: 1, cost: 0, latency: 0 },
      constraints: {},
      candidates: [
        {
          model,
          p_correct: p,
          interval: [0.1, 0.9],
          cost_usd: cost,
          latency_ms: null,
          output_tokens: null,
          utility: p,
        },
      ],
      profileVersions: {},
      model,
      reason: '',
      propensity: 1,
      budget: null,
      exploration: null,
      overheadMs: minutes,
      requestStats: {},
    }) satisfies DecisionRecord;

  beforeAll(async () => {
    database = connectDatabase(databaseUrl());
    await database.decisions.appendMany([
      decision('before', -1, 'a', 0.1, 9),
      decision('d1', 0, 'a', 0.5, 0.25),
      { ...decision('d2', 4, 'b', 0.75, null), requestStats: { answered_by: 'a' } },
      decision('d3', 7, 'a', 0.25, 0.5),
      decision('after', 10, 'a', 0.1, 9),
    ]);
    for (const [decisionId, source, score] of [
      ['d1', 'judge', 1],
      ['d1', 'user', 0],
      // Of an answer that was not the chosen model's.
      ['d2', 'judge', 0],
      ['d3', 'judge', 1],
    ] as const)
      await database.feedback.create({
        decisionId,
        keyId: null,
        source,
        score,
        outputTokens: null,
        idempotencyKey: null,
      });
    const client = new pg.Client(databaseUrl());
    await client.connect();
    // Feedback on a model that nobody knows is ignored; here it counts, but for one source.
    await client.query(`UPDATE feedback SET state = 'learned'`);
    await client.query(
      `UPDATE feedback SET state = 'quarantined' WHERE decision_id = 'd1' AND score = 0`,
    );
    await client.end();
  }, 30_000);
  afterAll(() => database.close());

  it('sums up in all, by bucket and by model, the end excluded', async () => {
    const rows = await database.traffic.sum({ from: at(0), to: at(10), bucketS: 300 });
    const total = rows.find((row) => row.at === null && row.model === null);
    expect(total).toMatchObject({
      decisions: 3,
      priced: 2,
      costUsd: 0.75,
      meanCorrect: 0.5,
      judged: 2,
      meanScore: 1,
      judgedMeanCorrect: 0.375,
      judgedVariance: 0.25 + 0.1875,
      overheadP50: 4,
    });
    const buckets = rows.filter((row) => row.at !== null);
    expect(buckets.map((row) => [row.at, row.decisions, row.costUsd])).toEqual([
      [at(0), 2, 0.25],
      [at(5), 1, 0.5],
    ]);
    const models = rows.filter(({ model }) => model !== null);
    expect(models.map((row) => [row.model, row.decisions, row.judged, row.priced])).toEqual([
      ['a', 2, 2, 2],
      ['b', 1, 0, 0],
    ]);
  });

  it('maps the newest decisions of a space, and anchors that have coordinates', async () => {
    const mapped = await database.traffic.decisionsOf('v1', 2);
    expect(mapped.map(({ id, pCorrect, latents }) => [id, pCorrect, latents.difficulty])).toEqual([
      ['after', 0.1, 10],
      ['d3', 0.25, 7],
    ]);
    expect(await database.traffic.decisionsOf('v2', 2)).toEqual([]);
    expect(await database.traffic.anchorsOf('v1', 5)).toEqual([]);
  });
});
