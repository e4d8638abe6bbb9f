import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { prepared } from '../stack/boot-stack.js';
import { ChatStack, CHEAP, completion, DEAR, POLICY } from '../stack/chat-stack.js';
import { expectProblem } from '../stack/client.js';
import { startOtlpReceiver, type OtlpReceiver } from '../stack/otlp-receiver.js';
import { healthUrlOf, scrape } from '../stack/scrape.js';

const { adminKey } = prepared();
const OPS = join(import.meta.dirname, '..', '..', 'ops', 'grafana');
/** Words that may stand in no log, metric or trace. */
const PROMPT = 'quokka-prompt-words';
const ANSWER = 'quokka-answer-words';

let chat: ChatStack;
let traces: OtlpReceiver;
beforeAll(async () => {
  traces = await startOtlpReceiver();
  chat = await ChatStack.boot({
    LOG_LEVEL: 'debug',
    OTEL_EXPORTER_OTLP_ENDPOINT: traces.endpoint,
    // Spans leave after so many ms.
    OTEL_BSP_SCHEDULE_DELAY: '200',
  });
  chat.cheap.script = completion(ANSWER);
});
afterAll(async () => {
  await chat.stop();
  await traces.close();
});

const ask = (words: string, headers: Record<string, string> = {}, more = {}) =>
  chat.post(
    { model: POLICY, messages: [{ role: 'user', content: `${PROMPT} ${words}` }], ...more },
    'chat/completions',
    headers,
  );
const gateway = () => scrape(chat.own.client.url, adminKey);

describe('metrics', () => {
  it('are for keys with their scope alone', async () => {
    const { client } = chat.own;
    expectProblem(await client.get('/metrics'), 401);
    expectProblem(await client.get('/metrics', chat.key), 403);
    const { body } = await chat.admin('POST', 'keys', { name: 'prometheus', scopes: ['metrics'] });
    await scrape(client.url, (body as { key: string }).key);
  });

  it('count a request on its way through gateway, queue, predictor and provider', async () => {
    const before = await gateway();
    const { client, stateDir } = chat.own;
    const predictor = healthUrlOf(stateDir, 'predictor');
    const jobs = ['zerorouter_job_duration_seconds_count', { queue: 'predict-queries' }] as const;
    const jobsBefore = (await scrape(predictor)).sum(...jobs);
    const answer = await ask('counted');
    expect(answer.status).toBe(200);
    const decision_id = answer.headers.get('x-zerorouter-decision-id');
    const feedback = { decision_id, score: 1, source: 'user' };
    expect((await client.post('/v1/feedback', feedback, chat.key)).status).toBe(201);
    const streamed = await ask('counted', {}, { stream: true, model: DEAR });
    expect(streamed.status).toBe(200);

    let after = await gateway();
    for (let i = 0; i < 50 && after.sum('zerorouter_feedback_total') === 0; i++, await sleep(100))
      after = await gateway();
    const rise = (name: string, labels: Record<string, string> = {}) =>
      after.sum(name, labels) - before.sum(name, labels);
    const route = { route: '/v1/chat/completions', status: '200', method: 'POST' };
    expect(rise('zerorouter_http_request_duration_seconds_count', route)).toBe(2);
    const decided = { model: CHEAP, policy: 'min-cost' };
    expect(rise('zerorouter_decisions_total', decided)).toBe(1);
    expect(rise('zerorouter_routing_overhead_seconds_count')).toBe(1);
    expect(rise('zerorouter_predictions_total', { source: 'queue' })).toBe(1);
    expect(rise('zerorouter_answers_total', { ...decided, ending: 'complete' })).toBe(1);
    expect(rise('zerorouter_answers_total', { model: DEAR, policy: 'pinned' })).toBe(1);
    // Nine tokens in and three out, at 1 and 2 USD a million.
    const dear = rise('zerorouter_answer_cost_usd_total', { model: DEAR });
    expect(dear).toBeCloseTo(15e-6, 12);
    expect(rise('zerorouter_provider_attempts_total', { model: CHEAP, outcome: '200' })).toBe(1);
    expect(rise('zerorouter_feedback_score_total', { model: CHEAP })).toBe(1);
    expect(rise('zerorouter_feedback_predicted_total', { model: CHEAP })).toBeGreaterThan(0);
    expect(after.sum('zerorouter_http_requests_in_flight')).toBe(1);
    expect(after.sum('zerorouter_scrape_failures_total')).toBe(0);
    expect((await scrape(predictor)).sum(...jobs)).toBeGreaterThan(jobsBefore);
    await ask('counted');
    expect((await gateway()).sum('zerorouter_predictions_total', { source: 'memory' })).toBe(
      after.sum('zerorouter_predictions_total', { source: 'memory' }) + 1,
    );
  });

  it('credit a judgement to the fallback that answered', async () => {
    const { client } = chat.own;
    const before = await gateway();
    chat.cheap.script = (response) => response.writeHead(500).end('{}');
    const answer = await ask('answered by another');
    expect(answer.headers.get('x-zerorouter-model')).toBe(DEAR);
    const { body: model } = await chat.admin('GET', `models/${encodeURIComponent(DEAR)}`);
    const given = await client.post(
      '/v1/feedback',
      {
        decision_id: answer.headers.get('x-zerorouter-decision-id'),
        score: 1,
        source: 'user',
      },
      chat.key,
    );
    expect([given.status, given.body]).toMatchObject([
      201,
      { model_id: (model as { id: string }).id },
    ]);
    const judged = async (name: string) =>
      (await gateway()).sum('zerorouter_feedback_total', { model: name }) -
      before.sum('zerorouter_feedback_total', { model: name });
    await chat.until(async () => (await judged(DEAR)) === 1);
    expect(await judged(CHEAP)).toBe(0);
    chat.mend();
    chat.cheap.script = completion(ANSWER);
  });

  it('bound their labels: neither paths nor ids that clients make up become series', async () => {
    const { client } = chat.own;
    await client.get('/made-up/by-a-client', chat.key);
    await client.get('/v1/decisions/made-up-by-a-client', chat.key);
    const response = await fetch(`${client.url}/metrics`, {
      headers: { authorization: `Bearer ${adminKey}` },
    });
    const text = await response.text();
    expect(text).not.toContain('made-up');
    expect(text).toContain('route="/v1/decisions/:id",status="404"');
    expect(text).toContain('route="unmatched",status="404"');
  });

  it('tell of a deployment whose circuit breaker is open', async () => {
    chat.dear.script = (response) => response.writeHead(401).end('{}');
    await ask('broken', {}, { model: DEAR });
    expect(
      (await gateway()).sum('zerorouter_deployment_resting_seconds', { model: DEAR }),
    ).toBeGreaterThan(0);
    expect(
      (await gateway()).sum('zerorouter_provider_attempts_total', { model: DEAR, outcome: '401' }),
    ).toBe(1);
    chat.mend();
    chat.cheap.script = completion(ANSWER);
  });

  it('are all there that the dashboard and the alerts name', async () => {
    const { stateDir } = chat.own;
    const scrapes = await Promise.all([
      gateway(),
      scrape(healthUrlOf(stateDir, 'predictor')),
      scrape(healthUrlOf(stateDir, 'profiler')),
    ]);
    const names = new Set(scrapes.flatMap((one) => [...one.names]));
    const named = ['zerorouter.json', 'alerts.yml'].flatMap((file) => [
      ...readFileSync(join(OPS, file), 'utf8').matchAll(/\b(?:zerorouter|process|nodejs)_\w+/g),
    ]);
    expect(named.length).toBeGreaterThan(40);
    const unknown = named
      .map(([name]) => name)
      .filter((name) => !names.has(name) && !names.has(name.replace(/_(bucket|count|sum)$/, '')));
    expect(unknown).toEqual([]);
  });
});

describe('a trace', () => {
  it('goes from the client through gateway, queue and predictor to the provider', async () => {
    const traceId = 'a'.repeat(31) + '1';
    const parent = `00-${traceId}-${'b'.repeat(16)}-01`;
    expect((await ask('traced', { traceparent: parent })).status).toBe(200);
    const own = () => traces.spans.filter((span) => span.traceId === traceId);
    const find = (name: string) => own().find((span) => span.name === name);
    const NAMES = [
      'POST /v1/chat/completions',
      'predict',
      'predict together',
      'send predict-queries',
      'process predict-queries',
      'decide',
      'chat upstream-cheap',
    ];
    await chat.until(() => NAMES.every((name) => find(name) !== undefined));

    // Each is the child of the one before it, across two processes.
    const chain = [NAMES[0]!, ...NAMES.slice(1, 5)].map((name) => find(name)!);
    expect(chain[0]!.parentSpanId).toBe('b'.repeat(16));
    for (let i = 1; i < chain.length; i++)
      expect([chain[i]!.name, chain[i]!.parentSpanId]).toEqual([
        chain[i]!.name,
        chain[i - 1]!.spanId,
      ]);
    expect(chain[0]!.service).toBe('zerorouter-gateway');
    expect(chain[4]!.service).toBe('zerorouter-predictor');
    expect(find('chat upstream-cheap')).toMatchObject({
      parentSpanId: chain[0]!.spanId,
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.request.model': 'upstream-cheap',
        'gen_ai.response.id': 'c1',
        'gen_ai.response.model': 'upstream',
        'gen_ai.usage.input_tokens': 9,
        'gen_ai.usage.output_tokens': 3,
        'http.response.status_code': 200,
      },
    });
  });

  it('holds neither prompts nor answers nor keys', () => {
    expect(traces.bodies.length).toBeGreaterThan(0);
    const all = traces.bodies.join('\n');
    for (const secret of [PROMPT, ANSWER, chat.key, adminKey, chat.cheap.deployment.apiKey!])
      expect(all.includes(secret)).toBe(false);
  });
});

describe('logs', () => {
  const lines = (): Record<string, unknown>[] =>
    readdirSync(join(chat.own.stateDir, 'logs'))
      .filter((file) => /^(gateway|predictor|profiler)\.log$/.test(file))
      .flatMap((file) => readFileSync(join(chat.own.stateDir, 'logs', file), 'utf8').split('\n'))
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  it('tell the id of the request, which the client gave or gets to know, and of its trace', async () => {
    const given = await ask('logged', { 'x-request-id': 'client.made:1' });
    expect(given.headers.get('x-request-id')).toBe('client.made:1');
    const bad = await ask('logged', { 'x-request-id': 'no good {}' });
    const made = bad.headers.get('x-request-id');
    expect(made).toMatch(/^req_[0-9a-f]{24}$/);
    for (const requestId of ['client.made:1', made]) {
      const of = () => lines().find((line) => line.requestId === requestId);
      await chat.until(() => of() !== undefined);
      expect(of()).toMatchObject({ route: '/v1/chat/completions', status: 200, msg: 'request' });
    }
    const logged = lines().find(({ requestId, traceId }) => requestId === made && traceId)?.traceId;
    expect(logged).toBeDefined();
    // Spans leave in batches.
    await chat.until(() => traces.spans.some(({ traceId }) => traceId === logged));
  });

  it('keep a provider’s own id where the answer has one, and tell ours beside it', async () => {
    chat.cheap.script = (response) =>
      response
        .writeHead(200, { 'x-request-id': 'theirs', 'content-type': 'application/json' })
        .end('{}');
    const { headers } = await ask('theirs', { 'x-request-id': 'ours' }, { model: CHEAP });
    expect(headers.get('x-request-id')).toBe('theirs');
    expect(headers.get('x-zerorouter-request-id')).toBe('ours');
    chat.mend();
  });

  it('hold neither prompts nor answers nor keys, whatever goes wrong', async () => {
    chat.cheap.script = (response) => response.writeHead(500).end(`{"error":"${ANSWER}"}`);
    await ask('failing', {}, { model: CHEAP });
    await chat.post(`{"model": "${PROMPT}`, 'chat/completions');
    await chat.post({ model: PROMPT, messages: [] }, 'chat/completions');
    await chat.own.client.get('/v1/models', 'zr_canary_0123456789abcdef');
    chat.mend();
    await sleep(500);
    const all = JSON.stringify(lines());
    expect(all.length).toBeGreaterThan(1_000);
    const secrets = [PROMPT, ANSWER, chat.key, adminKey, 'zr_canary', 'sk-test-0123456789abcdef'];
    expect(secrets.filter((secret) => all.includes(secret))).toEqual([]);
  });
});
