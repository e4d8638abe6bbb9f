import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  startScriptedServer,
  untilTrue,
  type Script,
  type ScriptedServer,
} from '../test/scripted-server.js';
import { delta, DONE, finish, usage } from '../test/sse.js';
import type { ChatRequest } from './chat-request.js';
import { ProviderNetwork } from './provider-network.js';
import { streamChat } from './stream-chat.js';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

interface Caller {
  server: ScriptedServer;
  ask: (
    more?: Partial<ChatRequest>,
    timeoutMs?: number,
    signal?: AbortSignal,
  ) => ReturnType<typeof streamChat>;
  /** What was sent in the requests so far. */
  sent: () => Record<string, unknown>[];
}

async function callerOf(script: Script): Promise<Caller> {
  const server = await startScriptedServer(script);
  const network = new ProviderNetwork({ allowPrivate: true });
  open.push(server, network);
  const messages = [{ role: 'user' as const, content: 'Hi' }];
  return {
    server,
    ask: (more = {}, timeoutMs = 10_000, signal = new AbortController().signal) =>
      streamChat(
        network,
        server.deployment(),
        { messages, maxTokens: 100, ...more },
        { signal, timeoutMs },
      ),
    sent: () => server.requests.map(({ body }) => JSON.parse(body) as Record<string, unknown>),
  };
}

const streamed = (response: ServerResponse, ...parts: string[]) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end(parts.join(''));
};
const right = (response: ServerResponse) =>
  streamed(response, delta('Hello'), finish(), usage(8, 2), DONE);
const refuse = (response: ServerResponse, status: number, message: string, headers = {}) => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify({ error: { message } }));
};

describe('streamChat', () => {
  it('asks for a stream with usage, and measures it', async () => {
    const { ask, sent, server } = await callerOf((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(': hold the line\n\n');
      void sleep(60)
        .then(() => response.write(delta('Hel')))
        .then(() => sleep(60))
        .then(() => response.end(delta('lo') + finish() + usage(8, 2) + DONE));
    });
    const reply = await ask();
    expect(reply).toMatchObject({ text: 'Hello', inputTokens: 8, outputTokens: 2 });
    expect(reply.ttftMs).toBeGreaterThan(55);
    expect(reply.totalMs - (reply.ttftMs ?? 0)).toBeGreaterThan(50);
    expect(server.requests[0]).toMatchObject({ method: 'POST', url: '/v1/chat/completions' });
    expect(sent()).toEqual([
      {
        model: 'some-model',
        messages: [{ role: 'user', content: 'Hi' }],
        max_tokens: 100,
        temperature: 0,
        stream: true,
        stream_options: { include_usage: true },
      },
    ]);
  });

  it('sends parameters along, but none that is ours to say', async () => {
    const { ask, sent } = await callerOf(right);
    await ask({
      parameters: {
        temperature: 0.7,
        reasoning_effort: 'low',
        model: 'dearer',
        stream: false,
        n: 50,
        max_tokens: 1e6,
        max_completion_tokens: 1e6,
        messages: [],
      },
      jsonSchema: { type: 'object' },
    });
    expect(sent()[0]).toEqual({
      model: 'some-model',
      messages: [{ role: 'user', content: 'Hi' }],
      max_tokens: 100,
      temperature: 0.7,
      reasoning_effort: 'low',
      stream: true,
      stream_options: { include_usage: true },
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'answer', strict: true, schema: { type: 'object' } },
      },
    });
  });

  it('adapts to what a server takes, and remembers it', async () => {
    const { ask, sent } = await callerOf((response, { json }) => {
      if ('stream_options' in json) refuse(response, 422, 'extra field: stream_options');
      else if ('max_tokens' in json)
        refuse(
          response,
          400,
          "'max_tokens' is not supported. Use 'max_completion_tokens' instead.",
        );
      else if ('temperature' in json)
        refuse(response, 400, "'temperature' does not support 0 with this model.");
      else right(response);
    });
    expect((await ask()).text).toBe('Hello');
    expect(sent().length).toBe(4);
    await ask();
    expect(sent().length).toBe(5);
    expect(sent().at(-1)).toMatchObject({ max_completion_tokens: 100, stream: true });
  });

  it('does not drop a temperature that was asked for, nor loop', async () => {
    const { ask, sent } = await callerOf((response) =>
      refuse(response, 400, 'temperature max_completion_tokens stream_options'),
    );
    const failure = { kind: 'status', status: 400, retryable: false, fatal: false };
    await expect(ask({ parameters: { temperature: 9 } })).rejects.toMatchObject(failure);
    expect(sent().length).toBe(3);
    expect(sent().every(({ temperature }) => temperature === 9)).toBe(true);
    // What did not help is not remembered.
    await expect(ask()).rejects.toMatchObject(failure);
    expect(sent()[3]).toMatchObject({ max_tokens: 100, stream_options: {} });
  });

  it('takes JSON where it asked for a stream, whatever the content type', async () => {
    const { ask } = await callerOf((response) => {
      response.writeHead(200, { 'content-type': 'text/plain' });
      response.end('{"choices":[{"message":{"content":"Hi"},"finish_reason":"stop"}]}');
    });
    expect(await ask()).toMatchObject({ text: 'Hi', ttftMs: null, outputTokens: null });
  });

  it('uses its connections again, even if the server is slow to end a stream', async () => {
    const { ask, server } = await callerOf((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(delta('Hello') + finish() + DONE);
      setTimeout(() => response.end(), 20);
    });
    for (let i = 0; i < 6; i++) await ask();
    // The first one is free a moment after its answer has ended.
    expect(server.connections).toBeLessThanOrEqual(2);
  });

  it('does not wait for a server that never ends a stream that is over', async () => {
    const { ask, server } = await callerOf((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(delta('Hello') + finish() + DONE);
    });
    const reply = await ask();
    expect(reply.text).toBe('Hello');
    expect(reply.totalMs).toBeLessThan(200);
    await untilTrue(() => server.sockets.size === 0);
  });

  it.each([401, 403, 404, 400, 429, 500, 503])('fails with the status %i', async (status) => {
    const { ask } = await callerOf((response) =>
      refuse(response, status, 'Bad key: sk-test-0123456789abcdef', { 'retry-after': '7' }),
    );
    const failed = ask();
    await expect(failed).rejects.toMatchObject({ kind: 'status', status, retryAfterMs: 7_000 });
    await expect(failed).rejects.toThrow(`some-model answered HTTP ${status}: Bad key: …`);
  });

  it('fails with "cut" when the connection breaks half-way', async () => {
    const { ask } = await callerOf((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(delta('Hel'), () => setTimeout(() => response.destroy(), 10));
    });
    await expect(ask()).rejects.toMatchObject({ kind: 'cut', retryable: true });
  });

  it('keeps an answer that was cut behind its end', async () => {
    const { ask } = await callerOf((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(delta('Hello') + finish(), () => setTimeout(() => response.destroy(), 10));
    });
    expect(await ask()).toMatchObject({ text: 'Hello', finishReason: 'stop', outputTokens: null });
  });

  it.each<[string, Script]>([
    ['before it answers', () => undefined],
    ['in the midst of a stream', (response) => void response.writeHead(200).write(delta('a'))],
    ['in the midst of an error', (response) => void response.writeHead(500).write('{"er')],
  ])('ends a call at its deadline %s, and frees the socket', async (_when, script) => {
    const { ask, server } = await callerOf(script);
    const startedAt = performance.now();
    await expect(ask({}, 150)).rejects.toMatchObject({ kind: 'timeout', retryable: true });
    expect(performance.now() - startedAt).toBeLessThan(1_500);
    await untilTrue(() => server.sockets.size === 0);
  });

  it('ends a call when somebody hangs up, and frees the socket', async () => {
    const { ask, server } = await callerOf(
      (response) => void response.writeHead(200).write(delta('a')),
    );
    const abort = new AbortController();
    const call = ask({}, 10_000, abort.signal);
    await untilTrue(() => server.requests.length === 1);
    abort.abort();
    await expect(call).rejects.toMatchObject({ kind: 'aborted', retryable: false, fatal: false });
    await untilTrue(() => server.sockets.size === 0);
    await expect(ask({}, 10_000, abort.signal)).rejects.toMatchObject({ kind: 'aborted' });
    expect(server.requests.length).toBe(1);
  });

  it('hangs up on an answer that is too long', async () => {
    const { ask, server } = await callerOf((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const million = delta('x'.repeat(1_000_000));
      const more = (): void => {
        while (!response.destroyed && response.write(million));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    });
    await expect(ask()).rejects.toMatchObject({ kind: 'malformed' });
    await untilTrue(() => server.sockets.size === 0);
  });
});
