import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { RouteCandidate } from '@zerorouter/contracts';
import pg from 'pg';
import { sampleCall } from '../../test/sample-call.js';
import { sampleDecision } from '../../test/sample-decision.js';
import { describeWithDatabase } from '../../test/test-database.js';
import { connectDatabase } from '../database.js';
import type { Database } from '../database.js';
import type { SavingsGrouping, SavingsRow } from './savings-report.js';

const DAY = 86_400_000;
const START = Date.UTC(2026, 5, 1);
const PERIOD = { from: new Date(START), to: new Date(START + 3 * DAY) };

const candidate = (model: string, costUsd: number | null, pCorrect: number): RouteCandidate => ({
  model,
  p_correct: pCorrect,
  interval: [0.1, 0.9],
  cost_usd: costUsd,
  latency_ms: null,
  output_tokens: null,
  utility: 1,
});

async function query(databaseUrl: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(text);
  await client.end();
}

describeWithDatabase('SavingsReport', (databaseUrl) => {
  let database: Database;

  beforeAll(async () => {
    database = connectDatabase(databaseUrl());
    const candidates = [
      candidate('a', 0.25, 0.5),
      candidate('b', 1, 0.75),
      candidate('c', null, 0.25),
    ];
    const decide = (id: string, day: number, model: string, more = {}) =>
      sampleDecision({ id, createdAt: new Date(START + day * DAY), candidates, model, ...more });
    const baseline = { model: 'b', costUsd: 1, pCorrect: 0.75 };
    await database.decisions.appendMany([
      decide('before', -0.01, 'a', { baseline }),
      decide('d1', 0, 'a', { baseline, keyId: 'k1' }),
      decide('d2', 1.5, 'a', { baseline }),
      decide('d3', 1.5, 'b', { baseline: { ...baseline, costUsd: null }, policy: 'other' }),
      decide('d4', 2.99, 'c', { keyId: 'k1' }),
      decide('after', 3, 'a', { baseline }),
    ]);
    const call = (decisionId: string | null, more: object) =>
      sampleCall({ decisionId, createdAt: new Date(START + DAY), ...more });
    await database.calls.appendMany([
      // Its own time and model are those of its decision.
      call('d1', {
        createdAt: new Date(START - DAY),
        costUsd: 0.5,
        lostUsd: 0.125,
        cachedTokens: 64,
      }),
      call('d3', { costUsd: 2, estimated: true, reasoningTokens: 30 }),
      call('d4', { costUsd: null, ending: 'broken' }),
      call(null, { costUsd: 4, model: 'a', keyId: 'k1' }),
      call(null, {
        costUsd: 0,
        model: 'b',
        ending: 'refused',
        inputTokens: null,
        outputTokens: null,
      }),
      call('before', { costUsd: 9 }),
    ]);
    const judge = (
      decisionId: string,
      source: string,
      score: number,
      keyId: string | null = null,
    ) =>
      database.feedback.create({
        decisionId,
        keyId,
        source,
        score,
        outputTokens: null,
        idempotencyKey: null,
      });
    await judge('d2', 's1', 1);
    await judge('d2', 's2', 0.5);
  });
  afterAll(() => database.close());

  const groups = async (groupBy: SavingsGrouping) =>
    (await database.savings.sum({ ...PERIOD, groupBy, limit: 10 })).map(
      ({ group, decided, pinned, realisedUsd }) => [group, decided, pinned, realisedUsd],
    );

  it('sums what was predicted and what it cost, apart', async () => {
    const total: SavingsRow = {
      group: null,
      decided: 4,
      pinned: 2,
      predicted: 3,
      predictedUsd: 1.5,
      realised: 4,
      realisedUsd: 6.5,
      realisedEstimated: 1,
      comparable: 2,
      comparablePredictedUsd: 1.25,
      comparableRealisedUsd: 2.5,
      unpriced: 1,
      lostUsd: 0.125,
      inputTokens: 400,
      cachedTokens: 64,
      outputTokens: 200,
      reasoningTokens: 30,
      baseline: 2,
      baselineUsd: 2,
      baselinePredictedUsd: 0.5,
      baselineRealised: 1,
      baselineOfRealisedUsd: 1,
      baselineRealisedUsd: 0.5,
      meanCorrect: 0.5,
      baselineMeanCorrect: 0.75,
      judged: 0,
      meanScore: null,
      judgedMeanCorrect: null,
    };
    expect(await database.savings.total(PERIOD)).toEqual(total);
  });

  it('groups them', async () => {
    expect(await groups('model')).toEqual([
      ['a', 2, 1, 4.5],
      ['b', 1, 1, 2],
      ['c', 1, 0, 0],
    ]);
    expect(await groups('policy')).toEqual([
      ['pinned', 0, 2, 4],
      ['other', 1, 0, 2],
      ['balanced', 3, 0, 0.5],
    ]);
    expect(await groups('key')).toEqual([
      ['k1', 2, 1, 4.5],
      [null, 2, 1, 2],
    ]);
    expect(await groups('day')).toEqual([
      ['2026-06-01', 1, 0, 0.5],
      ['2026-06-02', 2, 2, 6],
      ['2026-06-03', 1, 0, 0],
    ]);
    const [first, ...others] = await database.savings.sum({
      ...PERIOD,
      groupBy: 'model',
      limit: 1,
    });
    expect([first?.group, others]).toEqual(['a', []]);
  });

  it('counts a judgement that is not in quarantine, once a decision', async () => {
    await query(databaseUrl(), `UPDATE feedback SET state = 'learned' WHERE decision_id = 'd2'`);
    const judged = async () => {
      const total = await database.savings.total(PERIOD);
      return [total?.judged, total?.meanScore, total?.judgedMeanCorrect];
    };
    expect(await judged()).toEqual([1, 0.75, 0.5]);
    await query(
      databaseUrl(),
      `UPDATE feedback SET state = 'quarantined' WHERE decision_id = 'd2' AND score = 1`,
    );
    expect(await judged()).toEqual([1, 0.5, 0.5]);
  });

  it('says nothing of a period without requests', async () => {
    const empty = { from: new Date(0), to: new Date(DAY) };
    expect(await database.savings.total(empty)).toBeNull();
    expect(await database.savings.sum({ ...empty, groupBy: 'key', limit: 5 })).toEqual([]);
  });
});
