import { describe, expect, it, beforeAll, afterAll } from '@jest/globals';
import {
  decisionPageSchema,
  policyEvaluationSchema,
  policyListSchema,
  policyWriteSchema,
  shadowSummarySchema,
} from '../../packages/contracts/dist/index.js';
import { bootOwnStack, prepared, type OwnStack } from '../stack/boot-stack.js';
import { expectProblem, type Answer } from '../stack/client.js';

const { adminKey } = prepared();
const THRIFTY = {
  weights: { accuracy: 1, cost: 3, latency: 0 },
  constraints: { max_cost_usd: 0.001, max_latency_ms: 30_000 },
};

/** Asks until the gateway has heard of the policy. */
async function untilKnown(ask: () => Promise<Answer>): Promise<Answer> {
  const deadline = Date.now() + 10_000;
  let answer = await ask();
  while (answer.status !== 200 && Date.now() < deadline) {
    answer = await ask();
  }
  return answer;
}

describe('policies', () => {
  let own: OwnStack;

  beforeAll(async () => {
    own = await bootOwnStack();
  });

  afterAll(async () => {
    await own.stop();
  });

  const put = async (name: string, body: unknown, query = ''): Promise<Answer> => {
    const response = await fetch(`${own.client.url}/admin/v1/policies/${name}${query}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, headers: response.headers, body: await response.json() };
  };
  const write = async (...args: Parameters<typeof put>) => {
    const answer = await put(...args);
    expect([answer.status, answer.body]).toMatchObject([200, {}]);
    return policyWriteSchema.parse(answer.body);
  };
  const names = async (path = '') => {
    const answer = await own.client.get(`/admin/v1/policies${path}`, adminKey);
    return policyListSchema.parse(answer.body).data.map(({ name, version }) => [name, version]);
  };

  it('are stored in versions, tried without being stored, and then routed by', async () => {
    expectProblem(await own.client.post('/v1/route', { query: 'x', policy: 'thrifty' }), 422);
    const tried = await write('thrifty', THRIFTY, '?dry_run=true');
    expect(tried).toMatchObject({ version: 1, changed: true, dry_run: true, created_at: null });
    expect(await names()).not.toContainEqual(['thrifty', 1]);

    expect(await write('thrifty', THRIFTY)).toMatchObject({
      ...THRIFTY,
      version: 1,
      changed: true,
    });
    expect(await write('thrifty', THRIFTY)).toMatchObject({ version: 1, changed: false });
    const bolder = { weights: { accuracy: 1, cost: 0.5, latency: 0 } };
    expect(await write('thrifty', bolder)).toMatchObject({ version: 2, constraints: {} });
    expect(await names()).toEqual(
      expect.arrayContaining([
        ['balanced', 0],
        ['thrifty', 2],
      ]),
    );
    expect(await names('/thrifty/versions')).toEqual([
      ['thrifty', 2],
      ['thrifty', 1],
    ]);

    // Gateways hear of it by a notification, a moment later.
    const answer = await untilKnown(() =>
      own.client.post('/v1/route', { query: 'x', policy: 'thrifty' }),
    );
    expect([answer.status, answer.body]).toMatchObject([200, { policy: 'thrifty' }]);
  });

  it('are refused where they make no sense', async () => {
    expectProblem(await put('balanced', THRIFTY), 409);
    expectProblem(await put('Not-A-Name', THRIFTY), 400);
    expectProblem(await put('none', { weights: { accuracy: 0, cost: 0, latency: 0 } }), 400);
    expectProblem(await put('none', { ...THRIFTY, constraint: {} }, '?dry_run=true'), 400);
    expectProblem(await own.client.get('/admin/v1/policies/none', adminKey), 404);
    expectProblem(await own.client.get('/admin/v1/policies/none/versions', adminKey), 404);
    expectProblem(await own.client.get('/admin/v1/policies'), 401);
    const preset = await own.client.get('/admin/v1/policies/balanced', adminKey);
    expect([preset.status, preset.body]).toMatchObject([200, { name: 'balanced', version: 0 }]);
  });

  it('with a budget are never overspent, by two gateways together', async () => {
    // Two whole stacks on one database, each with queues of its own.
    const other = await bootOwnStack({ databaseUrl: own.databaseUrl });
    try {
      const usd = 0.01;
      const budget = { usd, period: 'month', expected_queries: 200 };
      const paced = { weights: { accuracy: 1, cost: 0.05, latency: 0 }, budget };
      expect(await write('paced', paced)).toMatchObject({ version: 1, budget });
      expect(await write('paced', paced)).toMatchObject({ changed: false });
      const ask = (gateway: OwnStack, i: number) =>
        gateway.client.post('/v1/route', {
          query: `Prove theorem ${i} of number theory, step by step.`,
          models: ['openai/*'],
          policy: 'paced',
        });
      await Promise.all([own, other].map((gateway) => untilKnown(() => ask(gateway, 0))));

      const answers: Answer[] = [];
      for (let round = 0; round < 200; round += 1) {
        const pair = await Promise.all([own, other].map((gateway) => ask(gateway, round)));
        answers.push(...pair);
        if (pair.every(({ status }) => status === 402)) break;
      }
      const refused = answers.filter(({ status }) => status !== 200);
      const problem = expectProblem(refused[0]!, 402);
      expect(problem).toMatchObject({ code: 'budget-exhausted' });
      const end = (problem as { period_ends_at?: string }).period_ends_at!;
      expect(end).toMatch(/-01T00:00:00\.000Z$/);
      expect(problem.detail).toContain(end);

      const page = await own.client.get('/admin/v1/decisions?limit=500', adminKey);
      const decisions = decisionPageSchema
        .parse(page.body)
        .data.filter(({ policy }) => policy === 'paced');
      const spent = decisions.reduce((sum, { model, candidates }) => {
        return sum + candidates.find((candidate) => candidate.model === model)!.cost_usd!;
      }, 0);
      expect(decisions.length).toBeGreaterThan(10);
      expect(spent).toBeLessThanOrEqual(usd * (1 + 1e-5));
      expect(spent).toBeGreaterThan(0.9 * usd);
      for (const { budget: terms, reason, decision_id: id } of decisions.slice(0, 5)) {
        expect(terms).toMatchObject({ period_ends_at: end });
        expect(reason).toContain(`$1 has to buy ${terms!.price.toPrecision(3)}`);
        const replay = await own.client.get(`/admin/v1/decisions/${id}/replay`, adminKey);
        expect(replay.body).toMatchObject({ same: true });
      }

      // A batch would spend beside it.
      const batch = { items: [{ custom_id: 'a', query: 'x' }], policy: 'paced' };
      expectProblem(await own.client.post('/v1/route/batches', batch), 400);
    } finally {
      await other.stop();
    }
  });

  it('in shadow are decided beside another one, and never followed', async () => {
    const accurate = { weights: { accuracy: 1, cost: 0, latency: 0 } };
    expectProblem(await put('watched', { ...accurate, shadow: ['nobody'] }), 422);
    expectProblem(await put('watched', { ...accurate, shadow: ['watched'] }), 400);
    const shadow = ['min-cost', 'max-accuracy'];
    expect(await write('watched', { ...accurate, shadow })).toMatchObject({ shadow });
    const ask = (i: number) =>
      own.client.post('/v1/route', { query: `What is ${i} squared?`, policy: 'watched' });
    await untilKnown(() => ask(0));
    await Promise.all([1, 2, 3, 4].map(ask));
    const path = '/admin/v1/policies/watched/shadows';
    const summary = shadowSummarySchema.parse((await own.client.get(path, adminKey)).body);
    const [same, thrifty] = summary.data;
    expect(same).toMatchObject({
      policy: 'max-accuracy',
      current: true,
      undecided: 0,
      agreement: 1,
      quality_difference: { value: 0 },
    });
    expect(same!.decisions).toBeGreaterThanOrEqual(5);
    expect(thrifty).toMatchObject({ policy: 'min-cost', agreement: 0 });
    expect(thrifty!.quality_difference!.interval[1]).toBeLessThan(0);
    expect(thrifty!.cost_difference_usd!.interval[1]).toBeLessThan(0);

    const page = await own.client.get('/admin/v1/decisions?limit=5', adminKey);
    for (const decision of decisionPageSchema.parse(page.body).data) {
      expect(decision.shadows!['max-accuracy']).toMatchObject({ model: decision.model });
      expect(decision.shadows!['min-cost']!.model).not.toBe(decision.model);
    }
    await write('watched', accurate);
    const later = shadowSummarySchema.parse((await own.client.get(path, adminKey)).body);
    expect(later.data.map(({ current }) => current)).toEqual([false, false]);
    expectProblem(await own.client.get('/admin/v1/policies/none/shadows', adminKey), 404);
  });

  it('are judged by what was logged under others, with a warning where that says little', async () => {
    const accurate = { weights: { accuracy: 1, cost: 0, latency: 0 } };
    for (let i = 0; i < 4; i += 1) {
      const { decision_id } = await own.client.route({ query: `${i} cubed?`, policy: accurate });
      const feedback = { decision_id, score: i === 0 ? 0 : 1, source: 'tests' };
      expect((await own.client.post('/v1/feedback', feedback)).status).toBe(201);
    }
    const evaluate = async (body: object) =>
      policyEvaluationSchema.parse(
        (await own.client.post('/admin/v1/policies/evaluations', body, adminKey)).body,
      );
    const same = await evaluate({ policy: accurate });
    expect(same).toMatchObject({
      decisions: 4,
      overlap: { agreement: 1, effective_sample_size: 4, mean_weight: 1, certain: 1 },
    });
    expect(same.score!.logged.value).toBeCloseTo(0.75, 9);
    expect(same.score!.candidate.doubly_robust.value).toBeCloseTo(0.75, 9);
    expect(same.warning).toMatch(/at least 30/);
    const otherwise = await evaluate({ policy: 'min-cost', limit: 3 });
    expect(otherwise.decisions).toBe(3);
    expect(otherwise.score!.candidate.self_normalised).toBeNull();
    expect(otherwise.warning).toMatch(/every decision of the log was certain/);
    const strict = await evaluate({ policy: accurate, constraints: { max_cost_usd: 1e-12 } });
    expect(strict).toMatchObject({ decisions: 0, undecided: 4, score: null });
    const path = '/admin/v1/policies/evaluations';
    expectProblem(await own.client.post(path, { policy: 'nobody' }, adminKey), 422);
    expectProblem(await own.client.post(path, { policy: 'balanced' }), 401);
  });

  it('with a budget are checked', async () => {
    const paced = (budget: unknown) => put('none', { weights: THRIFTY.weights, budget });
    expectProblem(await paced({ usd: 0, period: 'day' }), 400);
    expectProblem(await paced({ usd: 1, period: 'week' }), 400);
    expectProblem(await paced({ usd: 1, period: 'day', expected_queries: 0.5 }), 400);
  });
});
