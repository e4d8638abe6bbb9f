import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { get as httpGet, request as httpRequest, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import {
  says,
  startProvider,
  type Script,
  type ScriptedProvider,
} from '../../apps/gateway/test/scripted-provider.js';
import { bootOwnStack, prepared, type OwnStack } from '../stack/boot-stack.js';
import type { Answer } from '../stack/client.js';

const { adminKey } = prepared();
const CHEAP = 'acme/cheap';
const DEAR = 'acme/dear';
const POLICY = 'zerorouter/min-cost';
const IDLE_MS = 1_500;
const DEADLINE_MS = 3_000;
const messages = [{ role: 'user' as const, content: 'Which river flows through Vienna?' }];

const completion = (content: string): Script =>
  says(200, {
    id: 'c1',
    object: 'chat.completion',
    created: 1,
    model: 'upstream',
    choices: [
      { index: 0, finish_reason: 'stop', message: { role: 'assistant', content, refusal: null } },
    ],
    usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 },
  });
const event = (content: string): string =>
  `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'u', choices: [{ index: 0, delta: { content }, finish_reason: null }] })}\n\n`;
const beginStream: Script = (response) =>
  response.writeHead(200, { 'content-type': 'text/event-stream' });

describe('chat', () => {
  let own: OwnStack;
  let openai: OpenAI;
  let key: string;
  let cheap: ScriptedProvider;
  let dear: ScriptedProvider;

  beforeAll(async () => {
    cheap = await startProvider('cheap', completion('cheap'));
    dear = await startProvider('dear', completion('dear'));
    own = await bootOwnStack({
      env: {
        SECRETS_KEY: randomBytes(32).toString('base64'),
        PROVIDER_ALLOW_PRIVATE: 'true',
        CHAT_TIMEOUT_MS: String(DEADLINE_MS),
        CHAT_IDLE_TIMEOUT_MS: String(IDLE_MS),
        CHAT_REST_MS: '300',
        EMBEDDINGS_MODEL: CHEAP,
      },
    });
    const made = await admin('POST', 'keys', { name: 'chat', scopes: ['route'] });
    ({ key } = made.body as { key: string });
    openai = new OpenAI({ baseURL: `${own.client.url}/v1`, apiKey: key, maxRetries: 0 });
    const free = { input_per_mtok: 0, output_per_mtok: 0 };
    await add(CHEAP, cheap, { prices: free, capabilities: ['tools'], context_window: 8_000 });
    const prices = { input_per_mtok: 1, output_per_mtok: 2 };
    await add(DEAR, dear, { prices, capabilities: ['tools', 'vision'], context_window: 100_000 });
    await until(async () => (await post({ model: DEAR, messages })).status === 200);
    await until(async () => (await post({ model: POLICY, messages })).status === 200);
  });
  afterEach(() => {
    cheap.script = completion('cheap');
    dear.script = completion('dear');
  });
  afterAll(async () => {
    await own.stop();
    await cheap.close();
    await dear.close();
  });

  const admin = async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const response = await fetch(`${own.client.url}/admin/v1/${path}`, {
      method,
      headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, headers: response.headers, body: await response.json() };
  };
  const deployments = ({ deployment }: ScriptedProvider, apiKey = deployment.apiKey!) => [
    { base_url: deployment.baseUrl, api_key: apiKey, upstream_model: deployment.upstreamModel },
  ];
  const add = async (name: string, provider: ScriptedProvider, more: object) => {
    const body = { name, deployments: deployments(provider), ...more };
    expect((await admin('POST', 'models', body)).status).toBe(201);
    const path = `models/${encodeURIComponent(name)}/promote`;
    expect((await admin('POST', path, { state: 'active', force: true })).status).toBe(200);
  };
  const until = async (holds: () => Promise<boolean> | boolean) => {
    for (const start = Date.now(); !(await holds());) {
      if (Date.now() - start > 10_000) throw new Error(`still not: ${String(holds)}`);
      await sleep(20);
    }
  };
  /** Sends bytes as they are, and gives the answer as it is. */
  const post = async (body: unknown, path = 'chat/completions', headers = {}) => {
    const response = await fetch(`${own.client.url}/v1/${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        ...headers,
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  const errorOf = ({ status, headers, text }: Awaited<ReturnType<typeof post>>) => {
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    const { error } = JSON.parse(text) as { error: { code: string; message: string } };
    return { status, ...error };
  };
  const decisionOf = async ({ headers }: { headers: Headers }) => {
    const id = headers.get('x-zerorouter-decision-id')!;
    const { body } = await own.client.get(`/v1/decisions/${id}`, key);
    return body as {
      decision_id: string;
      model: string;
      policy: string;
      candidates: { model: string; excluded?: string }[];
      request: { attempts: object[]; answered_by: string | null; session_hash?: string };
    };
  };

  describe('with the official client', () => {
    it('lists models', async () => {
      const ids: string[] = [];
      for await (const { id } of openai.models.list()) ids.push(id);
      expect(ids).toEqual(expect.arrayContaining(['auto', POLICY, CHEAP, DEAR]));
    });

    it.each([
      [CHEAP, 'cheap', 'pinned'],
      [DEAR, 'dear', 'pinned'],
      [POLICY, 'cheap', 'min-cost'],
      ['acme/d*', 'dear', 'balanced'],
      ['auto', expect.stringMatching(/^(cheap|dear)$/), 'balanced'],
    ])('chats with %s', async (model, content, policy) => {
      const { data, response } = await openai.chat.completions
        .create({ model, messages })
        .withResponse();
      expect(data.choices[0]?.message.content).toEqual(content);
      expect(data.usage?.total_tokens).toBe(12);
      expect(response.headers.get('x-zerorouter-policy')).toBe(policy);
      const answered = `acme/${data.choices[0]?.message.content}`;
      expect(response.headers.get('x-zerorouter-model')).toBe(answered);
      expect(response.headers.get('x-zerorouter-attempts')).toBe(`${answered};200`);
      if (policy === 'pinned')
        return expect(response.headers.get('x-zerorouter-decision-id')).toBeNull();
      const decision = await decisionOf(response);
      expect(decision).toMatchObject({
        model: answered,
        policy,
        request: { answered_by: answered, attempts: [{ model: answered, outcome: 200 }] },
      });
      const excluded = decision.candidates.filter((one) => one.excluded === 'no deployment');
      expect(excluded.length).toBeGreaterThan(model === 'acme/d*' ? -1 : 10);
      const { body } = await admin('GET', `decisions/${decision.decision_id}/replay`);
      expect(body).toMatchObject({ same: true, differences: [] });
    });

    it('streams each piece when it comes', async () => {
      let proceed = (): void => undefined;
      cheap.script = (response, call, body) => {
        void beginStream(response, call, body);
        let sent = 0;
        proceed = () => {
          if (sent++ < 20) response.write(event(String(sent)));
          else response.end('data: [DONE]\n\n');
        };
        proceed();
      };
      const stream = await openai.chat.completions.create({
        model: POLICY,
        messages,
        stream: true,
      });
      const pieces: string[] = [];
      // The next piece leaves only when the one before has come: kept back, the test would not end.
      for await (const chunk of stream) {
        pieces.push(chunk.choices[0]!.delta.content!);
        proceed();
      }
      expect(pieces).toEqual(Array.from({ length: 20 }, (_, i) => String(i + 1)));
      expect(JSON.parse(cheap.calls.at(-1)!.body)).toMatchObject({ stream: true });
    });

    it('passes tools, formats and whatever else, there and back', async () => {
      const call = { id: 't1', type: 'function', function: { name: 'rain', arguments: '{"a":1}' } };
      cheap.script = says(200, {
        choices: [{ index: 0, finish_reason: 'tool_calls', message: { tool_calls: [call] } }],
      });
      const request = {
        model: POLICY,
        messages,
        n: 2,
        logprobs: true,
        tools: [{ type: 'function' as const, function: { name: 'rain', parameters: {} } }],
        response_format: { type: 'json_object' as const },
        max_completion_tokens: 50,
      };
      const { choices } = await openai.chat.completions.create(request);
      expect(choices[0]?.message.tool_calls).toEqual([call]);
      expect(JSON.parse(cheap.calls.at(-1)!.body)).toEqual({ ...request, model: 'upstream-cheap' });
    });

    it('takes an aborted stream back to the provider', async () => {
      cheap.script = (response, call, body) => {
        void beginStream(response, call, body);
        response.write(event('first'));
      };
      const stream = await openai.chat.completions.create({ model: CHEAP, messages, stream: true });
      const sockets = cheap.sockets.size;
      for await (const _ of stream) stream.controller.abort();
      await until(() => cheap.sockets.size < sockets);
    });

    it('takes an aborted wait back to the provider, too', async () => {
      cheap.script = () => undefined;
      const [calls, sockets] = [cheap.calls.length, dear.sockets.size];
      const client = new AbortController();
      const answer = openai.chat.completions.create(
        { model: POLICY, messages },
        { signal: client.signal },
      );
      await until(() => cheap.calls.length > calls);
      const waiting = cheap.sockets.size;
      client.abort();
      await expect(answer).rejects.toThrow(/abort/i);
      await until(() => cheap.sockets.size < waiting);
      expect(dear.sockets.size).toBeLessThanOrEqual(sockets);
    });

    it('gets embeddings and responses', async () => {
      cheap.script = says(200, { object: 'list', data: [{ index: 0, embedding: [0.5, 1] }] });
      for (const model of [CHEAP, 'auto']) {
        const input = { model, input: 'x', encoding_format: 'float' as const };
        const { data } = await openai.embeddings.create(input);
        expect(data[0]?.embedding).toEqual([0.5, 1]);
        expect(cheap.calls.at(-1)).toMatchObject({ path: '/v1/embeddings' });
        expect(JSON.parse(cheap.calls.at(-1)!.body)).toEqual({ ...input, model: 'upstream-cheap' });
      }
      dear.script = says(200, { id: 'r1', object: 'response', output: [] });
      const { id } = await openai.responses.create({ model: DEAR, input: 'x' });
      expect([id, dear.calls.at(-1)?.path]).toEqual(['r1', '/v1/responses']);
      const refused = openai.responses.create({ model: 'auto', input: 'x' });
      await expect(refused).rejects.toMatchObject({ status: 400, param: 'model' });
      await expect(refused).rejects.toThrow(/RESPONSES_MODEL/);
    });
  });

  it('leaves every byte that is not ours as it is', async () => {
    const [reply, sent] = ['{"big": 1e400, "ü":  "\\u00fc"}\n', ' "x" : 12345678901234567890.10 '];
    cheap.script = (response) =>
      response
        .writeHead(203, { 'content-type': 'application/json', 'x-request-id': 'r', 'x-other': 'o' })
        .end(reply);
    const body = (model: string, ours: string) =>
      `{${sent},\t"messages":[{"role":"user","content":"h\\u00e9"}]${ours}, "model":"${model}","y":[ ]}`;
    const ours =
      ', "zerorouter":{"session_id":"s","explain":true,"constraints":{"max_cost_usd":1}}';
    for (const model of [CHEAP, POLICY]) {
      const answer = await post(body(model, ours), undefined, { 'openai-beta': 'b', cookie: 'c' });
      expect([answer.status, answer.text]).toEqual([203, reply]);
      expect(answer.headers.get('x-request-id')).toBe('r');
      expect(answer.headers.get('x-other')).toBeNull();
      const { body: seen, headers } = cheap.calls.at(-1)!;
      expect(seen).toBe(body('upstream-cheap', ''));
      expect(headers).toMatchObject({
        authorization: `Bearer ${cheap.deployment.apiKey}`,
        'openai-beta': 'b',
      });
      expect(headers.cookie).toBeUndefined();
      if (model === CHEAP) continue;
      expect(decodeURIComponent(answer.headers.get('x-zerorouter-reason')!)).toMatch(/min-cost/);
      expect((await decisionOf(answer)).request.session_hash).toMatch(/^[0-9a-f]{64}$/);
    }
  });

  it('reads no faster than its client', async () => {
    const [piece, pieces] = [Buffer.alloc(65_536, 'x'), 1_024];
    let written = 0;
    cheap.script = (response) => {
      response.writeHead(200, { 'content-type': 'application/octet-stream' });
      const pour = (): void => {
        while (written < pieces) {
          written++;
          if (!response.write(piece)) return void response.once('drain', pour);
        }
        response.end();
      };
      pour();
    };
    const request = httpRequest(`${own.client.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    });
    request.end(JSON.stringify({ model: CHEAP, messages }));
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    await sleep(IDLE_MS / 2);
    const held = written;
    // What the kernel and the streams buffer on the way, and no more.
    expect(held).toBeLessThan(pieces / 2);
    let read = 0;
    for await (const bytes of response) read += (bytes as Buffer).length;
    expect([read, written]).toEqual([piece.length * pieces, pieces]);
  });

  describe('when a provider fails', () => {
    it.each([408, 409, 425, 500, 503])('goes on to the next model after %i', async (status) => {
      cheap.script = says(status);
      const answer = await post({ model: POLICY, messages });
      expect([answer.status, answer.headers.get('x-zerorouter-model')]).toEqual([200, DEAR]);
      const attempts = `${CHEAP};${status}, ${DEAR};200`;
      expect(answer.headers.get('x-zerorouter-attempts')).toBe(attempts);
      expect(await decisionOf(answer)).toMatchObject({
        model: CHEAP,
        request: {
          answered_by: DEAR,
          attempts: [
            { model: CHEAP, outcome: status },
            { model: DEAR, outcome: 200 },
          ],
        },
      });
      // It is well again: five failures in a row would let it rest.
      cheap.script = completion('cheap');
      expect((await post({ model: CHEAP, messages })).status).toBe(200);
    });

    it('lets it rest for as long as it asks', async () => {
      cheap.script = says(429, { message: 'slow' }, { 'retry-after': '1' });
      const pinned = await post({ model: CHEAP, messages });
      expect(errorOf(pinned)).toMatchObject({ status: 429, code: 'provider-failed' });
      expect(pinned.headers.get('retry-after')).toBe('1');
      const calls = cheap.calls.length;
      cheap.script = completion('cheap');
      const rests = await post({ model: CHEAP, messages });
      expect(errorOf(rests)).toMatchObject({ status: 503, code: 'deployments-resting' });
      expect(rests.headers.get('retry-after')).toBe('1');
      const routed = await post({ model: POLICY, messages });
      expect(routed.headers.get('x-zerorouter-attempts')).toBe(`${CHEAP};resting, ${DEAR};200`);
      expect(cheap.calls).toHaveLength(calls);
      await sleep(1_050);
      expect((await post({ model: CHEAP, messages })).status).toBe(200);
    });

    it('tells administrators of a wrong key, and goes on when it is mended', async () => {
      cheap.script = says(401, { message: `Incorrect API key: ${cheap.deployment.apiKey}` });
      const routed = await post({ model: POLICY, messages });
      expect(routed.headers.get('x-zerorouter-attempts')).toBe(`${CHEAP};401, ${DEAR};200`);
      cheap.script = completion('cheap');
      expect(errorOf(await post({ model: CHEAP, messages })).code).toBe('deployments-resting');
      const alerts = async () => JSON.stringify((await admin('GET', 'alerts?open=true')).body);
      await until(async () => (await alerts()).includes('"kind":"deployment"'));
      expect(await alerts()).not.toContain(cheap.deployment.apiKey!);
      const mended = { deployments: deployments(cheap, 'sk-a-new-one-of-length') };
      expect((await admin('PATCH', `models/${encodeURIComponent(CHEAP)}`, mended)).status).toBe(
        200,
      );
      await until(async () => (await post({ model: CHEAP, messages })).status === 200);
      expect(cheap.calls.at(-1)!.headers.authorization).toBe('Bearer sk-a-new-one-of-length');
    });

    it('hands on what is wrong with the request, byte for byte', async () => {
      cheap.script = says(400, { message: 'bad temperature', param: 'temperature', code: null });
      const calls = dear.calls.length;
      for (const model of [CHEAP, POLICY]) {
        const answer = await post({ model, messages });
        expect([answer.status, answer.text]).toEqual([
          400,
          '{"error":{"message":"bad temperature","param":"temperature","code":null}}',
        ]);
        expect(answer.headers.get('x-zerorouter-attempts')).toBe(`${CHEAP};400`);
      }
      expect(dear.calls).toHaveLength(calls);
      cheap.script = says(400, { code: 'context_length_exceeded' });
      const longer = await post({ model: POLICY, messages });
      expect(longer.headers.get('x-zerorouter-attempts')).toBe(`${CHEAP};400, ${DEAR};200`);
      expect((await post({ model: CHEAP, messages })).status).toBe(400);
    });

    it('never goes on to another one after the first byte', async () => {
      cheap.script = (response, call, body) => {
        void beginStream(response, call, body);
        response.write(event('first'));
        setTimeout(() => response.destroy(), 50);
      };
      const calls = dear.calls.length;
      const stream = await openai.chat.completions.create({
        model: POLICY,
        messages,
        stream: true,
      });
      const pieces: string[] = [];
      const reading = (async () => {
        for await (const chunk of stream) pieces.push(chunk.choices[0]!.delta.content!);
      })();
      await expect(reading).rejects.toThrow();
      expect([pieces, dear.calls.length]).toEqual([['first'], calls]);
    });

    it('cuts off an answer that stands still', async () => {
      cheap.script = (response, call, body) => {
        void beginStream(response, call, body);
        response.write(event('first'));
      };
      const start = performance.now();
      await expect(post({ model: CHEAP, messages, stream: true })).rejects.toThrow();
      expect(performance.now() - start).toBeGreaterThan(IDLE_MS - 100);
      expect(performance.now() - start).toBeLessThan(IDLE_MS * 3);
    });

    it('waits for the first byte until the deadline', async () => {
      cheap.script = () => undefined;
      const start = performance.now();
      const late = errorOf(await post({ model: CHEAP, messages }));
      expect(late).toMatchObject({ status: 504, code: 'provider-timeout', type: 'server_error' });
      expect(performance.now() - start).toBeLessThan(DEADLINE_MS * 1.5);
      const gone = httpGet(`${own.client.url}/health/live`);
      const [response] = (await once(gone, 'response')) as [IncomingMessage];
      response.resume();
      expect(response.statusCode).toBe(200);
    });
  });

  it('sends images to models that see', async () => {
    const content = [
      { type: 'text' as const, text: 'What is this?' },
      { type: 'image_url' as const, image_url: { url: 'data:image/png;base64,AAAA' } },
    ];
    const request = { model: POLICY, messages: [{ role: 'user' as const, content }] };
    const { choices } = await openai.chat.completions.create(request);
    expect(choices[0]?.message.content).toBe('dear');
    const answer = errorOf(await post({ ...request, model: 'acme/c*' }));
    expect(answer).toMatchObject({ status: 422, code: 'no-eligible-model' });
    expect(answer.message).toContain(`${CHEAP} (lacks vision)`);
    expect(answer.message.length).toBeLessThan(10_000);
  });

  it('answers errors as the OpenAI API does', async () => {
    const starter = (await own.client.get('/v1/models')).body as {
      data: { id: string; zerorouter: { kind: string; deployments: number } }[];
    };
    const lone = starter.data.find(
      ({ zerorouter }) => zerorouter.kind === 'real' && zerorouter.deployments === 0,
    )!.id;
    const ask = async (body: unknown, path?: string, headers?: object) =>
      errorOf(await post(body, path, headers));
    expect(await ask({ model: 'acme/none', messages })).toMatchObject({
      status: 404,
      code: 'model_not_found',
      type: 'invalid_request_error',
      param: 'model',
    });
    expect(await ask({ model: 'none/*', messages })).toMatchObject({ status: 404 });
    expect(await ask({ model: lone, messages })).toMatchObject({
      status: 409,
      code: 'no-deployment',
      message: expect.stringContaining('base_url'),
    });
    expect(await ask({ model: `${lone}*`, messages })).toMatchObject({ code: 'no-deployment' });
    expect(await ask({ model: 'zerorouter/none', messages })).toMatchObject({
      status: 422,
      code: 'unknown-policy',
    });
    expect(await ask('{"model":')).toMatchObject({ status: 400, code: 'malformed-request' });
    expect(await ask('')).toMatchObject({ status: 400 });
    expect(await ask('[1]')).toMatchObject({ status: 400 });
    expect(await ask({ model: 'auto' })).toMatchObject({ status: 400, param: 'messages' });
    const strict = { model: CHEAP, messages, zerorouter: { sesion: 1 } };
    expect(await ask(strict)).toMatchObject({ status: 400, param: 'zerorouter' });
    expect(await ask({}, 'chat/nothing')).toMatchObject({ status: 404, code: 'no-such-path' });
    const wrongKey = { authorization: 'Bearer zr_wrong' };
    for (const path of ['chat/completions', 'embeddings', 'responses'])
      expect(await ask({}, path, wrongKey)).toMatchObject({
        status: 401,
        code: 'invalid_api_key',
        type: 'authentication_error',
      });
    // Every other path keeps its problem documents.
    const other = await post({}, 'route');
    expect(other.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  });
});
