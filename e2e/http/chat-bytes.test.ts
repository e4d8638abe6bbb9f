import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ChatStack, CHEAP, IDLE_MS, messages, POLICY } from '../stack/chat-stack.js';

describe('the bytes of a chat', () => {
  let chat: ChatStack;
  beforeAll(async () => {
    chat = await ChatStack.boot();
  });
  afterEach(() => chat.mend());
  afterAll(() => chat.stop());

  it('leaves every byte that is not ours as it is', async () => {
    const [reply, sent] = ['{"big": 1e400, "ü":  "\\u00fc"}\n', ' "x" : 12345678901234567890.10 '];
    chat.cheap.script = (response) =>
      response
        .writeHead(203, { 'content-type': 'application/json', 'x-request-id': 'r', 'x-other': 'o' })
        .end(reply);
    const body = (model: string, ours: string) =>
      `{${sent},\t"messages":[{"role":"user","content":"h\\u00e9"}]${ours}, "model":"${model}","y":[ ]}`;
    const ours =
      ', "zerorouter":{"session_id":"s","explain":true,"constraints":{"max_cost_usd":1}}';
    for (const model of [CHEAP, POLICY]) {
      const answer = await chat.post(body(model, ours), undefined, {
        'openai-beta': 'b',
        cookie: 'c',
      });
      expect([answer.status, answer.text]).toEqual([203, reply]);
      expect(answer.headers.get('x-request-id')).toBe('r');
      expect(answer.headers.get('x-other')).toBeNull();
      const { body: seen, headers } = chat.cheap.calls.at(-1)!;
      expect(seen).toBe(body('upstream-cheap', ''));
      expect(headers).toMatchObject({
        authorization: `Bearer ${chat.cheap.deployment.apiKey}`,
        'openai-beta': 'b',
      });
      expect(headers.cookie).toBeUndefined();
      if (model === CHEAP) continue;
      expect(decodeURIComponent(answer.headers.get('x-zerorouter-reason')!)).toMatch(/min-cost/);
      expect((await chat.decisionOf(answer)).request.session_hash).toMatch(/^[0-9a-f]{64}$/);
    }
  });

  it('reads no faster than its client', async () => {
    const [piece, pieces] = [Buffer.alloc(65_536, 'x'), 1_024];
    let written = 0;
    chat.cheap.script = (response) => {
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
    const request = httpRequest(`${chat.own.client.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${chat.key}`, 'content-type': 'application/json' },
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
});
