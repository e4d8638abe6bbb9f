import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { drawAnchors } from '../../packages/anchors/dist/index.js';
import {
  adminModelSchema,
  alertListSchema,
  onboardingListSchema,
  onboardingSchema,
  type AdminModel,
  type AlertView,
  type OnboardingView,
} from '../../packages/contracts/dist/index.js';
import { bootOwnStack, prepared, type OwnStack } from '../stack/boot-stack.js';
import { latentModel } from '../stand-in/latent-model.js';
import { startStandInProvider, type StandInProvider } from '../stand-in/stand-in-provider.js';

const { adminKey } = prepared();
const MAX_COST_USD = 0.5;

describe('a model whose ability falls', () => {
  /** From its next answer on. */
  const ability = [8];
  let own: OwnStack;
  let provider: StandInProvider;

  beforeAll(async () => {
    provider = await startStandInProvider({
      answer: latentModel({
        anchors: drawAnchors({ seed: 1 }),
        ability,
        trueItem: ({ level }) => ({ discrimination: [1], difficulty: level - 3 }),
        seed: 5,
      }),
    });
    own = await bootOwnStack({
      env: {
        PROVIDER_ALLOW_PRIVATE: 'true',
        SECRETS_KEY: randomBytes(32).toString('base64'),
        BATCH_SWEEP_MS: '500',
        REPROFILE_ON_DRIFT: 'true',
        REPROFILE_MAX_COST_USD: String(MAX_COST_USD),
      },
    });
  });

  afterAll(async () => {
    await own.stop();
    await provider.close();
  });

  const post = async (path: string, body: unknown, status: number): Promise<unknown> => {
    const answer = await own.client.post(`/admin/v1/${path}`, body, adminKey);
    expect([answer.status, answer.body]).toMatchObject([status, {}]);
    return answer.body;
  };
  const get = async (path: string): Promise<unknown> =>
    (await own.client.get(`/admin/v1/${path}`, adminKey)).body;
  const until = async <Found>(look: () => Promise<Found | undefined>): Promise<Found> => {
    for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(100)) {
      const found = await look();
      if (found !== undefined) return found;
    }
    throw new Error(`still not: ${String(look)}`);
  };
  const ended = (id: string): Promise<OnboardingView> =>
    until(async () => {
      const onboarding = onboardingSchema.parse(await get(`onboardings/${id}`));
      return onboarding.finished_at === null ? undefined : onboarding;
    });
  const read = async (id: string): Promise<AdminModel> =>
    adminModelSchema.parse(await get(`models/${id}`));
  const driftAlert = async (): Promise<AlertView | undefined> =>
    alertListSchema.parse(await get('alerts')).data.find(({ kind }) => kind === 'sentinel-drift');
  const total = ({ ability: { mean } }: AdminModel) => mean.reduce((sum, one) => sum + one, 0);

  it('is noticed, measured again by itself, and keeps its place with a lower ability', async () => {
    const { id } = adminModelSchema.parse(
      await post(
        'models',
        {
          name: 'acme/falling-8b',
          prices: { input_per_mtok: 1, output_per_mtok: 4 },
          deployments: [{ base_url: provider.baseUrl, upstream_model: 'stand-in' }],
        },
        201,
      ),
    );
    const first = onboardingSchema.parse(
      await post(`models/${id}/onboardings`, { max_anchors: 24 }, 202),
    );
    const able = (await ended(first.id)).result!;
    await post(`models/${id}/promote`, { state: 'active', force: true }, 200);
    const before = await read(id);

    ability[0] = -8;
    await post(`models/${id}/sentinel-runs`, {}, 202);
    const alert = await until(async () => {
      const raised = await driftAlert();
      return (raised?.reprofiling ?? null) === null ? undefined : raised;
    });
    expect(alert).toMatchObject({ model_id: id, evidence: { observed: 0 } });
    const again = await ended(alert.reprofiling!.onboarding_id);
    expect(again).toMatchObject({
      state: 'succeeded',
      settings: { cause: 'drift', max_cost_usd: MAX_COST_USD },
      result: { held: null, state: 'active' },
    });
    expect(again.cost_usd).toBeLessThanOrEqual(MAX_COST_USD);
    expect(again.result!.expected_accuracy.value).toBeLessThan(able.expected_accuracy.value - 0.3);

    const after = await read(id);
    expect(after.state).toBe('active');
    expect(after.version).toBeGreaterThan(before.version);
    expect(total(after)).toBeLessThan(total(before));
    expect(await driftAlert()).toMatchObject({
      id: alert.id,
      resolved_at: expect.any(String),
      reprofiling: { onboarding_id: again.id, state: 'succeeded', kept: null },
    });
    const runs = onboardingListSchema.parse(await get(`onboardings?model_id=${id}`)).data;
    expect(runs.map((run) => run.id)).toEqual([again.id, first.id]);
  });
});
