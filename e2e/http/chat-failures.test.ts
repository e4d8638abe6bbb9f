import { once } from 'node:events';
import { get as httpGet, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { says } from '../../apps/gateway/test/scripted-provider.js';
import {
  beginStream,
  ChatStack,
  CHEAP,
  completion,
  DEADLINE_MS,
  DEAR,
  event,
  IDLE_MS,
  messages,
  POLICY,
} from '../stack/chat-stack.js';

describe('when a provider fails', () => {
  let chat: ChatStack;
  beforeAll(async () => {
    chat = await ChatStack.boot();
  });
  afterEach(() => chat.mend());
  afterAll(() => chat.stop());

  it.each([408, 409, 425, 500, 503])('goes on to the next model after %i', async (status) => {
    chat.cheap.script = says(status);
    const answer = await chat.post({ model: POLICY, messages });
    expect([answer.status, answer.headers.get('x-zerorouter-model')]).toEqual([200, DEAR]);
    const attempts = `${CHEAP};${status}, ${DEAR};200`;
    expect(answer.headers.get('x-zerorouter-attempts')).toBe(attempts);
    expect(await chat.decisionOf(answer)).toMatchObject({
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
    chat.cheap.script = completion('cheap');
    expect((await chat.post({ model: CHEAP, messages })).status).toBe(200);
  });

  it('lets it rest for as long as it asks', async () => {
    chat.cheap.script = says(429, { message: 'slow' }, { 'retry-after': '1' });
    const pinned = await chat.post({ model: CHEAP, messages });
    expect(chat.errorOf(pinned)).toMatchObject({ status: 429, code: 'provider-failed' });
    expect(pinned.headers.get('retry-after')).toBe('1');
    const calls = chat.cheap.calls.length;
    chat.cheap.script = completion('cheap');
    const rests = await chat.post({ model: CHEAP, messages });
    expect(chat.errorOf(rests)).toMatchObject({ status: 503, code: 'deployments-resting' });
    expect(rests.headers.get('retry-after')).toBe('1');
    const routed = await chat.post({ model: POLICY, messages });
    expect(routed.headers.get('x-zerorouter-attempts')).toBe(`${CHEAP};resting, ${DEAR};200`);
    expect(chat.cheap.calls).toHaveLength(calls);
    await sleep(1_050);
    expect((await chat.post({ model: CHEAP, messages })).status).toBe(200);
  });

  it('tells administrators of a wrong key, and goes on when it is mended', async () => {
    chat.cheap.script = says(401, {
      message: `Incorrect API key: ${chat.cheap.deployment.apiKey}`,
    });
    const routed = await chat.post({ model: POLICY, messages });
    expect(routed.headers.get('x-zerorouter-attempts')).toBe(`${CHEAP};401, ${DEAR};200`);
    chat.cheap.script = completion('cheap');
    expect(chat.errorOf(await chat.post({ model: CHEAP, messages })).code).toBe(
      'deployments-resting',
    );
    const alerts = async () => JSON.stringify((await chat.admin('GET', 'alerts?open=true')).body);
    await chat.until(async () => (await alerts()).includes('"kind":"deployment"'));
    expect(await alerts()).not.toContain(chat.cheap.deployment.apiKey!);
    const mended = { deployments: chat.deployments(chat.cheap, 'sk-a-new-one-of-length') };
    expect((await chat.admin('PATCH', `models/${encodeURIComponent(CHEAP)}`, mended)).status).toBe(
      200,
    );
    await chat.until(async () => (await chat.post({ model: CHEAP, messages })).status === 200);
    expect(chat.cheap.calls.at(-1)!.headers.authorization).toBe('Bearer sk-a-new-one-of-length');
  });

  it('hands on what is wrong with the request, byte for byte', async () => {
    chat.cheap.script = says(400, { message: 'bad temperature', param: 'temperature', code: null });
    const calls = chat.dear.calls.length;
    for (const model of [CHEAP, POLICY]) {
      const answer = await chat.post({ model, messages });
      expect([answer.status, answer.text]).toEqual([
        400,
        '{"error":{"message":"bad temperature","param":"temperature","code":null}}',
      ]);
      expect(answer.headers.get('x-zerorouter-attempts')).toBe(`${CHEAP};400`);
    }
    expect(chat.dear.calls).toHaveLength(calls);
    chat.cheap.script = says(400, { code: 'context_length_exceeded' });
    const longer = await chat.post({ model: POLICY, messages });
    expect(longer.headers.get('x-zerorouter-attempts')).toBe(`${CHEAP};400, ${DEAR};200`);
    expect((await chat.post({ model: CHEAP, messages })).status).toBe(400);
  });

  it('never goes on to another one after the first byte', async () => {
    let breakOff = (): void => undefined;
    chat.cheap.script = (response, call, body) => {
      void beginStream(response, call, body);
      response.write(event('first'));
      breakOff = () => void response.destroy();
    };
    const calls = chat.dear.calls.length;
    const stream = await chat.openai.chat.completions.create({
      model: POLICY,
      messages,
      stream: true,
    });
    const pieces: string[] = [];
    const reading = (async () => {
      for await (const chunk of stream) {
        pieces.push(chunk.choices[0]!.delta.content!);
        breakOff();
      }
    })();
    await expect(reading).rejects.toThrow();
    expect([pieces, chat.dear.calls.length]).toEqual([['first'], calls]);
  });

  it('cuts off an answer that stands still', async () => {
    chat.cheap.script = (response, call, body) => {
      void beginStream(response, call, body);
      response.write(event('first'));
    };
    const start = performance.now();
    await expect(chat.post({ model: CHEAP, messages, stream: true })).rejects.toThrow();
    expect(performance.now() - start).toBeGreaterThan(IDLE_MS - 100);
    expect(performance.now() - start).toBeLessThan(IDLE_MS * 3);
  });

  it('waits for the first byte until the deadline', async () => {
    chat.cheap.script = () => undefined;
    const start = performance.now();
    const late = chat.errorOf(await chat.post({ model: CHEAP, messages }));
    expect(late).toMatchObject({ status: 504, code: 'provider-timeout', type: 'server_error' });
    expect(performance.now() - start).toBeLessThan(DEADLINE_MS * 1.5);
    const gone = httpGet(`${chat.own.client.url}/health/live`);
    const [response] = (await once(gone, 'response')) as [IncomingMessage];
    response.resume();
    expect(response.statusCode).toBe(200);
  });

  it('answers errors as the OpenAI API does', async () => {
    const starter = (await chat.own.client.get('/v1/models')).body as {
      data: { id: string; zerorouter: { kind: string; deployments: number } }[];
    };
    const lone = starter.data.find(
      ({ zerorouter }) => zerorouter.kind === 'real' && zerorouter.deployments === 0,
    )!.id;
    const ask = async (body: unknown, path?: string, headers?: object) =>
      chat.errorOf(await chat.post(body, path, headers));
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
    const other = await chat.post({}, 'route');
    expect(other.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  });
});
