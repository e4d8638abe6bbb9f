import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { drawAnchors } from '../../packages/anchors/dist/index.js';
import {
  adminModelSchema,
  anchorListSchema,
  anchorSetListSchema,
  anchorSetSchema,
  onboardingListSchema,
  onboardingQuoteSchema,
  onboardingSchema,
  type OnboardingView,
} from '../../packages/contracts/dist/index.js';
import { bootOwnStack, prepared, type OwnStack } from '../stack/boot-stack.js';
import { expectProblem, type Answer } from '../stack/client.js';
import { latentModel } from '../stand-in/latent-model.js';
import {
  startStandInProvider,
  type StandInOptions,
  type StandInProvider,
} from '../stand-in/stand-in-provider.js';

const { adminKey } = prepared();
const ANCHORS = drawAnchors({ seed: 1 });
const PRICES = { input_per_mtok: 1, output_per_mtok: 4 };
/** Right on every second anchor or so, more often on the easy ones. */
const ABLE = latentModel({
  anchors: ANCHORS,
  ability: [0.5],
  trueItem: ({ level }) => ({ discrimination: [1], difficulty: level - 3 }),
  seed: 5,
});

describe('onboarding a model', () => {
  let own: OwnStack;
  let provider: StandInProvider | null = null;

  beforeAll(async () => {
    own = await bootOwnStack({
      env: {
        PROVIDER_ALLOW_PRIVATE: 'true',
        SECRETS_KEY: randomBytes(32).toString('base64'),
        BATCH_SWEEP_MS: '1000',
      },
    });
  });

  afterEach(async () => {
    await provider?.close();
    provider = null;
  });

  afterAll(async () => {
    await own.stop();
  });

  const post = (path: string, body: unknown = {}): Promise<Answer> =>
    own.client.post(path, body, adminKey);
  const get = (path: string): Promise<Answer> => own.client.get(path, adminKey);

  /** A model that is deployed at a new stand-in provider. */
  async function deploy(name: string, options: Partial<StandInOptions> = {}) {
    provider = await startStandInProvider({
      answer: ABLE,
      apiKey: 'sk-only-this-one',
      prices: { inputPerMtok: PRICES.input_per_mtok, outputPerMtok: PRICES.output_per_mtok },
      ...options,
    });
    const answer = await post('/admin/v1/models', {
      name,
      prices: PRICES,
      deployments: [
        { base_url: provider.baseUrl, api_key: 'sk-only-this-one', upstream_model: 'stand-in' },
      ],
    });
    expect([answer.status, answer.body]).toMatchObject([201, {}]);
    return adminModelSchema.parse(answer.body);
  }

  async function begin(model: string, body: object): Promise<OnboardingView> {
    const answer = await post(`/admin/v1/models/${encodeURIComponent(model)}/onboardings`, body);
    expect([answer.status, answer.body]).toMatchObject([202, {}]);
    const onboarding = onboardingSchema.parse(answer.body);
    expect(answer.headers.get('location')).toBe(`/admin/v1/onboardings/${onboarding.id}`);
    return onboarding;
  }

  const read = async (id: string): Promise<OnboardingView> =>
    onboardingSchema.parse((await get(`/admin/v1/onboardings/${id}`)).body);

  async function ended(id: string, withinMs = 60_000): Promise<OnboardingView> {
    const deadline = Date.now() + withinMs;
    for (;;) {
      const onboarding = await read(id);
      if (onboarding.finished_at !== null) return onboarding;
      if (Date.now() > deadline)
        throw new Error(`still ${onboarding.state}: ${JSON.stringify(onboarding.progress)}`);
      await sleep(100);
    }
  }

  it('quotes, measures live, and hands the model over for promotion', async () => {
    const model = await deploy('acme/new-8b');
    expect(model.state).toBe('draft');
    const limits = { max_anchors: 20, max_cost_usd: 0.5, concurrency: 4 };
    const quoted = await post(`/admin/v1/models/${model.id}/onboardings/quote`, limits);
    expect(quoted.status).toBe(200);
    const quote = onboardingQuoteSchema.parse(quoted.body);
    expect(quote).toMatchObject({ anchor_set: 'starter', anchors: 20 });
    expect(quote.expected_cost_usd!).toBeLessThan(quote.highest_cost_usd!);
    expect(quote.accuracy_sd.after).toBeLessThan(quote.accuracy_sd.before);
    expect(provider!.calls).toBe(0);

    const { id } = await begin('acme/new-8b', limits);
    const events = await (
      await fetch(`${own.client.url}/admin/v1/onboardings/${id}/events`, {
        headers: { authorization: `Bearer ${adminKey}` },
        signal: AbortSignal.timeout(60_000),
      })
    ).text();
    expect(events.trim().split('\n\n').at(-1)).toMatch(/^event: end\n/);
    const onboarding = await read(id);
    expect(onboarding).toMatchObject({ state: 'succeeded', error: null });
    const result = onboarding.result!;
    expect(result).toMatchObject({ state: 'shadow', stopped_by: 'max_anchors' });
    expect(result.anchors.answered).toBe(20);
    expect(result.cost_usd).toBeCloseTo(provider!.billed.usd, 9);
    expect(provider!.mostInFlight).toBeLessThanOrEqual(4);

    const page = await get(`/admin/v1/onboardings/${id}/report`);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    expect(page.body).toContain('acme/new-8b');
    expect(page.body).not.toContain('<script');

    const shown = adminModelSchema.parse((await get(`/admin/v1/models/${model.id}`)).body);
    expect(shown).toMatchObject({ state: 'shadow', version: result.profile_version });
    expect(JSON.stringify([shown, onboarding, page.body])).not.toContain('sk-only-this-one');

    expect((await post(`/admin/v1/models/${model.id}/promote`)).status).toBe(200);
    const question = { query: 'What is the capital of France?', models: ['acme/*'] };
    const deadline = Date.now() + 2_000;
    let routed = await own.client.post('/v1/route', question);
    // Every gateway hears of it within a second.
    while (routed.status !== 200 && Date.now() < deadline) {
      await sleep(50);
      routed = await own.client.post('/v1/route', question);
    }
    expect(routed.body).toMatchObject({ model: 'acme/new-8b' });
  });

  it('takes answers that were collected elsewhere, and none at all', async () => {
    await post('/admin/v1/models', { name: 'acme/offline-70b' });
    const set = anchorListSchema.parse((await get('/admin/v1/anchor-sets/starter/anchors')).body);
    const answers = await Promise.all(
      set.data.slice(0, 30).map(async ({ id, text }) => ({
        anchor_id: id,
        text: (await ABLE({ prompt: text, body: {} })).text,
        output_tokens: 80,
        total_ms: 1_500,
      })),
    );
    const { id } = await begin('acme/offline-70b', { responses: answers });
    const { result, error } = await ended(id);
    expect(error).toBeNull();
    expect(result).toMatchObject({ stopped_by: 'responses', anchors: { answered: 30, failed: 0 } });
    expect(result!.length_offset).not.toBeNull();

    const none = await ended((await begin('acme/offline-70b', { responses: [] })).id);
    expect(none.result).toMatchObject({ state: 'shadow', anchors: { asked: 0 } });
    expect(none.result!.held).toMatch(/answered no anchor/);
    expect(none.result!.expected_accuracy.sd).toBeGreaterThan(result!.expected_accuracy.sd);
  });

  it('measures on an anchor set of one’s own, in its own words and scores', async () => {
    const created = await post('/admin/v1/anchor-sets', {
      name: 'support tickets',
      source: {
        kind: 'anchors',
        anchors: Array.from({ length: 20 }, (_, n) => ({
          id: `ticket-${n}`,
          text: `Ticket ${n}: my parcel has not come although ${n} days have passed. What now?`,
          domain: 'support',
        })),
      },
    });
    expect([created.status, created.body]).toMatchObject([201, {}]);
    expect(anchorSetSchema.parse(created.body)).toMatchObject({ anchors: 20 });
    await post('/admin/v1/models', { name: 'acme/helper' });
    const responses = Array.from({ length: 20 }, (_, n) => ({
      anchor_id: `ticket-${n}`,
      score: n % 4 === 0 ? 0 : 1,
    }));
    const { id } = await begin('acme/helper', { anchor_set: 'support tickets', responses });
    const { result } = await ended(id);
    expect(result!.domains).toMatchObject([{ domain: 'support', answers: 20, observed: 0.75 }]);
    expect(result!.expected_accuracy.value).toBeCloseTo(0.75, 1);
    const sets = anchorSetListSchema.parse((await get('/admin/v1/anchor-sets')).body);
    expect(sets.data.map(({ name }) => name)).toEqual(['support tickets', 'starter']);
  });

  it('goes on after kill -9 of the profiler, and pays for no answer twice', async () => {
    await deploy('acme/slow-1b', { pace: { ttftMs: 150 } });
    const { id } = await begin('acme/slow-1b', {
      max_anchors: 24,
      max_cost_usd: 1,
      concurrency: 2,
    });
    const counts: number[] = [];
    for (let blow = 0; blow < 2; blow++) {
      const before = (await read(id)).progress?.answered ?? 0;
      while (((await read(id)).progress?.answered ?? 0) < before + 4) await sleep(50);
      counts.push((await read(id)).progress!.answered);
      own.stack.kill('profiler', 'SIGKILL');
    }
    const onboarding = await ended(id, 120_000);
    expect(onboarding).toMatchObject({ state: 'succeeded', result: { anchors: { answered: 24 } } });
    expect(counts[1]).toBeGreaterThan(counts[0]!);
    // Two calls at most were under way at each blow.
    expect(provider!.calls).toBeLessThanOrEqual(24 + 2 * 2);
    expect(Math.max(...provider!.callsByPrompt.values())).toBeLessThanOrEqual(3);
    expect(onboarding.cost_usd).toBeGreaterThanOrEqual(provider!.billed.usd - 1e-9);
  });

  it('is cancelled at once, and says no to what cannot be', async () => {
    const model = await deploy('acme/hanging', { faults: [{ kind: 'hang', share: 1 }] });
    const path = `/admin/v1/models/${model.id}/onboardings`;
    const { id } = await begin(model.name, { max_anchors: 10 });
    expectProblem(await post(path, { max_anchors: 10 }), 409);
    expect((await post(`/admin/v1/onboardings/${id}/cancel`)).status).toBe(200);
    expect(await read(id)).toMatchObject({ state: 'cancelled', result: null });
    expectProblem(await post(`/admin/v1/onboardings/${id}/cancel`), 409);
    expectProblem(await get(`/admin/v1/onboardings/${id}/report`), 409);

    expectProblem(await post('/admin/v1/models/acme%2Fnobody/onboardings', {}), 404);
    expectProblem(await post(path, { max_anchors: -1 }), 400);
    expectProblem(await post(path, { anchor_set: 'no such set' }), 404);
    expectProblem(await post(path, { responses: [{ anchor_id: 'x', score: 1 }] }), 422);
    expectProblem(await post(path, { responses: [{ anchor_id: 'x' }] }), 400);
    await post('/admin/v1/models', { name: 'acme/nowhere' });
    expectProblem(await post('/admin/v1/models/acme%2Fnowhere/onboardings', {}), 409);
    expectProblem(await own.client.post(path, {}), 401);
    const list = onboardingListSchema.parse(
      (await get(`/admin/v1/onboardings?model_id=${model.id}`)).body,
    );
    expect(list.data.map((one) => one.id)).toEqual([id]);
  });
});
