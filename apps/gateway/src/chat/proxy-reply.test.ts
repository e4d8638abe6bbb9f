import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { AnswerMeter } from '@zerorouter/providers';
import { fastify } from 'fastify';
import type { FastifyInstance } from 'fastify';
import { sendProxied } from './proxy-reply.js';
import type { Proxied } from './proxy.service.js';

let app: FastifyInstance;
let body: PassThrough;
let endings: string[];

beforeEach(async () => {
  body = new PassThrough();
  endings = [];
  app = fastify();
  app.get('/', (_, reply) => sendProxied(reply, proxied(), 60_000));
  await app.listen({ host: '127.0.0.1', port: 0 });
});
afterEach(() => app.close());

function proxied(): Proxied {
  const options = { contentType: 'text/event-stream', contentEncoding: undefined };
  return {
    answered: {
      kind: 'answer',
      model: { id: 'mdl_1', name: 'acme/a', contextWindow: null, prices: null, deployments: [] },
      response: {
        statusCode: 200,
        headers: { 'content-type': options.contentType, 'content-length': '999' },
        body: body as never,
      },
    },
    attempts: [{ model: 'acme/a', deployment: 'd', outcome: 200, ms: 1 }],
    policy: 'p',
    decisionId: null,
    reason: null,
    metering: {
      meter: new AnswerMeter({ ...options, hidesUsage: true }),
      onEnd: (ending) => endings.push(ending),
    },
  };
}
const ask = () => fetch(app.listeningOrigin);

it('does not wait for an answer that broke off before it could be passed on', async () => {
  body.on('error', () => undefined).write('data: {}\n\n');
  body.destroy(new Error('cut'));
  const answer = await ask();
  expect(answer.status).toBeGreaterThanOrEqual(500);
  expect(await answer.text()).toContain('acme/a broke off its answer');
  expect(endings).toEqual(['broken']);
});

it('tells no length of an answer that may become shorter', async () => {
  body.end('data: {"choices":[],"usage":{"prompt_tokens":1}}\n\ndata: [DONE]\n\n');
  const answer = await ask();
  expect([answer.status, answer.headers.get('content-length')]).toEqual([200, null]);
  expect(await answer.text()).toBe('data: [DONE]\n\n');
  await sleep(5);
  expect(endings).toEqual(['complete']);
});
