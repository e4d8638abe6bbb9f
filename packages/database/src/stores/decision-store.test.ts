import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeWithDatabase } from '../../test/test-database.js';
import { connectDatabase } from '../database.js';
import type { Database } from '../database.js';
import { hashCandidates } from './candidate-hash.js';
import type { DecisionFilter, DecisionRecord } from './decision-store.js';

describeWithDatabase('DecisionStore', (databaseUrl) => {
  let database: Database;
  beforeAll(() => {
    database = connectDatabase(databaseUrl());
  });
  afterAll(() => database.close());

  const decision = (id: string, changes: Partial<DecisionRecord> = {}): DecisionRecord => ({
    id,
    createdAt: new Date('2026-01-02T03:04:05.678Z'),
    keyId: null,
    textHash: 'ab'.repeat(32),
    spaceVersion: 'v1',
    latents: {
      discrimination: [0.1234567890123, 1e-9],
      difficulty: -1.5,
      difficultyVariance: 0.25,
      logOutputTokens: 5.25,
      inputTokens: 120,
      familiarity: 0.875,
    },
    policy: 'balanced',
    weights: { accuracy: 1, cost: 0.05, latency: 0.02 },
    constraints: { maxCostUsd: 0.25 },
    candidates: [
      {
        model: 'openai/mini',
        p_correct: 0.8125,
        interval: [0.5, 0.9375],
        cost_usd: 0.0025,
        latency_ms: null,
        output_tokens: 250,
        utility: 0.75,
      },
      {
        model: 'b/c',
        p_correct: 0.5,
        interval: [0.25, 0.75],
        cost_usd: null,
        latency_ms: 1_500,
        output_tokens: null,
        utility: null,
        excluded: 'context window of 8,000 tokens',
      },
    ],
    profileVersions: { 'openai/mini': 3, 'b/c': 1 },
    model: 'openai/mini',
    reason: 'highest utility',
    propensity: 1,
    budget: null,
    exploration: null,
    overheadMs: 4.125,
    requestStats: { characters: 512, tools: false, turns: 3 },
    ...changes,
  });

  const stored = (record: DecisionRecord) => ({
    baseline: null,
    rollOut: null,
    shadows: null,
    session: null,
    sessionHash: null,
    ...record,
    candidatesHash: hashCandidates(record.candidates),
  });

  it('stores candidates that come again as it does others, by the versions of each decision', async () => {
    const { candidates, profileVersions } = decision('again');
    const again = Object.freeze([...candidates]) as typeof candidates;
    const turned = Object.fromEntries(Object.entries(profileVersions).reverse());
    const records = [profileVersions, profileVersions, turned].map((versions, i) =>
      decision(`again-${i}`, { candidates: again, profileVersions: versions }),
    );
    for (const record of records) {
      await database.decisions.appendMany([record]);
      expect(await database.decisions.get(record.id)).toEqual(stored(record));
    }
  });

  it('hashes candidates before their numbers are cut short', async () => {
    const exact = decision('exact');
    exact.candidates[0]!.p_correct = 1 / 3;
    await database.decisions.appendMany([exact]);
    const read = await database.decisions.get('exact');
    expect(read?.candidates[0]?.p_correct).toBe(0.333333);
    expect(read?.candidatesHash).toBe(hashCandidates(exact.candidates));
  });

  it('gives back what was appended', async () => {
    await database.decisions.appendMany([]);
    await database.decisions.appendMany([decision('a'), decision('b', { keyId: 'key_1' })]);
    expect(await database.decisions.get('a')).toEqual(stored(decision('a')));
    const drawn = {
      budget: { price: 12.345678901234, leftUsd: 0.1, endsAt: '2026-01-03T00:00:00.000Z' },
      exploration: { share: 0.1, maxRegret: 0.05, youngFrom: 0.1, draw: 0.012345678901234 },
      baseline: { model: 'b/c', costUsd: null, pCorrect: 0.123456789012345 },
      sessionHash: 'cd'.repeat(16),
      session: { model: 'b/c', seenTokens: 1234.5 },
    };
    await database.decisions.appendMany([decision('drawn', drawn)]);
    expect(await database.decisions.get('drawn')).toEqual(stored(decision('drawn', drawn)));
    expect(await database.decisions.get('none')).toBeNull();
  });

  it('shows a caller their own alone', async () => {
    expect(await database.decisions.get('b')).not.toBeNull();
    expect(await database.decisions.get('b', { keyId: 'key_1' })).not.toBeNull();
    expect(await database.decisions.get('b', { keyId: 'key_2' })).toBeNull();
    expect(await database.decisions.get('b', { keyId: null })).toBeNull();
    expect(await database.decisions.get('a', { keyId: null })).not.toBeNull();
  });

  it('may be told twice: the first record stays, new ones beside it are stored', async () => {
    await database.decisions.appendMany([decision('a', { reason: 'again' }), decision('c')]);
    expect(await database.decisions.get('a')).toMatchObject({ reason: 'highest utility' });
    expect(await database.decisions.get('c')).not.toBeNull();
  });

  it('survives characters that Postgres has not, in whatever a client named', async () => {
    const odd = 'a\0b\ud800c';
    await database.decisions.appendMany([
      decision('odd', { policy: odd, reason: odd, requestStats: { session: odd } }),
    ]);
    expect(await database.decisions.get('odd')).toMatchObject({
      policy: 'a\uFFFDb\uFFFDc',
      reason: 'a\uFFFDb\uFFFDc',
    });
  });

  it('knows the model of a conversation: who answered its last decision, and what that one read', async () => {
    const at = (ms: number) => new Date(Date.UTC(2026, 6, 1) + ms);
    const { latents } = decision('x');
    const turn = (id: string, ms: number, changes: Partial<DecisionRecord>) =>
      decision(id, { createdAt: at(ms), sessionHash: 'talk', ...changes });
    await database.decisions.appendMany([
      turn('t1', 1, {}),
      turn('t2', 2, {
        latents: { ...latents, inputTokens: 250 },
        requestStats: { answered_by: 'b/c' },
      }),
      turn('t3', 3, { sessionHash: 'other', requestStats: { answered_by: null } }),
    ]);
    const last = (hash: string, since: number) => database.decisions.lastOfSession(hash, at(since));
    expect(await last('talk', 0)).toEqual({ model: 'b/c', seenTokens: 250 });
    expect(await last('other', 0)).toEqual({ model: 'openai/mini', seenTokens: 120 });
    expect([await last('talk', 3), await last('none', 0)]).toEqual([null, null]);
  });

  it('pages from the newest, also through records of one moment', async () => {
    const at = (ms: number) => new Date(Date.UTC(2027, 0, 1) + ms);
    await database.decisions.appendMany([
      decision('p1', { createdAt: at(1) }),
      decision('p2', { createdAt: at(2) }),
      decision('p3', { createdAt: at(2) }),
      decision('p4', { createdAt: at(2) }),
      decision('p5', { createdAt: at(3) }),
    ]);
    const ids = async (page: { limit: number; before?: string }) =>
      (await database.decisions.search(page)).map(({ id }) => id);
    expect(await ids({ limit: 3 })).toEqual(['p5', 'p4', 'p3']);
    expect(await ids({ limit: 3, before: 'p3' })).toEqual(['p2', 'p1', expect.any(String)]);
    await expect(ids({ limit: 3, before: 'none' })).rejects.toMatchObject({
      code: 'decision-not-found',
    });
  });

  it('finds by model, policy, key and time, page by page', async () => {
    const at = (ms: number) => new Date(Date.UTC(2028, 0, 1) + ms);
    await database.decisions.appendMany([
      decision('f1', { createdAt: at(1), model: 'm/sought', policy: 'thrifty' }),
      decision('f2', { createdAt: at(2), model: 'm/sought', keyId: 'key_9' }),
      decision('f3', { createdAt: at(3), policy: 'thrifty', keyId: 'key_9' }),
      decision('f4', { createdAt: at(3), model: 'm/sought', policy: 'thrifty', keyId: 'key_9' }),
    ]);
    const ids = async (filter: DecisionFilter, page: { limit: number; before?: string }) =>
      (await database.decisions.search(page, filter)).map(({ id }) => id);
    const all = { limit: 9 };
    expect(await ids({ model: 'm/sought' }, all)).toEqual(['f4', 'f2', 'f1']);
    expect(await ids({ model: 'm/sought' }, { limit: 9, before: 'f4' })).toEqual(['f2', 'f1']);
    expect(await ids({ policy: 'thrifty', keyId: 'key_9' }, all)).toEqual(['f4', 'f3']);
    expect(await ids({ from: at(2), to: at(3) }, all)).toEqual(['f2']);
    expect(await ids({ from: at(2) }, { limit: 9, before: 'f3' })).toEqual(['f2']);
    expect(await ids({ model: 'm/none' }, all)).toEqual([]);
  });

  it('deletes what is older than so long, the oldest first, each once', async () => {
    const year = 365 * 86_400_000;
    const old = ['o1', 'o2', 'o3', 'o4', 'o5'];
    await database.decisions.appendMany([
      ...old.map((id, i) => decision(id, { createdAt: new Date(Date.UTC(1990 + i, 0, 1)) })),
      decision('younger', { createdAt: new Date(Date.now() - 19 * year) }),
    ]);
    expect(await database.decisions.deleteOlderThan(20 * year, 2)).toBe(2);
    const left = await Promise.all(old.map((id) => database.decisions.get(id)));
    expect(left.map((found) => found?.id)).toEqual([undefined, undefined, 'o3', 'o4', 'o5']);
    const counts = await Promise.all(
      [1, 2].map(() => database.decisions.deleteOlderThan(20 * year, 100)),
    );
    expect(counts[0]! + counts[1]!).toBe(3);
    expect(await database.decisions.deleteOlderThan(20 * year, 100)).toBe(0);
    expect(await database.decisions.get('younger')).not.toBeNull();
  });

  it('appends a group commit of 32 records of 20 candidates in well under 100 ms', async () => {
    const candidates = Array.from({ length: 20 }, (_, i) => ({
      ...decision('x').candidates[0]!,
      model: `provider/model-${i}`,
      p_correct: Math.fround(i / 21 + 0.01),
    }));
    const times: number[] = [];
    for (let round = 0; round < 20; round++) {
      const records = Array.from({ length: 32 }, (_, i) =>
        decision(`r${round}-${i}`, { candidates }),
      );
      const start = performance.now();
      await database.decisions.appendMany(records);
      times.push(performance.now() - start);
    }
    expect(times.sort((a, b) => a - b)[10]).toBeLessThan(100);
  });
});
