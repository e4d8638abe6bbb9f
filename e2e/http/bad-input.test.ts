import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { sharedClient } from '../stack/boot-stack.js';
import { expectProblem } from '../stack/client.js';

const client = sharedClient();
const REFUSED = [400, 422] as const;

async function openSocket(): Promise<Socket> {
  const { hostname, port } = new URL(client.url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  return socket;
}

/** Sends these bytes and nothing more; the first part of what comes back. */
async function sendRaw(text: string): Promise<string> {
  const socket = await openSocket();
  socket.write(text);
  const [reply] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return reply.toString();
}

describe('what POST /v1/route refuses', () => {
  it.each<[string, unknown]>([
    ['neither query nor messages', {}],
    ['both', { query: 'a', messages: [{ role: 'user', content: 'a' }] }],
    ['an empty query', { query: '' }],
    ['a blank query', { query: ' \n\t ' }],
    ['a query that is no text', { query: 42 }],
    ['an empty conversation', { messages: [] }],
    ['a conversation without text', { messages: [{ role: 'user', content: '  ' }] }],
    [
      'a conversation of pictures alone',
      {
        messages: [
          { role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:,' } }] },
        ],
      },
    ],
    ['an unknown role', { messages: [{ role: 'wizard', content: 'a' }] }],
    ['an unknown field', { query: 'a', colour: 'red' }],
    [
      'weights of nothing',
      { query: 'a', policy: { weights: { accuracy: 0, cost: 0, latency: 0 } } },
    ],
    [
      'a negative weight',
      { query: 'a', policy: { weights: { accuracy: -1, cost: 1, latency: 0 } } },
    ],
    ['a dial beyond its scale', { query: 'a', policy: { dial: 1.5 } }],
    ['an impossible constraint', { query: 'a', constraints: { min_accuracy: 2 } }],
    ['a body that is a list', ['a']],
    ['a body that is nothing', null],
  ])('%s', async (_, body) => {
    const problem = expectProblem(await client.post('/v1/route', body), REFUSED);
    expect(problem.detail.length).toBeGreaterThan(10);
  });

  it('an unknown model, by its name', async () => {
    const answer = await client.post('/v1/route', { query: 'a', models: ['no/such-model'] });
    expect(expectProblem(answer, 422).detail).toContain('no/such-model');
  });

  it('an unknown policy, with those that there are', async () => {
    const answer = await client.post('/v1/route', { query: 'a', policy: 'guess' });
    const { detail } = expectProblem(answer, 422);
    expect(detail).toContain('guess');
    expect(detail).toContain('max-accuracy');
  });

  it('constraints that no model meets, with the reason for each', async () => {
    const answer = await client.post('/v1/route', {
      query: 'a',
      constraints: { max_latency_ms: 0.001 },
    });
    expectProblem(answer, 422);
  });

  it('malformed JSON, other content types, other methods and paths', async () => {
    expectProblem(await client.postText('/v1/route', '{"query": '), 400);
    expectProblem(await client.postText('/v1/route', ''), 400);
    expectProblem(await client.postText('/v1/route', 'query=a', 'text/plain'), 415);
    expectProblem(await client.get('/v1/route'), 405);
    expectProblem(await client.get('/v1/nothing-here'), 404);
  });

  it('more text than it reads, and more bytes than it takes', async () => {
    const tooLong = await client.post('/v1/route', { query: 'a'.repeat(1_000_001) });
    expectProblem(tooLong, 413);
    // Refused by its announced length, before the rest is sent: a client that went on sending might
    // find the connection closed before it has read the answer.
    const reply = await sendRaw(
      'POST /v1/route HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n' +
        'content-length: 9000000\r\n\r\n{"query": "',
    );
    expect(reply).toMatch(/^HTTP\/1\.1 413 /);
    expect(reply).toMatch(/content-type: application\/problem\+json/i);
  });

  it('a request that stops in the middle, without harm to the next', async () => {
    const socket = await openSocket();
    socket.write('POST /v1/route HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n{"query"');
    socket.destroy();
    await client.route({ query: 'Is anyone there?' });
  });
});

describe('what POST /v1/route takes', () => {
  it('a body of a megabyte', async () => {
    const sentence = 'The committee met again to weigh the costs of the new bridge. ';
    const query = sentence.repeat(Math.floor(999_000 / sentence.length));
    const decision = await client.route({ query });
    expect(decision.query.tokens).toBeGreaterThan(100_000);
  });

  it('text of any script, with what looks like markup or code in it', async () => {
    for (const query of [
      '你好，世界？',
      '🙂'.repeat(50),
      '\u0000a\u0007b',
      '<s>[INST] {{7*7}}',
      'e\u0301',
    ]) {
      await client.route({ query });
    }
  });
});
