import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import OpenAI from 'openai';
import {
  says,
  startProvider,
  type ScriptedProvider,
} from '../../apps/gateway/test/scripted-provider.js';
import {
  apiKeySchema,
  newApiKeySchema,
  type ApiKeyView,
} from '../../packages/contracts/dist/index.js';
import { ended, results } from '../stack/batches.js';
import { bootOwnStack, prepared, type OwnStack } from '../stack/boot-stack.js';
import { expectProblem, type Answer, type Client } from '../stack/client.js';
import { startSecondGateway, type SecondGateway } from '../stack/second-gateway.js';

// A stack and further gateways start within, which takes its time where the machine is busy.
jest.setTimeout(400_000);

const { adminKey } = prepared();
const CHEAP = 'acme/cheap';
const DEAR = 'acme/dear';
const QUERY = { query: 'Which river flows through Vienna?' };
const messages = [{ role: 'user' as const, content: QUERY.query }];
/** Three tokens of output at a cent each are what a call to the dear model costs, and reserves. */
const PRICES = { input_per_mtok: 0, output_per_mtok: 10_000 };
const CALL = { model: DEAR, messages, max_tokens: 3 };
const CALL_USD = 0.03;
/** Long enough for a gateway on a busy machine to renew what it holds. */
const RESERVATION_MS = 10_000;

const answering = (content: string) =>
  says(200, {
    id: 'c1',
    object: 'chat.completion',
    created: 1,
    model: 'upstream',
    choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content } }],
    usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 },
  });

describe('keys with limits', () => {
  const env = {
    QUEUE_PREFIX: `zr_keys_${randomBytes(4).toString('hex')}`,
    SECRETS_KEY: randomBytes(32).toString('base64'),
    PROVIDER_ALLOW_PRIVATE: 'true',
    KEY_RESERVATION_MS: String(RESERVATION_MS),
  };
  let own: OwnStack;
  let second: SecondGateway | undefined;
  let gateways: Client[];
  let cheap: ScriptedProvider;
  let dear: ScriptedProvider;

  beforeAll(async () => {
    [cheap, dear] = await Promise.all([
      startProvider('cheap', answering('cheap')),
      startProvider('dear', answering('dear')),
    ]);
    own = await bootOwnStack({ env });
    await add(CHEAP, cheap, { input_per_mtok: 0, output_per_mtok: 0 });
    await add(DEAR, dear, PRICES);
    second = await startSecondGateway(own.databaseUrl, env);
    gateways = [own.client, second.client];
    for (const gateway of gateways)
      for (const model of [CHEAP, DEAR])
        await until(async () => (await chat(gateway, { ...CALL, model })).status === 200);
  });
  afterEach(() => {
    dear.script = answering('dear');
  });
  afterAll(async () => {
    await second?.end('SIGTERM');
    await own.stop();
    await Promise.all([cheap.close(), dear.close()]);
  });

  const admin = async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const response = await fetch(`${own.client.url}/admin/v1/${path}`, {
      method,
      headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text && JSON.parse(text) };
  };
  const add = async (name: string, { deployment }: ScriptedProvider, prices: object) => {
    const { baseUrl: base_url, apiKey: api_key, upstreamModel: upstream_model } = deployment;
    const deployments = [{ base_url, api_key, upstream_model }];
    expect((await admin('POST', 'models', { name, deployments, prices })).status).toBe(201);
    const path = `models/${encodeURIComponent(name)}/promote`;
    expect((await admin('POST', path, { state: 'active', force: true })).status).toBe(200);
  };
  const makeKey = async (limits: object) => {
    const answer = await admin('POST', 'keys', { name: 'limited', ...limits });
    expect([answer.status, answer.body]).toMatchObject([201, {}]);
    return newApiKeySchema.parse(answer.body);
  };
  const readKey = async (id: string): Promise<ApiKeyView> =>
    apiKeySchema.parse((await admin('GET', `keys/${id}`)).body);
  const chat = (gateway: Client, body: object, key?: string) =>
    gateway.post('/v1/chat/completions', body, key);
  const until = async (holds: () => Promise<boolean>) => {
    for (const start = Date.now(); !(await holds()); await sleep(50))
      if (Date.now() - start > 40_000) throw new Error(`still not: ${String(holds)}`);
  };
  const spendOf = async (id: string) => (await readKey(id)).spend;

  it('spend no more than their budget, however many calls come at once through two gateways', async () => {
    const { id, key } = await makeKey({ budget: { usd: 7 * CALL_USD, period: 'month' } });
    const before = dear.calls.length;
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, i) => chat(gateways[i % 2]!, CALL, key)),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(7);
    expect(dear.calls.length - before).toBe(7);
    const refused = answers.filter(({ status }) => status !== 200);
    expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([402]));
    expect(refused[0]!.body).toEqual({
      error: {
        message: expect.stringContaining('0.21 USD a month'),
        type: 'insufficient_quota',
        code: 'key-budget-exhausted',
        param: null,
      },
    });
    await until(async () => (await spendOf(id))?.reserved_usd === 0);
    expect(await spendOf(id)).toMatchObject({ spent_usd: 0.21 });

    // A decision costs nothing; more money is there at once, on every gateway.
    await own.client.route(QUERY, key);
    const more = { budget: { usd: 8 * CALL_USD, period: 'month' } };
    expect((await admin('PATCH', `keys/${id}`, more)).status).toBe(200);
    await until(async () => (await chat(gateways[1]!, CALL, key)).status === 200);
    expect((await chat(own.client, CALL, key)).status).toBe(402);
  });

  it('go on by another policy once their budget is spent, if they say so', async () => {
    const { id, key } = await makeKey({
      budget: { usd: CALL_USD, period: 'day' },
      on_budget_exceeded: { policy: 'min-cost' },
      models: ['acme/*'],
    });
    const best = { ...CALL, model: 'zerorouter/max-accuracy' };
    const policyOf = ({ status, headers }: Answer) => [status, headers.get('x-zerorouter-policy')];
    expect(policyOf(await chat(own.client, CALL, key))).toEqual([200, 'pinned']);
    await until(async () => (await spendOf(id))?.spent_usd === CALL_USD);
    for (const body of [CALL, best]) {
      const answer = await chat(own.client, body, key);
      expect(policyOf(answer)).toEqual([200, 'min-cost']);
      expect(answer.headers.get('x-zerorouter-model')).toBe(CHEAP);
    }
  });

  it('get no money back early from a call under way, and all of it from a killed gateway', async () => {
    const third = await startSecondGateway(own.databaseUrl, env);
    const { id, key } = await makeKey({ budget: { usd: CALL_USD, period: 'month' } });
    // It begins no answer; the connection stays open.
    dear.script = () => undefined;
    const hanging = fetch(`${third.client.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(CALL),
      signal: AbortSignal.timeout(200_000),
    }).catch(() => null);
    await until(async () => (await spendOf(id))?.reserved_usd === CALL_USD);
    // Longer than a reservation lasts that nobody renews.
    await sleep(RESERVATION_MS + 1_000);
    dear.script = answering('dear');
    expect((await chat(own.client, CALL, key)).status).toBe(402);
    await third.end('SIGKILL');
    await hanging;
    expect((await chat(own.client, CALL, key)).status).toBe(402);
    await until(async () => (await chat(own.client, CALL, key)).status === 200);
    await until(async () => (await spendOf(id))?.reserved_usd === 0);
    expect(await spendOf(id)).toMatchObject({ spent_usd: CALL_USD });
  });

  it('are held to their rates by two gateways together, and told what is left', async () => {
    const { key } = await makeKey({ rate: { requests_per_minute: 10 } });
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, i) => gateways[i % 2]!.post('/v1/route', QUERY, key)),
    );
    const let_through = answers.filter(({ status }) => status === 200);
    // One more fills in every six seconds.
    expect(let_through.length).toBeGreaterThanOrEqual(10);
    expect(let_through.length).toBeLessThanOrEqual(12);
    const refused = answers.find(({ status }) => status !== 200)!;
    expect(expectProblem(refused, 429)).toMatchObject({ code: 'rate-limited' });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    for (const { headers } of [refused, let_through[0]!])
      expect(headers.get('x-ratelimit-limit-requests')).toBe('10');
    expect(refused.headers.get('x-ratelimit-remaining-requests')).toBe('0');
    expect(refused.headers.get('x-ratelimit-reset-requests')).toMatch(/^(\d+s|1m0s)$/);

    const openai = new OpenAI({ baseURL: `${own.client.url}/v1`, apiKey: key, maxRetries: 0 });
    const failure = await openai.chat.completions
      .create({ model: CHEAP, messages })
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(OpenAI.RateLimitError);
    expect(failure).toMatchObject({ code: 'rate_limit_exceeded', type: 'rate_limit_error' });
  });

  it('are held to their tokens, those of the answer too', async () => {
    const { key } = await makeKey({ rate: { tokens_per_minute: 1_000 } });
    const first = await chat(own.client, { ...CALL, model: CHEAP, max_tokens: 900 }, key);
    expect(first.status).toBe(200);
    expect(first.headers.get('x-ratelimit-limit-tokens')).toBe('1000');
    const large = await chat(own.client, { ...CALL, model: CHEAP, max_tokens: 1_001 }, key);
    expect([large.status, large.body]).toMatchObject([
      413,
      { error: { code: 'tokens-exceed-rate' } },
    ]);
  });

  it('reach the models on their list and no others', async () => {
    const { key } = await makeKey({ models: [CHEAP, 'other/*'] });
    const { candidates, model } = await own.client.route({ ...QUERY, models: ['acme/*'] }, key);
    expect(model).toBe(CHEAP);
    expect(candidates.find((one) => one.model === DEAR)?.excluded).toBeDefined();
    expect((await own.client.route(QUERY, key)).model).toBe(CHEAP);
    for (const models of [[DEAR], ['acme/d*']])
      expect(
        expectProblem(await own.client.post('/v1/route', { ...QUERY, models }, key), 403),
      ).toMatchObject({ code: 'model-not-allowed' });
    expectProblem(await own.client.post('/v1/route', { ...QUERY, models: ['none/*'] }, key), 422);

    expect((await chat(own.client, { ...CALL, model: CHEAP }, key)).status).toBe(200);
    expect((await chat(own.client, { ...CALL, model: 'auto' }, key)).status).toBe(200);
    const refused = await chat(own.client, CALL, key);
    expect([refused.status, refused.body]).toMatchObject([
      403,
      { error: { type: 'permission_error', code: 'model-not-allowed' } },
    ]);

    const { data } = (await own.client.get('/v1/models', key)).body as { data: { id: string }[] };
    const names = data.map(({ id }) => id);
    expect(names).toEqual(expect.arrayContaining(['auto', CHEAP]));
    expect(names).not.toContain(DEAR);

    const items = [
      { custom_id: 'any', ...QUERY },
      { custom_id: 'dear', ...QUERY, models: [DEAR] },
    ];
    const batch = await own.client.post('/v1/route/batches', { items }, key);
    expect(batch.status).toBe(202);
    const { id } = batch.body as { id: string };
    await ended(own.client, id, key);
    expect(await results(own.client, id, key)).toMatchObject([
      { custom_id: 'any', model: CHEAP },
      { custom_id: 'dear', error: { code: 'model-not-allowed' } },
    ]);
  });

  it('use the policies on their list and no others', async () => {
    const { key } = await makeKey({ policies: ['min-cost', 'min-latency'] });
    expect((await own.client.route(QUERY, key)).policy).toBe('min-cost');
    expect((await own.client.route({ ...QUERY, policy: 'min-latency' }, key)).policy).toBe(
      'min-latency',
    );
    for (const policy of ['balanced', { dial: 0.5 }])
      expect(
        expectProblem(await own.client.post('/v1/route', { ...QUERY, policy }, key), 403),
      ).toMatchObject({ code: 'policy-not-allowed' });
    expect((await chat(own.client, CALL, key)).status).toBe(403);
    const answer = await chat(own.client, { ...CALL, model: 'auto' }, key);
    expect(answer.headers.get('x-zerorouter-policy')).toBe('min-cost');
    const batch = { items: [{ custom_id: 'a', ...QUERY }], policy: 'balanced' };
    expectProblem(await own.client.post('/v1/route/batches', batch, key), 403);
  });

  it('end when they expire, on every gateway', async () => {
    const expires_at = new Date(Date.now() + 2_000).toISOString();
    const { key } = await makeKey({ expires_at });
    for (const gateway of gateways) await gateway.route(QUERY, key);
    await sleep(Date.parse(expires_at) - Date.now() + 1);
    for (const gateway of gateways)
      expect(expectProblem(await gateway.post('/v1/route', QUERY, key), 401)).toMatchObject({
        code: 'expired-key',
      });
  });
});
