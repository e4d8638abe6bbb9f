import { describe, expect, it, beforeAll, afterAll } from '@jest/globals';
import { policyListSchema, policyWriteSchema } from '../../packages/contracts/dist/index.js';
import { bootOwnStack, prepared, type OwnStack } from '../stack/boot-stack.js';
import { expectProblem, type Answer } from '../stack/client.js';

const { adminKey } = prepared();
const THRIFTY = {
  weights: { accuracy: 1, cost: 3, latency: 0 },
  constraints: { max_cost_usd: 0.001, max_latency_ms: 30_000 },
};

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
    const deadline = Date.now() + 10_000;
    let answer = await own.client.post('/v1/route', { query: 'x', policy: 'thrifty' });
    while (answer.status !== 200 && Date.now() < deadline) {
      answer = await own.client.post('/v1/route', { query: 'x', policy: 'thrifty' });
    }
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
});
