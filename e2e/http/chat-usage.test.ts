import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Script } from '../../apps/gateway/test/scripted-provider.js';
import { connectDatabase } from '../../packages/database/dist/index.js';
import {
  beginStream,
  ChatStack,
  CHEAP,
  DEAR,
  event,
  messages,
  POLICY,
} from '../stack/chat-stack.js';

const DECIDED = 'acme/d*';
const usage = {
  prompt_tokens: 1_000,
  completion_tokens: 200,
  prompt_tokens_details: { cached_tokens: 600 },
  completion_tokens_details: { reasoning_tokens: 150 },
};
const chunk = (more: object) => `data: ${JSON.stringify({ id: 'c1', ...more })}\n\n`;
const ends = { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] };

/** As OpenAI streams: usage in a chunk of its own where it is asked for, and null in the others. */
const streams: Script = (response, call, body) => {
  void beginStream(response, call, body);
  const asked = body.includes('"include_usage":true');
  const silent = asked ? { usage: null } : {};
  const parts = ['Hel', 'lo'].map((content) =>
    chunk({ choices: [{ index: 0, delta: { content } }], ...silent }),
  );
  response.write(parts.join(''));
  response.write(chunk({ ...ends, ...silent }));
  if (asked) response.write(chunk({ choices: [], usage }));
  response.end('data: [DONE]\n\n');
};
const UNASKED = [
  ...['Hel', 'lo'].map((content) => chunk({ choices: [{ index: 0, delta: { content } }] })),
  chunk(ends),
  'data: [DONE]\n\n',
].join('');

describe('what a chat has cost', () => {
  let chat: ChatStack;
  beforeAll(async () => {
    chat = await ChatStack.boot({ BASELINE_MODEL: DEAR });
    const prices = { input_per_mtok: 1, output_per_mtok: 2, cached_input_per_mtok: 0.25 };
    const { status } = await chat.admin('PATCH', `models/${encodeURIComponent(DEAR)}`, { prices });
    expect(status).toBe(200);
    await sleep(1_000);
  });
  afterEach(() => chat.mend());
  afterAll(() => chat.stop());

  /** Of the call that a decision led to, once it is stored. */
  const realisedOf = async (answer: { headers: Headers }) => {
    let decision = await chat.decisionOf(answer);
    await chat.until(async () => {
      decision = await chat.decisionOf(answer);
      return decision.realised !== undefined;
    });
    return decision.realised!;
  };
  // 400 · 1 + 600 · 0.25 + 200 · 2 USD per million.
  const COST = 0.00095;

  it('is known of a stream whose client does not ask, and the client does not see it', async () => {
    chat.dear.script = streams;
    const answer = await chat.post({ model: DECIDED, messages, stream: true });
    expect(answer.text).toBe(UNASKED);
    expect(chat.dear.calls.at(-1)!.body).toContain('"stream_options":{"include_usage":true}');
    const realised = await realisedOf(answer);
    expect(realised).toMatchObject({
      model: DEAR,
      ending: 'complete',
      finish_reason: 'stop',
      tokens: { input: 1_000, cached: 600, output: 200, reasoning: 150, estimated: false },
      lost_usd: 0,
    });
    expect(realised.cost_usd).toBeCloseTo(COST, 12);
    expect(realised.ttft_ms).toBeGreaterThan(0);
    expect(realised.total_ms).toBeGreaterThanOrEqual(realised.ttft_ms!);
  });

  it('is told to a client that asks, byte for byte', async () => {
    chat.dear.script = streams;
    const body = { model: DECIDED, messages, stream: true };
    const asked = await chat.post({ ...body, stream_options: { include_usage: true } });
    expect(asked.text).toContain('"usage":null');
    expect(asked.text).toContain('"reasoning_tokens":150');
    expect((await realisedOf(asked)).cost_usd).toBeCloseTo(COST, 12);
    const declined = await chat.post({ ...body, stream_options: {} });
    expect(declined.text).toBe(UNASKED);
    expect(chat.dear.calls.at(-1)!.body).toContain('"stream_options":{}');
    expect((await realisedOf(declined)).tokens.estimated).toBe(true);
  });

  it('is estimated where the server does not know the question, which it is asked once', async () => {
    chat.cheap.script = (response, call, body) => {
      if (!body.includes('stream_options')) return streams(response, call, body);
      response
        .writeHead(400, { 'content-type': 'application/json' })
        .end('{"error":{"message":"Unrecognized request argument supplied: stream_options"}}');
    };
    const calls = chat.cheap.calls.length;
    const request = { model: 'acme/c*', messages, stream: true };
    const first = await chat.post(request);
    expect([first.status, first.text]).toEqual([200, UNASKED]);
    expect(first.headers.get('x-zerorouter-attempts')).toBe(`${CHEAP};200`);
    expect(chat.cheap.calls.length).toBe(calls + 2);
    expect((await chat.post(request)).text).toBe(UNASKED);
    expect(chat.cheap.calls.length).toBe(calls + 3);
    expect(await realisedOf(first)).toMatchObject({
      tokens: { output: 2, reasoning: null, estimated: true },
      cost_usd: 0,
    });
  });

  it('is known of an answer in one piece', async () => {
    chat.dear.script = (response) =>
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ choices: [{ finish_reason: 'length', message: {} }], usage }));
    const realised = await realisedOf(await chat.post({ model: DECIDED, messages }));
    expect(realised).toMatchObject({ ending: 'complete', finish_reason: 'length', ttft_ms: null });
    expect(realised.cost_usd).toBeCloseTo(COST, 12);
  });

  it('is estimated of what was said before a client left, or a provider broke off', async () => {
    const said = 'x'.repeat(360);
    chat.dear.script = (response, call, body) => {
      void beginStream(response, call, body);
      response.write(event(said));
    };
    const body = { model: DECIDED, messages, stream: true } as const;
    const { data, response } = await chat.openai.chat.completions.create(body).withResponse();
    for await (const _ of data) data.controller.abort();
    expect(await realisedOf(response)).toMatchObject({
      ending: 'aborted',
      tokens: { output: 100, estimated: true },
    });
    let breakOff = (): void => undefined;
    chat.dear.script = (broken, call, sent) => {
      void beginStream(broken, call, sent);
      broken.write(event(said));
      breakOff = () => void broken.destroy();
    };
    const next = await chat.openai.chat.completions.create(body).withResponse();
    const reading = (async () => {
      for await (const _ of next.data) breakOff();
    })();
    await expect(reading).rejects.toThrow();
    const realised = await realisedOf(next.response);
    expect(realised).toMatchObject({ ending: 'broken', tokens: { output: 100 } });
    expect(realised.cost_usd).toBeGreaterThan(0.0002);
  });

  it('counts attempts that hung, and names no cost where there is none', async () => {
    chat.cheap.script = (response) => response.writeHead(400).end('{"error":{"message":"bad"}}');
    const refused = await chat.post({ model: POLICY, messages });
    expect(await realisedOf(refused)).toMatchObject({
      ending: 'refused',
      cost_usd: 0,
      lost_usd: 0,
    });
    chat.dear.script = () => undefined;
    const late = await chat.post({ model: DECIDED, messages });
    expect(late.status).toBe(504);
    const database = connectDatabase(chat.own.databaseUrl);
    const lost = async () => {
      const to = new Date(Date.now() + 1_000);
      return (await database.savings.total({ from: new Date(0), to }))!.lostUsd;
    };
    await chat.until(async () => (await lost()) > 0);
    await database.close();
  });

  it('is summed up, predicted and realised apart, beside the baseline', async () => {
    chat.dear.script = streams;
    await chat.post({ model: DEAR, messages, stream: true });
    const report = async (query: string) =>
      (await chat.admin('GET', `reports/savings${query}`)).body as {
        baseline_model: string;
        total: Row;
        data: (Row & { group: string })[];
      };
    await chat.until(async () => (await report('')).total.requests.pinned > 1);
    const { baseline_model: baseline, total, data } = await report('');
    expect(baseline).toBe(DEAR);
    expect(data.map(({ group }) => group)).toEqual([DEAR, CHEAP]);
    // The cheap one costs nothing, so that all of the baseline's cost is saved.
    const [dear, cheap] = data;
    expect(cheap!.saving.predicted).toMatchObject({ saving_share: 1 });
    expect(cheap!.saving.realised).toMatchObject({ saving_share: 1, router_usd: 0 });
    expect(dear!.saving.predicted?.saving_usd).toBeCloseTo(0, 12);
    expect(dear!.realised.tokens.reasoning).toBeGreaterThanOrEqual(450);
    expect(dear!.realised.estimated).toBeGreaterThan(0);
    expect(total.realised.cost_usd).toBeCloseTo(dear!.realised.cost_usd, 12);
    expect((await report('?group_by=day')).data).toHaveLength(1);
    expect((await report('?group_by=key')).data).toHaveLength(1);
    const policies = (await report('?group_by=policy')).data.map(({ group }) => group);
    expect(policies).toEqual(expect.arrayContaining(['pinned', 'min-cost', 'balanced']));
    const wrong = await chat.admin(
      'GET',
      'reports/savings?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z',
    );
    expect(wrong.status).toBe(400);
  });

  it('is not lost when the gateway is told to stop', async () => {
    chat.dear.script = streams;
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => chat.post({ model: DECIDED, messages, stream: true })),
    );
    await chat.own.stack.stop();
    const database = connectDatabase(chat.own.databaseUrl);
    const ids = answers.map(({ headers }) => headers.get('x-zerorouter-decision-id')!);
    const calls = await database.calls.ofDecisions(ids);
    await database.close();
    expect(calls.size).toBe(20);
  });
});

interface Row {
  requests: { decided: number; pinned: number };
  realised: { cost_usd: number; estimated: number; tokens: { reasoning: number } };
  saving: Record<'predicted' | 'realised', { saving_usd: number; saving_share: number } | null>;
}
