import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  says,
  startProvider,
  type ScriptedProvider,
} from '../../apps/gateway/test/scripted-provider.js';
import { bootOwnStack, prepared, type OwnStack } from '../stack/boot-stack.js';
import { accepted, ended, submit } from '../stack/batches.js';
import type { Answer } from '../stack/client.js';
import { searchFor, type LeakSearch } from '../stack/find-leaks.js';

const { adminKey, redisUrl } = prepared();
const canary = (name: string): string => `${name}-canary-${randomBytes(12).toString('hex')}`;
const MODEL = 'acme/canary';

/** What must be found nowhere once all is done, by what it is. */
const SECRETS = {
  'provider key': `sk-${canary('provider')}`,
  'second provider key': `sk-${canary('second')}`,
  'sealing key': randomBytes(32).toString('base64'),
  'unknown key': `zr_${canary('unknown')}`,
  'key in a URL': `zr_${canary('url')}`,
  prompt: canary('prompt'),
  'embedded text': canary('embedded'),
  answer: canary('answer'),
  'broken body': canary('broken'),
};

describe('after a run with canaries in every place for secrets', () => {
  let own: OwnStack;
  let provider: ScriptedProvider;
  let search: LeakSearch;
  let callerKey: string;
  /** All that the gateway has said, but the one answer that shows a new key. */
  const said: { to: string; text: string }[] = [];

  const call = async (
    method: string,
    path: string,
    body?: unknown,
    key: string = adminKey,
  ): Promise<Answer> => {
    const response = await fetch(`${own.client.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body === undefined
        ? {}
        : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    const { status, headers } = response;
    said.push({ to: `${method} ${path}`, text: `${text}${JSON.stringify([...headers])}` });
    const isJson = headers.get('content-type')?.includes('json') === true && text !== '';
    return { status, headers, body: isJson ? (JSON.parse(text) as unknown) : text };
  };

  beforeAll(async () => {
    provider = await startProvider('canary', says(200, completion(SECRETS.answer)));
    own = await bootOwnStack({
      env: {
        SECRETS_KEY: SECRETS['sealing key'],
        PROVIDER_ALLOW_PRIVATE: 'true',
        LOG_LEVEL: 'trace',
        EMBEDDINGS_MODEL: MODEL,
        CHAT_REST_MS: '50',
      },
    });
    search = searchFor(own.stateDir, own.databaseUrl, redisUrl);
    const made = await own.client.post(
      '/admin/v1/keys',
      { name: 'canary', scopes: ['route', 'chat'] },
      adminKey,
    );
    callerKey = (made.body as { key: string }).key;
    await run();
  });
  afterAll(async () => {
    await own.stop();
    await provider.close();
  });

  const run = async (): Promise<void> => {
    const { baseUrl, upstreamModel } = provider.deployment;
    const deployment = {
      base_url: baseUrl,
      upstream_model: upstreamModel,
      api_key: SECRETS['provider key'],
    };
    const prices = { input_per_mtok: 1, output_per_mtok: 2 };
    const model = await call('POST', '/admin/v1/models', {
      name: MODEL,
      prices,
      deployments: [deployment],
    });
    expect(model.status).toBe(201);
    const { id } = model.body as { id: string };
    // Refused, with a key in the request.
    await call('POST', '/admin/v1/models', {
      name: 'acme/x',
      api_key: SECRETS['second provider key'],
    });
    await call('PATCH', `/admin/v1/models/${id}`, {
      deployments: [
        { ...deployment, base_url: 'ftp://x', api_key: SECRETS['second provider key'] },
      ],
    });
    await call('PATCH', `/admin/v1/models/${id}`, {
      deployments: [
        {
          ...deployment,
          api_key: `${SECRETS['second provider key']} ${SECRETS['second provider key']}`,
        },
      ],
    });

    const messages = [{ role: 'user', content: `Repeat this: ${SECRETS.prompt}` }];
    const chat = { model: MODEL, messages };
    const deadline = Date.now() + 20_000;
    while ((await call('POST', '/v1/chat/completions', chat, callerKey)).status !== 200) {
      expect(Date.now()).toBeLessThan(deadline);
      await sleep(100);
    }
    for (const query of [
      { query: SECRETS.prompt, explain: true },
      { messages, policy: 'min-cost' },
    ])
      expect((await call('POST', '/v1/route', query, callerKey)).status).toBe(200);
    await call(
      'POST',
      '/v1/embeddings',
      { model: 'auto', input: SECRETS['embedded text'] },
      callerKey,
    );
    await call(
      'POST',
      '/v1/responses',
      { model: MODEL, input: SECRETS['embedded text'] },
      callerKey,
    );
    await call('POST', '/v1/chat/completions', { ...chat, stream: true }, callerKey);

    // Providers that repeat what they were sent, and fail with it.
    for (const status of [400, 401, 403, 429, 500]) {
      const message = `Incorrect API key provided: ${SECRETS['provider key']}. You said: ${SECRETS.prompt}`;
      provider.script = says(status, { message, type: 'invalid_request_error', code: null });
      await call('POST', '/v1/chat/completions', chat, callerKey);
      await sleep(60);
    }
    provider.script = (response) => response.socket?.destroy();
    await call('POST', '/v1/chat/completions', chat, callerKey);
    const limits = { max_anchors: 10, max_cost_usd: 1, concurrency: 1 };
    const onboarding = await call('POST', `/admin/v1/models/${id}/onboardings`, limits);
    expect(onboarding.status).toBe(202);

    // What cannot be read, and who is not known.
    await call('POST', '/v1/route', `{"query": "${SECRETS['broken body']}`, callerKey);
    await call(
      'POST',
      '/v1/chat/completions',
      `{"messages": ["${SECRETS['broken body']}"`,
      callerKey,
    );
    await call('POST', '/v1/route', { query: { text: SECRETS.prompt } }, callerKey);
    await call('POST', '/v1/route', { query: 'a' }, SECRETS['unknown key']);
    await call('GET', '/admin/v1/models', undefined, SECRETS['unknown key']);
    await call('GET', `/v1/models?api_key=${SECRETS['key in a URL']}`, undefined, callerKey);
    await call('GET', `/v1/nowhere?api_key=${SECRETS['key in a URL']}`, undefined, callerKey);

    for (const path of [
      'models',
      'decisions',
      'keys',
      'alerts',
      'policies',
      'spaces',
      'audit',
      'jobs',
      'dead-letters',
    ])
      await call('GET', `/admin/v1/${path}`);
    await call('GET', '/metrics');
    // Jobs that have ended are taken away a moment later.
    await sleep(2_000);
  };

  it('the search finds what is there', async () => {
    expect(search.logs('listening').length).toBeGreaterThanOrEqual(3);
    expect((await search.postgres(MODEL)).join()).toContain('models');
    if (redisUrl !== null)
      expect((await search.redis('predict-queries')).length).toBeGreaterThan(0);
    expect(provider.calls.some(({ body }) => body.includes(SECRETS.prompt))).toBe(true);
    expect(
      provider.calls.some(({ headers }) =>
        headers.authorization?.includes(SECRETS['provider key']),
      ),
    ).toBe(true);
  });

  it.each(Object.entries(SECRETS))('the %s is in no log, table or queue', async (_, secret) => {
    expect(search.logs(secret)).toEqual([]);
    expect(await search.postgres(secret)).toEqual([]);
    expect(await search.redis(secret)).toEqual([]);
  });

  it('the caller’s key is in no log, table or queue', async () => {
    const found = [
      ...search.logs(callerKey),
      ...(await search.postgres(callerKey)),
      ...(await search.redis(callerKey)),
    ];
    expect(found).toEqual([]);
  });

  it('no answer holds a key, and none to an administrator holds what was asked', () => {
    const keys = ['provider key', 'second provider key', 'sealing key', 'unknown key'] as const;
    for (const { to, text } of said) {
      for (const kind of keys)
        expect([to, kind, text.includes(SECRETS[kind])]).toEqual([to, kind, false]);
      expect([to, text.includes(callerKey)]).toEqual([to, false]);
      if (/ \/(admin|metrics)/.test(to))
        for (const kind of ['prompt', 'embedded text', 'answer'] as const)
          expect([to, kind, text.includes(SECRETS[kind])]).toEqual([to, kind, false]);
    }
  });

  it('texts of a batch are in the table of its items alone, and in no log or queue', async () => {
    const text = canary('batch');
    const batch = accepted(
      await submit(own.client, { items: [{ custom_id: 'a', query: text }] }, { key: callerKey }),
    );
    await ended(own.client, batch.id, callerKey);
    await sleep(1_000);
    const tables = (await search.postgres(text)).map((leak) => leak.split(':')[0]);
    expect(tables).toEqual(['public.batch_items']);
    expect(search.logs(text)).toEqual([]);
    expect(await search.redis(text)).toEqual([]);
  });
});

function completion(content: string) {
  return {
    id: 'c1',
    object: 'chat.completion',
    created: 1,
    model: 'upstream',
    choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content } }],
    usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 },
  };
}
