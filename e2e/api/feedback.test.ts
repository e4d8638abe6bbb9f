import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  adminModelSchema,
  alertListSchema,
  feedbackSchema,
  feedbackSourceListSchema,
  newApiKeySchema,
  type RouteResponse,
} from '../../packages/contracts/dist/index.js';
import { bootOwnStack, prepared, type OwnStack } from '../stack/boot-stack.js';
import { expectProblem, type Answer } from '../stack/client.js';

const { adminKey } = prepared();
const ACCURATE = { weights: { accuracy: 1, cost: 0, latency: 0 } };
const query = (i: number) =>
  `How many of the first ${i + 7} integers are divisible by ${(i % 9) + 2}?`;

describe('feedback', () => {
  let own: OwnStack;

  beforeAll(async () => {
    own = await bootOwnStack();
  });

  afterAll(async () => {
    await own.stop();
  });

  const decide = (i: number) => own.client.route({ query: query(i), policy: ACCURATE });
  const give = async (body: object, headers: Record<string, string> = {}): Promise<Answer> => {
    const response = await fetch(`${own.client.url}/v1/feedback`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return { status: response.status, headers: response.headers, body: await response.json() };
  };
  const sources = async () =>
    feedbackSourceListSchema.parse(
      (await own.client.get('/admin/v1/feedback-sources', adminKey)).body,
    ).data;
  const untilSettled = async (name: string) => {
    for (let i = 0; i < 300; i += 1) {
      const source = (await sources()).find((listed) => listed.name === name);
      if (source !== undefined && source.feedback['pending'] === 0) return source;
      await sleep(100);
    }
    throw new Error(`feedback of "${name}" still waits`);
  };
  const score = (decision: RouteResponse, name: string) =>
    decision.candidates.find((candidate) => candidate.model === name)?.p_correct;

  it('is stored once, of one’s own decisions alone', async () => {
    const { decision_id } = await decide(0);
    const body = { decision_id, score: 1, source: 'tests' };
    const key = { 'idempotency-key': randomUUID() };
    const first = await give(body, key);
    expect([first.status, first.body]).toMatchObject([201, { state: 'pending', score: 1 }]);
    const again = await give(body, key);
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([200, 'true']);
    expect(feedbackSchema.parse(again.body).id).toBe(feedbackSchema.parse(first.body).id);
    expect(expectProblem(await give({ ...body, score: 0 }, key), 422).code).toBe(
      'idempotency-key-reused',
    );
    expect(expectProblem(await give({ ...body, score: 0 }), 409).code).toBe('feedback-given');
    expect((await give({ ...body, source: 'a second look', score: 0.5 })).status).toBe(201);

    expectProblem(await give({ ...body, decision_id: 'dec_none' }), 404);
    expectProblem(await give({ ...body, score: 1.5 }), 400);
    expectProblem(await give({ ...body, source: ' ' }), 400);
    expectProblem(await give(body, { 'idempotency-key': 'with blanks' }), 400);
    const made = await own.client.post(
      '/admin/v1/keys',
      { name: 'another', scopes: ['route'] },
      adminKey,
    );
    const { key: other } = newApiKeySchema.parse(made.body);
    expectProblem(await give(body, { authorization: `Bearer ${other}` }), 404);
  });

  it('raises the profile’s version and changes decisions', async () => {
    const name = 'acme/new-8b';
    const made = await own.client.post(
      '/admin/v1/models',
      { name, prices: { input_per_mtok: 1, output_per_mtok: 2 }, size_b: 8 },
      adminKey,
    );
    const before = adminModelSchema.parse(made.body);
    const promoted = await own.client.post(
      `/admin/v1/models/${before.id}/promote`,
      { state: 'active', force: true },
      adminKey,
    );
    expect(promoted.status).toBe(200);
    let first = await decide(1);
    for (let i = 0; i < 100 && score(first, name) === undefined; i += 1) {
      await sleep(100);
      first = await decide(1);
    }
    // Against the model that is next to it, it is chosen; then it answers eight times wrong.
    const p = score(first, name)!;
    const rival = first.candidates
      .filter((candidate) => candidate.model !== name && candidate.p_correct < p)
      .sort((a, b) => b.p_correct - a.p_correct)[0]!.model;
    const between = () =>
      own.client.route({ query: query(1), policy: ACCURATE, models: [name, rival] });
    expect((await between()).model).toBe(name);
    const given = 8;
    for (let i = 0; i < given; i += 1) {
      const decision = await own.client.route({ query: query(i), models: [name] });
      await give({ decision_id: decision.decision_id, score: 0, source: 'users' });
    }
    expect((await untilSettled('users')).feedback).toMatchObject({ pending: 0, learned: given });
    const answer = await own.client.get(`/admin/v1/models/${before.id}`, adminKey);
    const after = adminModelSchema.parse(answer.body);
    expect(after.version).toBeGreaterThan(before.version);
    // A version for what comes together, not one a verdict.
    expect(after.version - before.version).toBeLessThan(given);
    let later = await between();
    for (let i = 0; i < 50 && later.model === name; i += 1) {
      await sleep(100);
      later = await between();
    }
    expect(later.model).toBe(rival);
    expect(score(later, name)).toBeLessThan(p - 0.05);
  });

  it('of a source that contradicts everything is not learnt, until people release it', async () => {
    // Harsh words where the models are mostly right.
    for (let i = 200; i < 240; i += 1) {
      const { decision_id } = await decide(i);
      await give({ decision_id, score: 0, source: 'spammer' });
      if (i % 10 === 9) await untilSettled('spammer');
    }
    const source = await untilSettled('spammer');
    expect(source.trusted).toBe(false);
    expect(source.feedback['quarantined']).toBeGreaterThan(0);
    const alerts = alertListSchema.parse(
      (await own.client.get('/admin/v1/alerts?open=true', adminKey)).body,
    ).data;
    expect(alerts.map(({ kind }) => kind)).toContain(`feedback-quarantine:${source.id}`);
    const release = (id: string) =>
      own.client.post(`/admin/v1/feedback-sources/${id}/release`, { learn: true }, adminKey);
    expect((await release(source.id)).status).toBe(200);
    expect(expectProblem(await release(source.id), 409).code).toBe('source-trusted');
    expectProblem(await release('src_none'), 404);
    const released = await untilSettled('spammer');
    expect(released).toMatchObject({ trusted: true, feedback: { quarantined: 0 } });
    expectProblem(await own.client.get('/admin/v1/feedback-sources'), 401);
  });
});
