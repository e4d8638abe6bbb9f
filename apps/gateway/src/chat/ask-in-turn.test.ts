import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ProviderNetwork } from '@zerorouter/providers';
import type { ProviderError } from '@zerorouter/providers';
import { says, startProvider } from '../../test/scripted-provider.js';
import type { Script, ScriptedProvider } from '../../test/scripted-provider.js';
import { AskInTurn } from './ask-in-turn.js';
import type { Answered, Attempt, Question } from './ask-in-turn.js';
import { DeploymentHealth } from './deployment-health.js';

const ok = says(200);

/** Waits until nobody is connected any more. */
async function untilClosed({ sockets }: ScriptedProvider): Promise<void> {
  for (const start = Date.now(); sockets.size > 0; await sleep(5))
    if (Date.now() - start > 5_000) throw new Error('a connection is still open');
}

describe('AskInTurn', () => {
  let network: ProviderNetwork;
  let providers: Record<'a1' | 'a2' | 'b', ScriptedProvider>;
  let asking: AskInTurn;
  let broken: string[];
  let windows: { a: number | null; b: number | null };

  const openNew = (settings: { timeoutMs?: number; attemptTimeoutMs?: number } = {}) => {
    const health = new DeploymentHealth({ failuresInARow: 3, restMs: 200, brokenRestMs: 60_000 });
    const timeouts = { timeoutMs: 5_000, attemptTimeoutMs: 5_000, ...settings };
    asking = new AskInTurn(network, health, timeouts, () => 0);
  };

  beforeEach(async () => {
    network = new ProviderNetwork({ allowPrivate: true, connectTimeoutMs: 1_000 });
    const start = (id: string) => startProvider(id, ok);
    providers = { a1: await start('a1'), a2: await start('a2'), b: await start('b') };
    broken = [];
    windows = { a: null, b: null };
    openNew();
  });
  afterEach(async () => {
    for (const provider of Object.values(providers)) await provider.close();
    await network.close();
  });

  const script = (scripts: Partial<Record<keyof typeof providers, Script>>) => {
    for (const [id, one] of Object.entries(scripts))
      providers[id as keyof typeof providers].script = one;
  };
  const ask = async (
    signal = new AbortController().signal,
    only?: 'a1',
    more: Partial<Question> = {},
  ) => {
    const attempts: Attempt[] = [];
    const { a1, a2, b } = providers;
    const a = only === undefined ? [a1.deployment, a2.deployment] : [a1.deployment];
    const models = [
      { id: 'mdl_a', name: 'a', contextWindow: windows.a, prices: null, deployments: a },
      {
        id: 'mdl_b',
        name: 'b',
        contextWindow: windows.b,
        prices: null,
        deployments: [b.deployment],
      },
    ];
    const answered = await asking.ask(
      {
        models: only === undefined ? models : models.slice(0, 1),
        path: '/chat/completions',
        headers: { 'content-type': 'application/json' },
        bodyFor: ({ upstreamModel }) => Buffer.from(JSON.stringify({ model: upstreamModel })),
        signal,
        onBroken: (_model, { id }) => broken.push(id),
        ...more,
      },
      attempts,
    );
    if (answered.kind === 'answer') await answered.response.body.dump();
    return {
      answered,
      walk: attempts.map(({ deployment, outcome }) => `${deployment} ${outcome}`),
    };
  };
  const modelOf = (answered: Answered) => ('model' in answered ? answered.model.name : null);
  const failureOf = (answered: Answered): ProviderError => {
    if (answered.kind !== 'failed') throw new Error(`it is ${answered.kind}`);
    return answered.error;
  };

  it('asks the first deployment of the first model, and shares calls among them', async () => {
    const walks = [(await ask()).walk, (await ask()).walk, (await ask()).walk];
    expect(walks).toEqual([['a1 200'], ['a2 200'], ['a1 200']]);
    expect(JSON.parse(providers.a1.calls[0]!.body)).toEqual({ model: 'upstream-a1' });
    expect(providers.a1.calls[0]!.headers.authorization).toBe('Bearer sk-test-0123456789abcdef');
  });

  const hangUp: Script = (response) => response.destroy();
  const cutHead: Script = (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    setTimeout(() => response.destroy(), 20);
  };
  const empty: Script = (response) => response.writeHead(200).end();

  it.each<[string, Script, string]>([
    ['408', says(408), '408'],
    ['409', says(409), '409'],
    ['425', says(425), '425'],
    ['429', says(429), '429'],
    ['500', says(500), '500'],
    ['502', says(502), '502'],
    ['503', says(503), '503'],
    ['529', says(529), '529'],
    ['a connection that breaks', hangUp, 'connect'],
    ['a cut before the first byte', cutHead, 'cut'],
    ['an empty answer', empty, 'malformed'],
    ['401', says(401), '401'],
    ['402', says(402), '402'],
    ['403', says(403), '403'],
    ['404', says(404), '404'],
    ['a redirect', says(302, {}, { location: 'https://elsewhere.example' }), '302'],
  ])('goes on after %s to the next deployment, then to the next model', async (_, bad, outcome) => {
    script({ a1: bad });
    const next = await ask();
    expect([next.walk, modelOf(next.answered)]).toEqual([[`a1 ${outcome}`, 'a2 200'], 'a']);
    openNew();
    script({ a2: bad });
    const last = await ask();
    expect([last.walk, modelOf(last.answered)]).toEqual([
      [`a1 ${outcome}`, `a2 ${outcome}`, 'b 200'],
      'b',
    ]);
  });

  it.each([
    [400, { message: 'temperature must be a number' }],
    [400, { code: 'content_filter', message: 'the response was filtered' }],
    [413, { message: 'too large' }],
    [415, {}],
    [422, { message: 'bad tools' }],
  ])('hands %i %j to the client as it is, and asks nobody else', async (status, error) => {
    script({ a1: says(status, error, { 'x-request-id': 'r1' }) });
    const { answered, walk } = await ask();
    expect(walk).toEqual([`a1 ${status}`]);
    expect(answered).toMatchObject({ kind: 'final', answer: { statusCode: status } });
    if (answered.kind !== 'final') throw new Error('not final');
    expect(answered.answer.body.toString()).toBe(JSON.stringify({ error }));
    expect(answered.answer.headers['x-request-id']).toBe('r1');
  });

  it('takes what is too long to a model with a larger window only', async () => {
    const tooLong = says(400, { code: 'context_length_exceeded' });
    script({ a1: tooLong });
    expect((await ask()).walk).toEqual(['a1 400', 'b 200']);
    openNew();
    windows = { a: 8_000, b: 8_000 };
    const { answered, walk } = await ask();
    expect([walk, answered.kind]).toEqual([['a1 400'], 'final']);
    openNew();
    windows = { a: 8_000, b: 16_000 };
    expect((await ask()).walk).toEqual(['a1 400', 'b 200']);
  });

  it('tells of deployments that somebody has to mend, and keeps away from them', async () => {
    script({ a1: says(401) });
    expect((await ask()).walk).toEqual(['a1 401', 'a2 200']);
    expect(broken).toEqual(['a1']);
    await ask();
    expect((await ask()).walk).toEqual(['a1 resting', 'a2 200']);
    expect([providers.a1.calls.length, broken]).toEqual([1, ['a1']]);
  });

  it('passes a refusal on as it came, but for the key that a provider may repeat', async () => {
    const { apiKey } = providers.a1.deployment;
    script({ a1: says(400, { message: `bad request with ${apiKey}, and "naïve" bytes` }) });
    const answered = await ask(undefined, 'a1').then(({ answered: own }) => own);
    if (answered.kind !== 'final') throw new Error(answered.kind);
    const { body, headers } = answered.answer;
    expect(body.toString()).toContain('bad request with …, and \\"naïve\\" bytes');
    expect(headers).not.toHaveProperty('content-length');
    script({ a1: says(400, { message: 'bad request' }) });
    const plain = await ask(undefined, 'a1').then(({ answered: own }) => own);
    expect(plain).toMatchObject({ kind: 'final' });
  });

  it('honours Retry-After, for that deployment alone', async () => {
    script({ a1: says(429, {}, { 'retry-after-ms': '1500' }) });
    expect((await ask()).walk).toEqual(['a1 429', 'a2 200']);
    await ask();
    expect((await ask()).walk).toEqual(['a1 resting', 'a2 200']);
    await sleep(1_510);
    script({ a1: ok });
    await ask();
    expect((await ask()).walk).toEqual(['a1 200']);
  });

  it('says when to come back where everybody rests', async () => {
    script({ a1: says(429, {}, { 'retry-after': '30' }) });
    const first = await ask(undefined, 'a1');
    expect([first.walk, failureOf(first.answered)]).toMatchObject([
      ['a1 429'],
      { status: 429, retryAfterMs: 30_000 },
    ]);
    const { answered } = await ask(undefined, 'a1');
    expect(answered.kind === 'resting' && answered.restsMs).toBeGreaterThan(29_000);
    expect(providers.a1.calls).toHaveLength(1);
  });

  it('asks the only one a second time, and no more', async () => {
    script({ a1: (response, call) => (call === 1 ? says(500) : ok)(response, call, '') });
    expect((await ask(undefined, 'a1')).walk).toEqual(['a1 500', 'a1 200']);
    script({ a1: says(500, { message: 'out of order, key sk-test-0123456789abcdef' }) });
    const { answered, walk } = await ask(undefined, 'a1');
    expect(walk).toEqual(['a1 500', 'a1 500']);
    expect(failureOf(answered)).toMatchObject({ status: 500 });
    expect(failureOf(answered).message).toContain('out of order');
    expect(failureOf(answered).message).not.toContain('sk-test');
  });

  it('gives a single call its time, and all of them theirs', async () => {
    const hang: Script = () => undefined;
    openNew({ attemptTimeoutMs: 600 });
    script({ a1: hang });
    expect((await ask()).walk).toEqual(['a1 timeout', 'a2 200']);
    openNew({ timeoutMs: 1_500, attemptTimeoutMs: 600 });
    script({ a2: hang, b: hang });
    const start = performance.now();
    const { answered, walk } = await ask();
    expect(performance.now() - start).toBeLessThan(3_000);
    expect(walk).toEqual(['a1 timeout', 'a2 timeout', 'b timeout']);
    expect(failureOf(answered).kind).toBe('timeout');
    await untilClosed(providers.a1);
    await untilClosed(providers.b);
  });

  it('asks once whether a model may be called, and passes by one that may not', async () => {
    script({ a1: says(500), a2: says(500) });
    const asked: string[] = [];
    const admits = ({ name }: { name: string }) => {
      asked.push(name);
      return Promise.resolve(name === 'a');
    };
    const { answered, walk } = await ask(undefined, undefined, { admits });
    expect(walk).toEqual(['a1 500', 'a2 500', 'b over-budget', 'a1 500', 'a2 500']);
    expect([asked, failureOf(answered).status]).toEqual([['a', 'b'], 500]);
    expect(providers.b.calls).toHaveLength(0);
  });

  it('calls again, once, where a refusal was about something that is left out now', async () => {
    script({ a1: (response, call) => (call === 1 ? says(400) : ok)(response, call, '') });
    const takesBack = () => true;
    expect((await ask(undefined, undefined, { takesBack })).walk).toEqual(['a1 200']);
    expect(providers.a1.calls).toHaveLength(2);
    openNew();
    script({ a1: says(400) });
    expect((await ask(undefined, undefined, { takesBack })).walk).toEqual(['a1 400']);
    expect(providers.a1.calls).toHaveLength(4);
  });

  it('ends the call of a client who leaves, and asks nobody else', async () => {
    script({ a1: () => undefined });
    const client = new AbortController();
    setTimeout(() => client.abort(), 50);
    const { answered, walk } = await ask(client.signal);
    expect([walk, failureOf(answered).kind]).toEqual([['a1 aborted'], 'aborted']);
    await untilClosed(providers.a1);
    expect((await ask()).walk).toEqual(['a2 200']);
    expect(providers.b.calls).toHaveLength(0);
  });
});
