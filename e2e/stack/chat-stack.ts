import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@jest/globals';
import OpenAI from 'openai';
import {
  says,
  startProvider,
  type Script,
  type ScriptedProvider,
} from '../../apps/gateway/test/scripted-provider.js';
import { bootOwnStack, prepared, type OwnStack, type OwnStackOptions } from './boot-stack.js';
import type { Answer } from './client.js';

export const CHEAP = 'acme/cheap';
export const DEAR = 'acme/dear';
export const POLICY = 'zerorouter/min-cost';
export const IDLE_MS = 1_500;
export const DEADLINE_MS = 3_000;
export const messages = [{ role: 'user' as const, content: 'Which river flows through Vienna?' }];

export const completion = (content: string): Script =>
  says(200, {
    id: 'c1',
    object: 'chat.completion',
    created: 1,
    model: 'upstream',
    choices: [
      { index: 0, finish_reason: 'stop', message: { role: 'assistant', content, refusal: null } },
    ],
    usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 },
  });
export const event = (content: string): string =>
  `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'u', choices: [{ index: 0, delta: { content }, finish_reason: null }] })}\n\n`;
export const beginStream: Script = (response) =>
  response.writeHead(200, { 'content-type': 'text/event-stream' });

/** An answer of the gateway as it came. */
export interface RawAnswer {
  status: number;
  headers: Headers;
  text: string;
}

/** What a decision tells of a chat. */
export interface ChatDecision {
  decision_id: string;
  model: string;
  policy: string;
  reason: string;
  candidates: { model: string; cost_usd: number | null; excluded?: string }[];
  request: { attempts: object[]; answered_by: string | null; session_hash?: string };
  baseline?: { model: string; cost_usd: number; p_correct: number };
  session?: { model: string; seen_tokens: number };
  realised?: {
    model: string;
    ending: string;
    finish_reason: string | null;
    tokens: {
      input: number;
      cached: number;
      output: number;
      reasoning: number;
      estimated: boolean;
    };
    cost_usd: number;
    lost_usd: number;
    ttft_ms: number | null;
    total_ms: number;
  };
}

/** A database that the stack has set up itself has an admin key of its own. */
const adminKeyOf = (own: OwnStack): string => own.stack.adminKey ?? prepared().adminKey;

async function makeKey(own: OwnStack): Promise<string> {
  const body = { name: 'chat', scopes: ['route', 'chat'] };
  const answer = await own.client.post('/admin/v1/keys', body, adminKeyOf(own));
  return (answer.body as { key: string }).key;
}

/** A stack with two models, of which one costs nothing, whose providers do what a test tells them to. */
export class ChatStack {
  private constructor(
    readonly own: OwnStack,
    readonly cheap: ScriptedProvider,
    readonly dear: ScriptedProvider,
    readonly key: string,
    readonly openai: OpenAI,
  ) {}

  /** @param services that it stands on. Default: those that all suites share. */
  static async boot(
    env: Record<string, string> = {},
    services: Pick<OwnStackOptions, 'databaseUrl' | 'redisUrl'> = {},
  ): Promise<ChatStack> {
    const cheap = await startProvider('cheap', completion('cheap'));
    const dear = await startProvider('dear', completion('dear'));
    const own = await bootOwnStack({
      ...services,
      env: {
        SECRETS_KEY: randomBytes(32).toString('base64'),
        PROVIDER_ALLOW_PRIVATE: 'true',
        CHAT_TIMEOUT_MS: String(DEADLINE_MS),
        CHAT_IDLE_TIMEOUT_MS: String(IDLE_MS),
        CHAT_REST_MS: '300',
        EMBEDDINGS_MODEL: CHEAP,
        ...env,
      },
    });
    const key = await makeKey(own);
    const openai = new OpenAI({ baseURL: `${own.client.url}/v1`, apiKey: key, maxRetries: 0 });
    const chat = new ChatStack(own, cheap, dear, key, openai);
    const free = { input_per_mtok: 0, output_per_mtok: 0 };
    await chat.add(CHEAP, cheap, { prices: free, capabilities: ['tools'], context_window: 8_000 });
    const prices = { input_per_mtok: 1, output_per_mtok: 2 };
    await chat.add(DEAR, dear, {
      prices,
      capabilities: ['tools', 'vision'],
      context_window: 100_000,
    });
    await chat.until(async () => (await chat.post({ model: DEAR, messages })).status === 200);
    await chat.until(async () => (await chat.post({ model: POLICY, messages })).status === 200);
    return chat;
  }

  /** Both answer as usual again. */
  mend(): void {
    this.cheap.script = completion('cheap');
    this.dear.script = completion('dear');
  }

  async stop(): Promise<void> {
    await this.own.stop();
    await this.cheap.close();
    await this.dear.close();
  }

  async admin(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(`${this.own.client.url}/admin/v1/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${adminKeyOf(this.own)}`,
        'content-type': 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, headers: response.headers, body: await response.json() };
  }
  deployments({ deployment }: ScriptedProvider, apiKey = deployment.apiKey!) {
    return [
      { base_url: deployment.baseUrl, api_key: apiKey, upstream_model: deployment.upstreamModel },
    ];
  }

  async add(name: string, provider: ScriptedProvider, more: object): Promise<void> {
    const body = { name, deployments: this.deployments(provider), ...more };
    expect((await this.admin('POST', 'models', body)).status).toBe(201);
    const path = `models/${encodeURIComponent(name)}/promote`;
    expect((await this.admin('POST', path, { state: 'active', force: true })).status).toBe(200);
  }

  async until(holds: () => Promise<boolean> | boolean): Promise<void> {
    for (const start = Date.now(); !(await holds());) {
      if (Date.now() - start > 10_000) throw new Error(`still not: ${String(holds)}`);
      await sleep(20);
    }
  }
  /** Sends bytes as they are, and gives the answer as it is. */
  async post(body: unknown, path = 'chat/completions', headers = {}): Promise<RawAnswer> {
    const response = await fetch(`${this.own.client.url}/v1/${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${this.key}`,
        'content-type': 'application/json',
        ...headers,
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  errorOf({ status, headers, text }: RawAnswer) {
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    const { error } = JSON.parse(text) as { error: { code: string; message: string } };
    return { status, ...error };
  }

  async decisionOf({ headers }: { headers: Headers }): Promise<ChatDecision> {
    const id = headers.get('x-zerorouter-decision-id')!;
    const { body } = await this.own.client.get(`/v1/decisions/${id}`, this.key);
    return body as ChatDecision;
  }
}
