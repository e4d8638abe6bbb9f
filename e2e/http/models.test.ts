import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  adminModelListSchema,
  adminModelSchema,
  alertListSchema,
  alertSchema,
  batchSchema,
  modelListSchema,
  type AdminModel,
} from '../../packages/contracts/dist/index.js';
import { connectDatabase } from '../../packages/database/dist/index.js';
import { freePort, runStatement } from '../../packages/local-stack/dist/index.js';
import { bootOwnStack, prepared, type OwnStack } from '../stack/boot-stack.js';
import { connectClient, expectProblem, type Answer, type Client } from '../stack/client.js';

const { adminKey } = prepared();
const API_KEY = 'sk-never-to-be-seen-again-4321';
const CHEAPEST = { weights: { accuracy: 0, cost: 1, latency: 0 } };
const QUERY = { query: 'Which river flows through Vienna?', policy: CHEAPEST };

describe('models', () => {
  let own: OwnStack;
  let other: { client: Client; process: ChildProcess };

  beforeAll(async () => {
    const env = { SECRETS_KEY: randomBytes(32).toString('base64') };
    own = await bootOwnStack({ env });
    other = await startGateway(own.databaseUrl, env);
  });

  afterAll(async () => {
    const ended = once(other.process, 'exit');
    other.process.kill('SIGTERM');
    await ended;
    await own.stop();
  });

  const call = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> => {
    const response = await fetch(`${own.client.url}/admin/v1/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${adminKey}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? '' : (JSON.parse(text) as unknown),
    };
  };
  const show = (answer: Answer, status = 200): AdminModel => {
    expect([answer.status, answer.body]).toMatchObject([status, {}]);
    return adminModelSchema.parse(answer.body);
  };
  const refused = (answer: Answer, status: number, code: string) => {
    const problem = expectProblem(answer, status);
    expect(problem.code).toBe(code);
    return problem;
  };
  const create = async (name: string, more: object = {}) =>
    show(await call('POST', 'models', { name, ...more }), 201);
  const routedTo = async (client: Client): Promise<string[]> =>
    modelListSchema.parse((await client.get('/v1/models')).body).data.map(({ id }) => id);

  /** Ms until both gateways route to the model, or do not any more. */
  const untilBoth = async (name: string, routed: boolean): Promise<number> => {
    const start = performance.now();
    for (const client of [own.client, other.client])
      while ((await routedTo(client)).includes(name) !== routed) {
        if (performance.now() - start > 10_000) throw new Error(`${name} is still as it was`);
        await sleep(5);
      }
    return performance.now() - start;
  };
  const candidate = async (name: string, request: object = QUERY) => {
    const decision = await own.client.route({ ...request });
    return { decision, candidate: decision.candidates.find(({ model }) => model === name) };
  };

  /** Which models a batch of the cheapest choices calls. */
  const modelsOfBatch = async (): Promise<string[]> => {
    const created = await own.client.post('/v1/route/batches', {
      items: [
        { custom_id: 'a', query: 'What is a river?' },
        { custom_id: 'b', query: 'And a lake?' },
      ],
      policy: CHEAPEST,
    });
    const { id } = batchSchema.parse(created.body);
    for (;;) {
      const { state, totals } = batchSchema.parse(
        (await own.client.get(`/v1/route/batches/${id}`)).body,
      );
      if (state === 'completed') return Object.keys(totals!.calls);
      if (state === 'failed') throw new Error('the batch has failed');
      await sleep(100);
    }
  };

  it('go from draft over shadow to traffic, and out of it', async () => {
    const name = 'acme/free-7b';
    const created = await call('POST', 'models', {
      name,
      deployments: [{ base_url: 'https://api.acme.example/v1', api_key: API_KEY }],
      prices: { input_per_mtok: 1, output_per_mtok: 2 },
      context_window: 100_000,
    });
    const draft = show(created, 201);
    expect(created.headers.get('location')).toBe(`/admin/v1/models/${draft.id}`);
    expect(created.headers.get('etag')).toBe('"1"');
    expect(draft).toMatchObject({
      name,
      state: 'draft',
      state_reason: null,
      version: 1,
      prices: { input_per_mtok: 1, output_per_mtok: 2 },
      deployments: [
        {
          base_url: 'https://api.acme.example/v1',
          upstream_model: name,
          auth_header: null,
          api_key_hint: '4321',
        },
      ],
      cost: { kind: 'prices', inputPerMtok: 1, outputPerMtok: 2 },
      latency: null,
    });
    const path = `models/${encodeURIComponent(name)}`;
    for (const where of [path, `models/${draft.id}`]) {
      const read = await call('GET', where);
      expect(show(read)).toEqual(draft);
      expect(read.headers.get('etag')).toBe('"1"');
    }

    const free = { prices: { input_per_mtok: 0, output_per_mtok: 0 }, context_window: null };
    const patched = await call('PATCH', path, free, { 'if-match': '"1"' });
    expect(show(patched)).toMatchObject({ ...free, version: 2, cost: { inputPerMtok: 0 } });
    expect(patched.headers.get('etag')).toBe('"2"');
    const stale = await call('PATCH', path, { size_b: 3 }, { 'if-match': '"1"' });
    expect(refused(stale, 412, 'revision-mismatch')).toMatchObject({ revision: 2 });
    refused(await call('PATCH', path, {}, { 'if-match': '2' }), 400, 'invalid-request');
    refused(await call('DELETE', path, undefined, { 'if-match': '"1"' }), 412, 'revision-mismatch');

    expect((await candidate(name)).candidate).toBeUndefined();
    refused(await call('POST', `${path}/promote`), 409, 'not-profiled');
    refused(await call('POST', `${path}/promote`, { state: 'active' }), 409, 'not-profiled');
    const forced = await call('POST', `${path}/promote`, { force: true });
    expect(show(forced)).toMatchObject({ state: 'shadow', state_reason: null });

    const seen = async () => (await candidate(name)).candidate !== undefined;
    while (!(await seen())) await sleep(5);
    const inShadow = await candidate(name);
    expect(inShadow.candidate).toMatchObject({ excluded: 'in shadow', cost_usd: 0, utility: null });
    expect(inShadow.candidate!.p_correct).toBeGreaterThan(0);
    expect(inShadow.decision.model).not.toBe(name);
    expect(inShadow.decision.fallbacks).not.toContain(name);
    const recorded = await call('GET', `decisions/${inShadow.decision.decision_id}/replay`);
    expect(recorded.body).toMatchObject({ same: true, differences: [] });
    expect(await routedTo(own.client)).not.toContain(name);
    expect(await modelsOfBatch()).not.toContain(name);
    const alone = await own.client.post('/v1/route', { ...QUERY, models: ['acme/*'] });
    refused(alone, 422, 'no-eligible-model');

    show(await call('POST', `${path}/promote`, {}, { 'if-match': '"3"' }));
    expect(await untilBoth(name, true)).toBeLessThan(1_000);
    expect((await candidate(name)).decision.model).toBe(name);
    expect(await modelsOfBatch()).toEqual([name]);
    const again = refused(await call('POST', `${path}/promote`), 409, 'state-transition');
    expect(again).toMatchObject({ state: 'active', allowed: ['shadow', 'retired'] });

    // Version 2 came of the prices: back to those of version 1, and to no earlier one.
    const back = show(await call('POST', `${path}/rollback`));
    expect(back).toMatchObject({ state: 'active', version: 3, cost: { inputPerMtok: 1 } });
    refused(await call('POST', `${path}/rollback`), 409, 'no-earlier-version');
    const named = show(await call('POST', `${path}/rollback`, { version: 2 }));
    expect(named).toMatchObject({ version: 4, cost: { inputPerMtok: 0 } });
    refused(await call('POST', `${path}/rollback`, { version: 9 }), 404, 'version-not-found');

    expect(show(await call('POST', `${path}/retire`))).toMatchObject({ state: 'retired' });
    expect(await untilBoth(name, false)).toBeLessThan(1_000);
    while (await seen()) await sleep(5);
    expect((await candidate(name)).decision.model).not.toBe(name);

    const { decision_id: id } = inShadow.decision;
    expect((await call('DELETE', path)).status).toBe(204);
    refused(await call('GET', path), 404, 'model-not-found');
    refused(await call('DELETE', path), 404, 'model-not-found');
    expect((await call('GET', 'decisions?limit=500')).body).toMatchObject({
      data: expect.arrayContaining([expect.objectContaining({ decision_id: id })]),
    });
  });

  it('never show a key, nor store it in clear', async () => {
    const model = await create('acme/keyed', {
      deployments: [{ base_url: 'https://keyed.example/v1', api_key: API_KEY }],
    });
    const answers = [
      await call('GET', `models/${model.id}`),
      await call('GET', 'models'),
      await call('PATCH', `models/${model.id}`, {
        deployments: [
          { base_url: 'https://keyed.example/v1', auth_header: 'x-api-key' },
          { base_url: 'https://moved.example/v1' },
        ],
      }),
    ];
    expect(JSON.stringify(answers.map(({ body }) => body))).not.toContain(API_KEY.slice(0, -4));
    // Its key stays where it was given, and goes nowhere else.
    expect(show(answers[2]!).deployments).toMatchObject([
      { id: model.deployments[0]!.id, auth_header: 'x-api-key', api_key_hint: '4321' },
      { base_url: 'https://moved.example/v1', api_key_hint: null },
    ]);
    const database = connectDatabase(own.databaseUrl);
    const [sealed] = await database.models.sealedDeployments(model.id);
    await database.close();
    const bytes = Buffer.from(sealed!.apiKeyCiphertext!);
    expect(bytes.length).toBeGreaterThan(API_KEY.length);
    expect(bytes.includes(API_KEY)).toBe(false);
    expect(bytes.includes(API_KEY.slice(0, 8))).toBe(false);
    const { api_key_hint: hint } = model.deployments[0]!;
    expect(hint).toBe(API_KEY.slice(-4));
    show(await call('PATCH', `models/${model.id}`, { deployments: [] }));
  });

  it.each<[string, object, number, string | RegExp]>([
    ['an unknown field', { price: 3 }, 400, /price/],
    ['no name', { name: ' ' }, 400, /name/],
    ['the name of a policy', { name: 'zerorouter/fast' }, 400, /stand for policies/],
    ['a URL that is none', { deployments: [{ base_url: 'acme' }] }, 400, /deployments.0.base_url/],
    ['another protocol', { deployments: [{ base_url: 'ftp://acme.example' }] }, 400, /http/],
    [
      'an address inside',
      {
        deployments: [{ base_url: 'https://ok.example' }, { base_url: 'http://169.254.169.254/' }],
      },
      422,
      /deployments\.1\.base_url/,
    ],
    [
      'credentials in the URL',
      { deployments: [{ base_url: 'https://me:secret-word@acme.example/v1' }] },
      422,
      /deployments\.0\.base_url/,
    ],
    [
      'a deployment twice',
      {
        deployments: [
          { base_url: 'https://acme.example/v1' },
          { base_url: 'https://acme.example/v1', upstream_model: 'acme/refused' },
        ],
      },
      400,
      /deployments\.1: is the same as deployments\.0/,
    ],
    [
      'a key with a line break',
      { deployments: [{ base_url: 'https://a.example', api_key: 'a\nb' }] },
      400,
      /api_key/,
    ],
    ['a negative price', { prices: { input_per_mtok: -1, output_per_mtok: 1 } }, 400, /prices/],
  ])('are refused with %s', async (_, more, status, detail) => {
    const answer = await call('POST', 'models', { name: 'acme/refused', ...more });
    const problem = expectProblem(answer, status);
    expect(problem.detail).toMatch(detail);
    expect(JSON.stringify(problem)).not.toContain('secret-word');
    refused(await call('GET', 'models/acme%2Frefused'), 404, 'model-not-found');
  });

  it('have one name each', async () => {
    const model = await create('acme/twin');
    const twin = refused(
      await call('POST', 'models', { name: ' acme/twin ' }),
      409,
      'model-exists',
    );
    expect(twin).toMatchObject({ id: model.id });
    const list = adminModelListSchema.parse((await call('GET', 'models?state=draft')).body);
    expect(list.data.filter(({ name }) => name === 'acme/twin')).toHaveLength(1);
    refused(await call('PATCH', 'models/none', {}), 404, 'model-not-found');
    refused(await call('PATCH', `models/${model.id}`, { name: 'x' }), 400, 'invalid-request');
    refused(await call('POST', `models/${model.id}/promote`, { to: 'x' }), 400, 'invalid-request');
    expectProblem(await own.client.get(`/admin/v1/models/${model.id}`), 401);
  });

  it('start from what their size tells, and again when it is corrected', async () => {
    const small = await create('acme/some', { size_b: 1 });
    const path = `models/${small.id}`;
    const large = show(await call('PATCH', path, { size_b: 400 }));
    expect(large.ability.mean[0]).toBeGreaterThan(small.ability.mean[0]!);
    expect(large).toMatchObject({ state: 'draft', version: 2, size_b: 400 });
    const unsaid = show(await call('PATCH', path, { size_b: null }));
    expect(unsaid).toMatchObject({ version: 3, size_b: null, cost: null });
  });

  it('stay in shadow for a reason, unless it is overruled', async () => {
    const { id } = await create('acme/held');
    const database = connectDatabase(own.databaseUrl);
    await database.profiles.setState(id, 'shadow', { reason: 'its answers disagree' });
    const path = `models/${id}`;
    const problem = refused(await call('POST', `${path}/promote`), 409, 'held-in-shadow');
    expect(problem.detail).toContain('its answers disagree');
    expect(show(await call('GET', path))).toMatchObject({ state_reason: 'its answers disagree' });
    const overruled = show(await call('POST', `${path}/promote`, { force: true }));
    expect(overruled).toMatchObject({ state: 'active', state_reason: null });
    // With one version only, there is but the state to go back to.
    expect(show(await call('POST', `${path}/rollback`))).toMatchObject({
      state: 'shadow',
      version: 1,
    });
    await database.close();
    expect((await call('DELETE', path)).status).toBe(204);
  });

  it('have alerts, which somebody resolves', async () => {
    const { id: modelId } = await create('acme/alarming');
    const database = connectDatabase(own.databaseUrl);
    const evidence = { cusum: 7.5 };
    const { id } = await database.alerts.create({
      kind: 'drift',
      modelId,
      message: 'it answers worse than it did',
      evidence,
    });
    await database.close();
    const open = async (value: string) =>
      alertListSchema
        .parse((await call('GET', `alerts${value}`)).body)
        .data.map((alert) => alert.id);
    expect(await open('?open=true')).toEqual([id]);
    const resolved = await call('POST', `alerts/${id}/resolve`);
    expect(alertSchema.parse(resolved.body)).toMatchObject({
      id,
      kind: 'drift',
      model_id: modelId,
      evidence,
    });
    expect([await open('?open=true'), await open('?open=false'), await open('')]).toEqual([
      [],
      [id],
      [id],
    ]);
    refused(await call('POST', 'alerts/alr_none/resolve'), 404, 'alert-not-found');
    expectProblem(await call('GET', 'alerts?open=yes'), 400);
    expectProblem(await own.client.get('/admin/v1/alerts'), 401);
  });

  it('in shadow alone leave nothing to route to', async () => {
    const { id, name } = await create('acme/last');
    await runStatement(
      own.databaseUrl,
      `UPDATE model_profiles SET state = 'retired' WHERE state = 'active'`,
    );
    show(await call('POST', `models/${id}/promote`, { force: true }));
    let answer = await own.client.post('/v1/route', QUERY);
    for (const start = Date.now(); answer.status === 200 && Date.now() - start < 5_000;)
      answer = await own.client.post('/v1/route', QUERY);
    refused(answer, 503, 'no-models');
    const batch = await own.client.post('/v1/route/batches', {
      items: [{ custom_id: 'a', query: 'x' }],
    });
    refused(batch, 503, 'no-models');
    expect(await routedTo(own.client)).not.toContain(name);
  });
});

/** A second gateway on the same database, which knows of changes by Postgres alone. */
async function startGateway(
  databaseUrl: string,
  env: Record<string, string>,
): Promise<{ client: Client; process: ChildProcess }> {
  const port = await freePort();
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, '../../apps/gateway/dist/main.js')],
    {
      env: {
        ...process.env,
        ...env,
        DATABASE_URL: databaseUrl,
        PORT: String(port),
        PROFILE_REFRESH_S: '3600',
      },
      stdio: 'ignore',
    },
  );
  const client = connectClient(`http://127.0.0.1:${port}`);
  for (const start = Date.now(); ;) {
    const answer = await client.get('/health/live').catch(() => null);
    if (answer?.status === 200) return { client, process: child };
    if (Date.now() - start > 60_000) throw new Error('the second gateway does not start');
    await sleep(100);
  }
}
