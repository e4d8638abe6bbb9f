import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bootOwnStack, type OwnStack } from '../stack/boot-stack.js';
import { expectProblem } from '../stack/client.js';

const MAX_BODY_BYTES = 200_000;
const MAX_PROMPT_CHARS = 20_000;

describe('what a request may be at most', () => {
  let own: OwnStack;
  beforeAll(async () => {
    own = await bootOwnStack({
      env: {
        MAX_BODY_BYTES: String(MAX_BODY_BYTES),
        MAX_PROMPT_CHARS: String(MAX_PROMPT_CHARS),
        BATCH_MAX_ITEMS: '3',
      },
    });
  });
  afterAll(async () => {
    await own.stop();
  });

  const isAlive = async (): Promise<void> => {
    expect((await own.client.route({ query: 'Are you there?' })).model).toBeTruthy();
  };

  it.each(['/v1/route', '/v1/chat/completions', '/v1/feedback'])(
    'a body: %s refuses one byte more by 413',
    async (path) => {
      const fill = (bytes: number) =>
        JSON.stringify({ query: 'x'.repeat(bytes - '{"query":""}'.length) });
      // It may be too long for another reason.
      const { body } = await own.client.postText(path, fill(MAX_BODY_BYTES));
      expect(JSON.stringify(body)).not.toContain('MAX_BODY_BYTES');
      const over = await own.client.postText(path, fill(MAX_BODY_BYTES + 1));
      expect([over.status, JSON.stringify(over.body).includes('MAX_BODY_BYTES')]).toEqual([
        413,
        true,
      ]);
    },
  );

  it('a body that does not tell its length, too', async () => {
    const chunk = new TextEncoder().encode('x'.repeat(50_000));
    let left = 100;
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        // Who reads it may read on after the answer: it must end, and let others have their turn.
        await sleep(5);
        if (left-- > 0) controller.enqueue(chunk);
        else controller.close();
      },
    });
    const answer = await fetch(`${own.client.url}/v1/route`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      duplex: 'half',
      signal: AbortSignal.timeout(20_000),
    }).then(
      (response) => response.status,
      () => 'cut off',
    );
    expect([413, 'cut off']).toContain(answer);
    await isAlive();
  });

  it('a conversation, in characters', async () => {
    await own.client.route({ query: 'ab '.repeat(MAX_PROMPT_CHARS / 3) });
    const over = await own.client.post('/v1/route', {
      query: 'ab '.repeat(MAX_PROMPT_CHARS / 3 + 1),
    });
    expect(expectProblem(over, [400, 413, 422]).detail).toMatch(/20,?000/);
  });

  it('the items of a batch', async () => {
    const items = Array.from({ length: 4 }, (_, i) => ({ custom_id: `c${i}`, query: 'a' }));
    expectProblem(await own.client.post('/v1/route/batches', { items }), [400, 413, 422]);
  });

  it('nesting: whatever its depth, it is read or refused, and does no harm', async () => {
    for (const depth of [1_000, 20_000, 90_000])
      for (const [open, close] of [
        ['[', ']'],
        ['{"a":', '}'],
      ] as const) {
        const deep = `${open.repeat(depth)}1${close.repeat(depth)}`.slice(0, MAX_BODY_BYTES - 50);
        const { status } = await own.client.postText(
          '/v1/route',
          `{"query":"a","tools":[{"t":${deep}}]}`,
        );
        expect([depth, open, status < 500]).toEqual([depth, open, true]);
      }
    await isAlive();
  });

  it('headers: more than Node takes is 431', async () => {
    const answer = await fetch(`${own.client.url}/health/live`, {
      headers: { 'x-a': 'b'.repeat(20_000) },
    });
    expect(answer.status).toBe(431);
  });

  it('time: connections that say nothing hold up nobody', async () => {
    const { hostname, port } = new URL(own.client.url);
    const silent = Array.from({ length: 200 }, () => connect(Number(port), hostname));
    await Promise.all(silent.map((socket) => once(socket, 'connect')));
    for (const socket of silent)
      socket
        .on('error', () => undefined)
        .write('POST /v1/route HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n');
    await isAlive();
    for (const socket of silent) socket.destroy();
  });
});
