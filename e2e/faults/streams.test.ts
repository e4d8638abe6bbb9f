import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Script } from '../../apps/gateway/test/scripted-provider.js';
import { apiKeySchema, newApiKeySchema } from '../../packages/contracts/dist/index.js';
import { runStatement } from '../../packages/local-stack/dist/index.js';
import { prepared } from '../stack/boot-stack.js';
import { beginStream, ChatStack, DEAR, event, type ChatDecision } from '../stack/chat-stack.js';
import { tell } from '../stack/fault-matrix.js';
import { until } from '../stack/fault-stack.js';
import { expectUnavailable, OutageAsker } from '../stack/outage-asker.js';
import { startOwnPostgres, startOwnRedis, type OwnService } from '../stack/own-services.js';

const HEALS_WITHIN_MS = 30_000;
const USAGE = { prompt_tokens: 1_000, completion_tokens: 200, total_tokens: 1_200 };
/** By the prices of the stack's dear model. */
const CALL_USD = 0.0014;
const USD_DIGITS = 10;
/** A model that is named, and a pattern of which one is chosen. */
const PINNED = DEAR;
const ROUTED = 'acme/d*';

let postgres: OwnService;
let redis: OwnService | null = null;
let chat: ChatStack;
let asker: OutageAsker;
/** What has been started, whether or not all of it was. */
const closing: (() => Promise<void>)[] = [];

/** Answers that begin, and then go on until they are told to end. */
class OpenEnded {
  readonly sent = new Map<string, string>();
  private readonly ending = new Set<string>();

  readonly script: Script = (response, call, body) => {
    const { messages } = JSON.parse(body) as { messages: { content: string }[] };
    const prompt = messages.at(-1)!.content;
    const send = (text: string): void => {
      this.sent.set(prompt, (this.sent.get(prompt) ?? '') + text);
      response.write(text);
    };
    void beginStream(response, call, body);
    const beat = setInterval(() => {
      if (!this.ending.has(prompt) && !response.destroyed) return send(event('and so on, '));
      clearInterval(beat);
      send(`data: ${JSON.stringify({ id: 'c1', choices: [], usage: USAGE })}\n\n`);
      send('data: [DONE]\n\n');
      response.end();
    }, 50);
  };

  end(prompts: readonly string[]): void {
    for (const prompt of prompts) this.ending.add(prompt);
  }
}

/** A stream as its client reads it. */
interface Reading {
  prompt: string;
  status: number;
  decisionId: string | null;
  /** Grows. */
  text: string;
  /** Resolves with the last byte. */
  whole: Promise<void>;
}

beforeAll(async () => {
  postgres = await startOwnPostgres();
  closing.push(() => postgres.close());
  redis = prepared().redisUrl === null ? null : await startOwnRedis();
  closing.push(async () => redis?.close());
  chat = await ChatStack.boot(
    { CHAT_TIMEOUT_MS: '60000', PREDICTION_TIMEOUT_MS: '4000' },
    { databaseUrl: postgres.url, redisUrl: redis?.url ?? null },
  );
  closing.push(() => chat.stop());
  asker = new OutageAsker(chat.own.client, {
    deadlineMs: 15_000,
    healsWithinMs: HEALS_WITHIN_MS,
  });
}, 600_000);

afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

async function read(key: string, model: string, prompt: string): Promise<Reading> {
  const response = await fetch(`${chat.own.client.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model,
      messages: [{ role: 'user', content: prompt }],
      stream: true,
      stream_options: { include_usage: true },
      max_tokens: 500,
    }),
  });
  const reading: Reading = {
    prompt,
    status: response.status,
    decisionId: response.headers.get('x-zerorouter-decision-id'),
    text: '',
    whole: Promise.resolve(),
  };
  reading.whole = (async () => {
    const decoder = new TextDecoder();
    for await (const bytes of response.body!)
      reading.text += decoder.decode(bytes as Uint8Array, { stream: true });
  })();
  // Whoever waits for it sees the failure.
  reading.whole.catch(() => undefined);
  return reading;
}

/** What a key's budget and its rows of calls say. */
async function booksOf(id: string): Promise<object> {
  const { spend } = apiKeySchema.parse((await chat.admin('GET', `keys/${id}`)).body);
  const [row] = await runStatement(
    chat.own.databaseUrl,
    `SELECT count(*)::int AS rows, coalesce(sum(cost_usd + lost_usd), 0)::float8 AS usd
     FROM calls WHERE key_id = '${id}'`,
  );
  const { rows, usd } = row as { rows: number; usd: number };
  return {
    spent: spend?.spent_usd.toFixed(USD_DIGITS),
    held: spend?.reserved_usd,
    rows,
    booked: usd.toFixed(USD_DIGITS),
  };
}

it.each(['Postgres', 'the queue'])(
  '%s crashes and comes back amid streams: they end whole, and each is charged once',
  async (what) => {
    // Without a Redis, the queue is in Postgres.
    const service = what === 'Postgres' ? postgres : (redis ?? postgres);
    const gateway = chat.own.stack.pid('gateway');
    const endless = new OpenEnded();
    chat.dear.script = endless.script;
    const calls = chat.dear.calls.length;
    const made = await chat.admin('POST', 'keys', {
      name: what,
      scopes: ['route', 'chat'],
      budget: { usd: 1, period: 'month' },
    });
    const { id, key } = newApiKeySchema.parse(made.body);

    const [early, late] = await Promise.all(
      ['ends meanwhile', 'ends afterwards'].map((when) =>
        Promise.all([PINNED, ROUTED].map((model) => read(key, model, `${what}: ${model} ${when}`))),
      ),
    );
    const streams = [...early!, ...late!];
    const promptsOf = (some: readonly Reading[]) => some.map(({ prompt }) => prompt);
    expect(streams.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    await until(() => streams.every(({ text }) => text.includes('and so on')));

    await service.crash();
    const [begun, crashedAt] = [streams.map(({ text }) => text.length), performance.now()];
    await sleep(1_000);
    // It is away: whatever needs it is refused.
    expectUnavailable(await asker.ask(asker.unseen()));
    // They go on while it is away, and can end.
    for (const [i, { text }] of streams.entries()) expect(text.length).toBeGreaterThan(begun[i]!);
    endless.end(promptsOf(early!));
    await Promise.all(early!.map(({ whole }) => whole));
    await sleep(1_000);
    await service.startAgain();
    const away_ms = Math.round(performance.now() - crashedAt);
    const healed_ms = await asker.healed();
    endless.end(promptsOf(late!));
    await Promise.all(late!.map(({ whole }) => whole));

    for (const { prompt, text } of streams) {
      expect(text).toBe(endless.sent.get(prompt));
      expect(text).toMatch(/data: \[DONE\]\n\n$/);
    }
    expect(chat.dear.calls.length - calls).toBe(streams.length);
    const usd = (streams.length * CALL_USD).toFixed(USD_DIGITS);
    const settled = { spent: usd, held: 0, rows: streams.length, booked: usd };
    await until(async () => JSON.stringify(await booksOf(id)) === JSON.stringify(settled), 20_000)
      // Says what there is instead.
      .catch(async () => expect(await booksOf(id)).toEqual(settled));
    for (const { decisionId } of streams) {
      if (decisionId === null) continue;
      const { body } = await chat.own.client.get(`/v1/decisions/${decisionId}`, key);
      expect((body as ChatDecision).realised).toMatchObject({
        model: DEAR,
        ending: 'complete',
        tokens: { input: USAGE.prompt_tokens, output: USAGE.completion_tokens, estimated: false },
      });
    }
    expect(streams.filter(({ decisionId }) => decisionId !== null)).toHaveLength(2);
    // Nothing was started again but what had crashed.
    expect(chat.own.stack.pid('gateway')).toBe(gateway);
    expect(chat.own.notes.filter((note) => / ended /.test(note))).toEqual([]);
    tell('every stream goes on, ends whole and is charged once', {
      streams: streams.length,
      bytes: streams.reduce((sum, { text }) => sum + text.length, 0),
      away_ms,
      healed_ms,
    });
  },
  120_000,
);
