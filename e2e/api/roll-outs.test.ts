import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  alertListSchema,
  decisionSchema,
  policyEvaluationSchema,
  rollOutListSchema,
  rollOutSchema,
} from '../../packages/contracts/dist/index.js';
import { bootOwnStack, prepared, type OwnStack } from '../stack/boot-stack.js';
import { expectProblem, type Answer } from '../stack/client.js';

const { adminKey } = prepared();
const ACCURATE = { weights: { accuracy: 1, cost: 0, latency: 0 } };
const CANDIDATE = { policy: 'min-cost' };
/** Changes must have reached every gateway by then. */
const HEARD_MS = 1_000;

describe('roll-outs, with two gateways', () => {
  let own: OwnStack;
  let other: OwnStack;
  const booted: OwnStack[] = [];

  beforeAll(async () => {
    const env = { BATCH_SWEEP_MS: '2000' };
    own = await bootOwnStack({ env });
    booted.push(own);
    other = await bootOwnStack({ env, databaseUrl: own.databaseUrl });
    booted.unshift(other);
  });

  afterAll(async () => {
    for (const stack of booted) {
      await stack.stop();
    }
  });

  const admin = (path: string, body: unknown = {}) =>
    own.client.post(`/admin/v1/policies/${path}`, body, adminKey);
  const put = async (name: string, body: unknown): Promise<Answer> => {
    const response = await fetch(`${own.client.url}/admin/v1/policies/${name}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, headers: response.headers, body: await response.json() };
  };
  const settings = {
    candidate: CANDIDATE,
    share: 0.5,
    quality_bound: 0.05,
    min_feedback: 30,
    confidence: 0.95,
  };
  const begin = async (policy: string, more: object = {}) => {
    expect((await put(policy, ACCURATE)).status).toBe(200);
    const answer = await admin(`${policy}/roll-outs`, { ...settings, ...more });
    expect([answer.status, answer.body]).toMatchObject([201, { state: 'running' }]);
    const rollOut = rollOutSchema.parse(answer.body);
    const location = `/admin/v1/policies/${policy}/roll-outs/${rollOut.id}`;
    expect(answer.headers.get('location')).toBe(location);
    await sleep(HEARD_MS);
    return { id: rollOut.id, location };
  };
  const read = async (location: string) =>
    rollOutSchema.parse((await own.client.get(location, adminKey)).body);
  const decide = async (gateway: OwnStack, i: number, more: object = {}) => {
    const { decision_id } = await gateway.client.route({
      query: `How many of the first ${i + 7} integers are divisible by ${(i % 9) + 2}?`,
      policy: 'support',
      // Priced, all of them: what either policy costs is known.
      models: ['openai/*', 'mistralai/*'],
      ...more,
    });
    const answer = await own.client.get(`/v1/decisions/${decision_id}`);
    return decisionSchema.parse(answer.body);
  };
  // Each by a judge of its own: one alone who contradicts all predictions is quarantined, and then not counted.
  const judge = (decision_id: string, score: number) =>
    own.client.post('/v1/feedback', { decision_id, score, source: `judge of ${decision_id}` });

  it('a bad candidate is rolled back by itself, and what it left judges policies', async () => {
    const { location, id } = await begin('support');
    expectProblem(await put('support', { weights: { accuracy: 1, cost: 1, latency: 0 } }), 409);
    expectProblem(await admin('support/roll-outs', settings), 409);

    // A session is in the same arm wherever it is asked.
    const arms = new Set<string>();
    for (let i = 0; i < 6; i += 1) {
      const session_id = `session ${i}`;
      const both = await Promise.all(
        [own, other].map((gateway, n) => decide(gateway, i + n, { session_id })),
      );
      expect(both[0]!.roll_out).toMatchObject({ id, share: 0.5 });
      expect(both[1]!.roll_out).toEqual(both[0]!.roll_out);
      arms.add(both[0]!.roll_out!.arm);
    }

    const judged = { control: 0, candidate: 0 };
    let running = true;
    for (let i = 0; i < 160 && running; i += 4) {
      const decisions = await Promise.all(
        [own, other, own, other].map((gateway, n) => decide(gateway, i + n)),
      );
      for (const { decision_id, roll_out, propensity, model } of decisions) {
        // It may have been rolled back amid these.
        if (roll_out === undefined) {
          running = false;
          continue;
        }
        const { arm } = roll_out;
        judged[arm] += 1;
        arms.add(arm);
        expect([0.5, 1]).toContain(propensity);
        expect(model).not.toBe('');
        expect((await judge(decision_id, arm === 'candidate' ? 0 : 1)).status).toBe(201);
      }
      if (i === 0) {
        for (const { decision_id } of decisions) {
          const path = `/admin/v1/decisions/${decision_id}/replay`;
          expect((await own.client.get(path, adminKey)).body).toMatchObject({
            same: true,
            to_the_bit: true,
          });
        }
      }
    }
    expect([...arms].sort()).toEqual(['candidate', 'control']);

    let ended = await read(location);
    for (let i = 0; i < 80 && ended.state === 'running'; i += 1) {
      await sleep(250);
      ended = await read(location);
    }
    expect(ended).toMatchObject({ state: 'rolled_back', evidence: { candidate: { mean: 0 } } });
    expect(ended.evidence!.interval[1]).toBeLessThan(-0.05);
    const alerts = alertListSchema.parse(
      (await own.client.get('/admin/v1/alerts?open=true', adminKey)).body,
    ).data;
    const raised = alerts.filter(({ kind }) => kind === 'roll-out:support');
    expect(raised).toHaveLength(1);
    expect(raised[0]).toMatchObject({
      model_id: null,
      evidence: { roll_out: id, ...ended.evidence },
    });
    await sleep(HEARD_MS);
    for (const [n, gateway] of [own, other, own, other].entries()) {
      expect((await decide(gateway, 500 + n)).roll_out).toBeUndefined();
    }
    expectProblem(await admin(`support/roll-outs/${id}/finish`), 409);

    // Half of the traffic was the candidate's: the log can speak of both.
    const evaluate = async (policy: unknown) => {
      const answer = await admin('evaluations', { policy });
      expect([answer.status, answer.body]).toMatchObject([200, {}]);
      return policyEvaluationSchema.parse(answer.body);
    };
    const worse = await evaluate('min-cost');
    expect(worse.decisions).toBeGreaterThanOrEqual(60);
    expect(worse.overlap.effective_sample_size).toBeGreaterThan(25);
    expect(worse.overlap.mean_weight).toBeGreaterThan(0.6);
    expect(worse.score!.candidate.self_normalised!.value).toBeLessThan(0.2);
    expect(worse.score!.difference.self_normalised!.interval[1]).toBeLessThan(0);
    expect(worse.cost_usd!.candidate.doubly_robust.value).toBeLessThan(
      worse.cost_usd!.logged.value,
    );
    const better = await evaluate('max-accuracy');
    expect(better.score!.candidate.self_normalised!.value).toBeGreaterThan(0.8);
    expect(better.score!.candidate.doubly_robust.value).toBeGreaterThan(0.7);
  });

  it('is finished, which makes a version, or aborted, which makes none', async () => {
    const { location, id } = await begin('finished', { share: 0.2 });
    const finished = await admin(`finished/roll-outs/${id}/finish`);
    expect([finished.status, finished.body]).toMatchObject([200, { state: 'finished' }]);
    expect((await read(location)).ended_at).not.toBeNull();
    const newest = await own.client.get('/admin/v1/policies/finished', adminKey);
    expect(newest.body).toMatchObject({
      version: 2,
      weights: { accuracy: 0.1, cost: 1, latency: 0 },
    });
    await sleep(HEARD_MS);
    for (const [n, gateway] of [own, other].entries()) {
      const decision = await decide(gateway, n, { policy: 'finished' });
      expect(decision.weights).toEqual({ accuracy: 0.1, cost: 1, latency: 0 });
      expect(decision.roll_out).toBeUndefined();
    }

    const aborted = await begin('aborted', { share: 1, unit: 'key' });
    expect((await decide(other, 1, { policy: 'aborted' })).roll_out).toMatchObject({
      arm: 'candidate',
      share: 1,
    });
    expect((await admin(`aborted/roll-outs/${aborted.id}/abort`)).status).toBe(200);
    await sleep(HEARD_MS);
    expect((await decide(other, 1, { policy: 'aborted' })).roll_out).toBeUndefined();
    const list = await own.client.get('/admin/v1/policies/aborted/roll-outs', adminKey);
    expect(rollOutListSchema.parse(list.body).data).toMatchObject([{ state: 'aborted' }]);
  });

  it('is refused where it makes no sense', async () => {
    expectProblem(await admin('balanced/roll-outs', settings), 409);
    expectProblem(await admin('none/roll-outs', settings), 404);
    await put('plain', ACCURATE);
    const candidate = { policy: 'none' };
    expectProblem(await admin('plain/roll-outs', { ...settings, candidate }), 422);
    expectProblem(await admin('plain/roll-outs', { ...settings, share: 0 }), 400);
    expectProblem(await admin('plain/roll-outs', { ...settings, quality_bound: 0 }), 400);
    await put('paced', { ...ACCURATE, budget: { usd: 1, period: 'day' } });
    expectProblem(await admin('paced/roll-outs', settings), 409);
    const spending = { candidate: { policy: 'paced' } };
    expectProblem(await admin('plain/roll-outs', { ...settings, ...spending }), 409);
    expectProblem(await own.client.get('/admin/v1/policies/plain/roll-outs/x', adminKey), 404);
    expectProblem(await admin('plain/roll-outs/x/abort'), 404);
    expectProblem(await own.client.post('/admin/v1/policies/plain/roll-outs', settings), 401);
  });
});
