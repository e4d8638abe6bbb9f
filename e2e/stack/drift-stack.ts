import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { drawAnchors } from '../../packages/anchors/dist/index.js';
import {
  adminModelSchema,
  alertListSchema,
  onboardingSchema,
  type AlertView,
  type OnboardingView,
} from '../../packages/contracts/dist/index.js';
import { latentModel } from '../stand-in/latent-model.js';
import { startStandInProvider, type StandInProvider } from '../stand-in/stand-in-provider.js';
import { bootOwnStack, prepared, type OwnStack } from './boot-stack.js';

const { adminKey } = prepared();
export const FALLING = 'acme/falling-8b';
/** Of a measurement that drift begins by itself. */
export const REPROFILE_MAX_COST_USD = 0.5;
const ANCHORS = 24;
const [ABLE, UNABLE] = [8, -8];

/** A stack with one model in use, which was onboarded, whose ability can fall, and which is measured again then. */
export class DriftStack {
  private constructor(
    readonly own: OwnStack,
    private readonly provider: StandInProvider,
    /** From the model's next answer on. */
    private readonly ability: number[],
    /** Before each answer; may be changed. */
    readonly pace: { ttftMs: number },
    readonly modelId: string,
    /** How it was measured first. */
    readonly first: OnboardingView,
  ) {}

  static async boot(): Promise<DriftStack> {
    const [ability, pace] = [[ABLE], { ttftMs: 0 }];
    const provider = await startStandInProvider({
      answer: latentModel({
        anchors: drawAnchors({ seed: 1 }),
        ability,
        trueItem: ({ level }) => ({ discrimination: [1], difficulty: level - 3 }),
        seed: 5,
      }),
      pace,
    });
    const own = await bootOwnStack({
      env: {
        PROVIDER_ALLOW_PRIVATE: 'true',
        SECRETS_KEY: randomBytes(32).toString('base64'),
        BATCH_SWEEP_MS: '500',
        REPROFILE_ON_DRIFT: 'true',
        REPROFILE_MAX_COST_USD: String(REPROFILE_MAX_COST_USD),
      },
    });
    const { id } = adminModelSchema.parse(
      await post(own, 'models', 201, {
        name: FALLING,
        prices: { input_per_mtok: 1, output_per_mtok: 4 },
        deployments: [{ base_url: provider.baseUrl, upstream_model: 'stand-in' }],
      }),
    );
    const begun = onboardingSchema.parse(
      await post(own, `models/${id}/onboardings`, 202, { max_anchors: ANCHORS }),
    );
    const first = await endOf(own, begun.id);
    await post(own, `models/${id}/promote`, 200, { state: 'active', force: true });
    return new DriftStack(own, provider, ability, pace, id, first);
  }

  async stop(): Promise<void> {
    await this.own.stop();
    await this.provider.close();
  }

  get(path: string): Promise<unknown> {
    return get(this.own, path);
  }

  ended(onboardingId: string): Promise<OnboardingView> {
    return endOf(this.own, onboardingId);
  }

  /** Lets the model fail whatever it is asked, and has that noticed. @returns the alert once a measurement has begun. */
  async fall(): Promise<AlertView> {
    this.ability[0] = UNABLE;
    await post(this.own, `models/${this.modelId}/sentinel-runs`, 202);
    return until(async () => {
      const raised = await this.alert();
      return (raised?.reprofiling ?? null) === null ? undefined : raised;
    });
  }

  async alert(): Promise<AlertView | undefined> {
    const { data } = alertListSchema.parse(await this.get('alerts'));
    return data.find(({ kind }) => kind === 'sentinel-drift');
  }
}

async function post(own: OwnStack, path: string, status: number, body: unknown = {}) {
  const answer = await own.client.post(`/admin/v1/${path}`, body, adminKey);
  expect([answer.status, answer.body]).toMatchObject([status, {}]);
  return answer.body;
}

async function get(own: OwnStack, path: string): Promise<unknown> {
  return (await own.client.get(`/admin/v1/${path}`, adminKey)).body;
}

function endOf(own: OwnStack, onboardingId: string): Promise<OnboardingView> {
  return until(async () => {
    const onboarding = onboardingSchema.parse(await get(own, `onboardings/${onboardingId}`));
    return onboarding.finished_at === null ? undefined : onboarding;
  });
}

async function until<Found>(look: () => Promise<Found | undefined>): Promise<Found> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(100)) {
    const found = await look();
    if (found !== undefined) return found;
  }
  throw new Error(`still not: ${String(look)}`);
}
