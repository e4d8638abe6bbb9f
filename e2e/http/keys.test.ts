import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { apiKeyListSchema, newApiKeySchema } from '../../packages/contracts/dist/index.js';
import { createDatabase, freePort } from '../../packages/local-stack/dist/index.js';
import { bootOwnStack, prepared, sharedClient, type OwnStack } from '../stack/boot-stack.js';
import { expectProblem, type Client } from '../stack/client.js';

const client = sharedClient();
const { adminKey, prefix, serverUrl } = prepared();
const REQUEST = { query: 'Which key opens this door?' };

async function makeKey(of: Client, scopes: string[]): Promise<{ id: string; key: string }> {
  const answer = await of.post('/admin/v1/keys', { name: 'a test', scopes }, adminKey);
  expect(answer.status).toBe(201);
  return newApiKeySchema.parse(answer.body);
}

describe('keys in local mode', () => {
  it('are not asked for, but must be good when they are shown', async () => {
    await client.route(REQUEST);
    await client.route(REQUEST, adminKey);
    expectProblem(await client.post('/v1/route', REQUEST, 'zr_wrong'), 401);
    expectProblem(await client.post('/v1/route', REQUEST, ''), 401);
  });

  it('open the admin paths only with the scope for them', async () => {
    const { key } = await makeKey(client, ['route']);
    expect(key).toMatch(/^zr_/);
    expectProblem(await client.get('/admin/v1/keys'), 401);
    expectProblem(await client.get('/admin/v1/keys', key), 403);
    const list = await client.get('/admin/v1/keys', adminKey);
    expect(apiKeyListSchema.parse(list.body).data.length).toBeGreaterThanOrEqual(2);
    expect(JSON.stringify(list.body)).not.toContain(key);
  });

  it('do no more once they are revoked', async () => {
    const { id, key } = await makeKey(client, ['route']);
    await client.route(REQUEST, key);
    expect((await client.delete(`/admin/v1/keys/${id}`, adminKey)).status).toBe(204);
    // At once where it was done; elsewhere as soon as Postgres has told.
    expectProblem(await client.post('/v1/route', REQUEST, key), 401);
  });

  it('keep their limits, which administrators change', async () => {
    const limits = {
      rate: { requests_per_minute: 1_000 },
      budget: { usd: 5, period: 'day' },
      policies: ['balanced', 'pinned'],
      models: ['openai/*'],
      on_budget_exceeded: { policy: 'min-cost' },
      expires_at: '2100-01-01T00:00:00.000Z',
    };
    const made = await client.post('/admin/v1/keys', { name: 'limited', ...limits }, adminKey);
    const { id, key } = newApiKeySchema.parse(made.body);
    expect(made.body).toMatchObject({ ...limits, scopes: ['route', 'chat'] });
    const change = async (body: unknown) => {
      const response = await fetch(`${client.url}/admin/v1/keys/${id}`, {
        method: 'PATCH',
        headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return { status: response.status, headers: response.headers, body: await response.json() };
    };
    expect(
      expectProblem(await client.post('/v1/route', { ...REQUEST, policy: { dial: 1 } }, key), 403),
    ).toMatchObject({ code: 'policy-not-allowed' });
    const changed = await change({ policies: null, rate: null, name: 'freer' });
    expect([changed.status, changed.body]).toMatchObject([
      200,
      { name: 'freer', rate: null, policies: null, budget: limits.budget, models: limits.models },
    ]);
    await client.route({ ...REQUEST, policy: { dial: 1 } }, key);
    expect((await client.get(`/admin/v1/keys/${id}`, adminKey)).body).toMatchObject({
      spend: { spent_usd: 0, reserved_usd: 0 },
    });

    const refused: [unknown, number, string][] = [
      [{ budget: null }, 400, 'invalid-request'],
      [{ policies: ['no-such'] }, 422, 'unknown-policy'],
      [{ expires_at: '2000-01-01T00:00:00Z' }, 400, 'invalid-request'],
      [{ scopes: ['admin'] }, 400, 'invalid-request'],
    ];
    for (const [body, status, code] of refused)
      expect(expectProblem(await change(body), status)).toMatchObject({ code });
    expectProblem(await client.get('/admin/v1/keys/key_none', adminKey), 404);
  });

  it('keep the decisions of one caller from the others', async () => {
    const [mine, other] = [await makeKey(client, ['route']), await makeKey(client, ['route'])];
    const { decision_id: id } = await client.route(REQUEST, mine.key);
    expect((await client.get(`/v1/decisions/${id}`, mine.key)).status).toBe(200);
    expectProblem(await client.get(`/v1/decisions/${id}`, other.key), 404);
    const search = await client.get('/admin/v1/decisions?limit=5', adminKey);
    expect(JSON.stringify(search.body)).toContain(id);
    expectProblem(await client.get('/admin/v1/decisions', mine.key), 403);
  });
});

describe('keys on an address that is not plainly loopback', () => {
  // `127.1` resolves to 127.0.0.1, but is not one of the names that stand for local mode.
  const host = '127.1';
  let own: OwnStack;

  beforeAll(async () => {
    own = await bootOwnStack({ host });
  });

  afterAll(async () => {
    await own.stop();
  });

  it('are asked for on every call of /v1', async () => {
    expectProblem(await own.client.post('/v1/route', REQUEST), 401);
    expectProblem(await own.client.get('/v1/models'), 401);
    await own.client.route(REQUEST, adminKey);
    expect((await own.client.get('/health/ready')).status).toBe(200);
    expect((await own.client.get('/openapi.json')).status).toBe(200);
  });

  it('must exist before the gateway listens there', async () => {
    const databaseUrl = await createDatabase(serverUrl, `${prefix}_no_keys`);
    const { migrate } = await import('../../packages/database/dist/index.js');
    await migrate(databaseUrl);
    const port = await freePort();
    const gateway = spawn(
      process.execPath,
      [join(import.meta.dirname, '../../apps/gateway/dist/main.js')],
      {
        env: { ...process.env, DATABASE_URL: databaseUrl, HOST: host, PORT: String(port) },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    const output = Promise.all([text(gateway.stdout), text(gateway.stderr)]);
    const timer = setTimeout(() => gateway.kill('SIGKILL'), 30_000);
    const [code] = (await once(gateway, 'exit')) as [number | null];
    clearTimeout(timer);
    expect(code).toBe(1);
    expect((await output).join('')).toMatch(/key/i);
  });
});
