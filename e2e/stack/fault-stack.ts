import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { drawAnchors } from '../../packages/anchors/dist/index.js';
import {
  calibrationSchema,
  newApiKeySchema,
  onboardingSchema,
  type CalibrationView,
  type OnboardingView,
} from '../../packages/contracts/dist/index.js';
import { runStatement } from '../../packages/local-stack/dist/index.js';
import { latentModel } from '../stand-in/latent-model.js';
import { startStandInProvider, type StandInProvider } from '../stand-in/stand-in-provider.js';
import { bootOwnStack, prepared, type OwnStack } from './boot-stack.js';
import type { Answer, Client } from './client.js';
import { writeDataSet } from './data-set-folder.js';

/** Answers chats; every call has a price. */
export const STEADY = 'acme/steady';
/** Is onboarded. */
export const MEASURED = 'acme/measured';
const PRICES = { input_per_mtok: 100, output_per_mtok: 400 };
const API_KEY = 'sk-only-this-one';
export const ANCHORS_ASKED = 24;
export const ONBOARDING_CONCURRENCY = 2;
/** Before each answer to an anchor, unless told otherwise. */
export const ANCHOR_TTFT_MS = 150;

/** What one key's calls have cost, by every book that is kept of it. */
export interface Books {
  /** Calls that reached the provider, and what it would charge, USD. */
  provider: { calls: number; usd: number };
  /** Rows of calls, and their sum, USD. */
  calls: { rows: number; usd: number };
  /** The key's budget, USD. */
  budget: { spentUsd: number; reservedUsd: number };
}

/**
 * A stack that everything can happen to: a model that answers chats on account of a key with a budget, one that can be
 * onboarded, and a data set to calibrate on. Everything that it asks of providers is counted there.
 */
export class FaultStack {
  private constructor(
    readonly own: OwnStack,
    /** For further processes beside it. */
    readonly env: Record<string, string>,
    readonly provider: StandInProvider,
    readonly anchorProvider: StandInProvider,
    /** How fast that one answers from now on; may be changed. */
    readonly anchorPace: { ttftMs: number },
    readonly key: string,
    private readonly keyId: string,
    private readonly dataDir: string,
  ) {}

  static async boot(more: Record<string, string> = {}): Promise<FaultStack> {
    const dataDir = mkdtempSync(join(tmpdir(), 'zerorouter-data-'));
    writeDataSet(join(dataDir, 'menagerie'));
    const prices = { inputPerMtok: PRICES.input_per_mtok, outputPerMtok: PRICES.output_per_mtok };
    const provider = await startStandInProvider({
      answer: () => ({ text: 'The Danube.', outputTokens: 4, ttftMs: 60 }),
      apiKey: API_KEY,
      prices,
    });
    const anchorPace = { ttftMs: ANCHOR_TTFT_MS };
    const anchorProvider = await startStandInProvider({
      answer: latentModel({
        anchors: drawAnchors({ seed: 1 }),
        ability: [0.5],
        trueItem: ({ level }) => ({ discrimination: [1], difficulty: level - 3 }),
        seed: 5,
      }),
      apiKey: API_KEY,
      prices,
      pace: anchorPace,
    });
    const env = {
      QUEUE_PREFIX: `zr_fault_${randomBytes(4).toString('hex')}`,
      SECRETS_KEY: randomBytes(32).toString('base64'),
      PROVIDER_ALLOW_PRIVATE: 'true',
      CALIBRATION_DATA_DIR: dataDir,
      KEY_RESERVATION_MS: '4000',
      BATCH_SWEEP_MS: '1000',
      PREDICTION_TIMEOUT_MS: '8000',
      ...more,
    };
    const own = await bootOwnStack({ env });
    const answer = await own.client.post(
      '/admin/v1/keys',
      { name: 'spender', budget: { usd: 1_000, period: 'month' } },
      prepared().adminKey,
    );
    const { id, key } = newApiKeySchema.parse(answer.body);
    const stack = new FaultStack(own, env, provider, anchorProvider, anchorPace, key, id, dataDir);
    await stack.deploy(STEADY, provider);
    await stack.deploy(MEASURED, anchorProvider);
    const path = `/admin/v1/models/${encodeURIComponent(STEADY)}/promote`;
    expect((await stack.admin(path, { state: 'active', force: true })).status).toBe(200);
    await until(async () => (await stack.chat(own.client, 'warm up')).status === 200);
    await stack.settled();
    return stack;
  }

  async stop(): Promise<void> {
    await this.own.stop();
    await this.provider.close();
    await this.anchorProvider.close();
    rmSync(this.dataDir, { recursive: true });
  }

  admin(path: string, body: unknown = {}): Promise<Answer> {
    return this.own.client.post(path, body, prepared().adminKey);
  }

  /** @param routed whether a policy decides, which leaves a decision, or the model is named. */
  chat(client: Client, prompt: string, { routed = false } = {}): Promise<Answer> {
    const messages = [{ role: 'user', content: prompt }];
    const model = routed ? 'acme/st*' : STEADY;
    return client.post('/v1/chat/completions', { model, messages, max_tokens: 8 }, this.key);
  }

  /** Waits until nothing is set aside any more. @returns what every book says then */
  async settled(): Promise<Books> {
    let books = await this.books();
    await until(async () => {
      books = await this.books();
      return books.budget.reservedUsd === 0 && this.provider.inFlight === 0;
    });
    // Rows of calls follow within the time in which they gather, and budgets are settled beside that.
    for (let before = ''; before !== JSON.stringify(books); books = await this.books()) {
      before = JSON.stringify(books);
      await sleep(300);
    }
    return books;
  }

  async onboard(): Promise<string> {
    const path = `/admin/v1/models/${encodeURIComponent(MEASURED)}/onboardings`;
    const answer = await this.admin(path, {
      max_anchors: ANCHORS_ASKED,
      max_cost_usd: 10,
      concurrency: ONBOARDING_CONCURRENCY,
    });
    expect([answer.status, answer.body]).toMatchObject([202, {}]);
    return onboardingSchema.parse(answer.body).id;
  }

  async onboarding(id: string): Promise<OnboardingView> {
    const path = `/admin/v1/onboardings/${id}`;
    return onboardingSchema.parse((await this.own.client.get(path, prepared().adminKey)).body);
  }

  async calibrate(seed: number): Promise<string> {
    const body = { data_sets: ['menagerie'], dimensions: 1, seed };
    const answer = await this.admin('/admin/v1/spaces/calibrations', body);
    expect([answer.status, answer.body]).toMatchObject([202, {}]);
    return calibrationSchema.parse(answer.body).id;
  }

  async calibration(id: string): Promise<CalibrationView> {
    const path = `/admin/v1/spaces/calibrations/${id}`;
    return calibrationSchema.parse((await this.own.client.get(path, prepared().adminKey)).body);
  }

  /** Numbers of one row of the database. */
  async counts(select: string): Promise<Record<string, number>> {
    const [row] = await runStatement(this.own.databaseUrl, select);
    const entries = Object.entries(row as Record<string, unknown>);
    return Object.fromEntries(entries.map(([name, value]) => [name, Number(value)]));
  }

  private async books(): Promise<Books> {
    const calls = await this.counts(
      `SELECT count(*) AS rows, coalesce(sum(cost_usd + lost_usd), 0) AS usd
       FROM calls WHERE key_id = '${this.keyId}'`,
    );
    const budget = await this.counts(
      `SELECT coalesce(sum(spent_usd), 0) AS spent, coalesce(sum(reserved_usd), 0) AS reserved
       FROM key_spends WHERE key_id = '${this.keyId}'`,
    );
    return {
      provider: { calls: this.provider.calls, usd: this.provider.billed.usd },
      calls: { rows: calls['rows']!, usd: calls['usd']! },
      budget: { spentUsd: budget['spent']!, reservedUsd: budget['reserved']! },
    };
  }

  private async deploy(name: string, { baseUrl }: StandInProvider): Promise<void> {
    const deployments = [{ base_url: baseUrl, api_key: API_KEY, upstream_model: 'stand-in' }];
    const answer = await this.admin('/admin/v1/models', { name, prices: PRICES, deployments });
    expect([answer.status, answer.body]).toMatchObject([201, {}]);
  }
}

/** Waits until something holds; what throws meanwhile does not hold yet. */
export async function until(holds: () => Promise<boolean> | boolean, withinMs = 60_000) {
  for (const start = Date.now(); ; await sleep(50)) {
    const held = await Promise.resolve()
      .then(holds)
      .catch(() => false);
    if (held) return;
    if (Date.now() - start > withinMs) throw new Error(`still not: ${String(holds)}`);
  }
}
