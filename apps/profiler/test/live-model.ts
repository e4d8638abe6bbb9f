import { randomBytes, randomUUID } from 'node:crypto';
import { drawAnchors } from '@zerorouter/anchors';
import type { Anchor } from '@zerorouter/anchors';
import type { OnboardingLimits } from '@zerorouter/contracts';
import { onboardingLimitsSchema } from '@zerorouter/contracts';
import type { Database, JsonObject, Onboarding, StoredModel } from '@zerorouter/database';
import { seededRandom } from '@zerorouter/latent-space';
import { createLogger } from '@zerorouter/platform';
import { ProviderNetwork, SecretBox } from '@zerorouter/providers';
import { latentModel } from '../../../e2e/stand-in/latent-model.js';
import { startStandInProvider } from '../../../e2e/stand-in/stand-in-provider.js';
import type { StandInOptions, StandInProvider } from '../../../e2e/stand-in/stand-in-provider.js';
import { sampleManifest, sampleProfile } from '../../../packages/database/test/sample-space.js';
import { OnboardModelProcessor } from '../src/onboardings/onboard-model.processor.js';

export const ANCHORS: readonly Anchor[] = drawAnchors({ seed: 1 });
export const PRICES = { input_per_mtok: 1, output_per_mtok: 4 };
const SPACE = 'onboarding';
const SET = 'onboarding-anchors';

/** Spread of the known models' abilities, which a new one is expected to come from. */
const SPREAD = [1.2, 0.6];
/** Of the predictor's difficulties. */
export const DIFFICULTY_VARIANCE = 0.5;

/** As the predictor sees an anchor. */
export function predictedItem({ level, domain }: Anchor) {
  const facet = ((domain.length % 5) - 2) / 3;
  return { discrimination: [1, facet], difficulty: (level - 3) * 0.9 };
}

/**
 * As an anchor really is: difficulty drawn from the predictor's uncertainty, discrimination off by up to
 * 15%.
 */
export function trueItems(seed: number): (anchor: Anchor) => ReturnType<typeof predictedItem> {
  const random = seededRandom(seed);
  const items = new Map(
    ANCHORS.map((anchor) => {
      const { discrimination, difficulty } = predictedItem(anchor);
      return [
        anchor.id,
        {
          discrimination: discrimination.map((a) => a * (0.85 + 0.3 * random.uniform())),
          difficulty: difficulty + Math.sqrt(DIFFICULTY_VARIANCE) * random.normal(),
        },
      ];
    }),
  );
  return (anchor) => items.get(anchor.id)!;
}

/** Abilities as the space's models have them. */
export function drawAbility(seed: number): number[] {
  const random = seededRandom(seed);
  return SPREAD.map((spread) => spread * random.normal());
}

/** A space of two dimensions with twenty models, and the anchors in it. */
export async function storeSpace(database: Database): Promise<void> {
  await database.spaces.create({
    manifest: sampleManifest(SPACE),
    predictorOnnx: Uint8Array.of(1),
    items: [],
    subjects: Array.from({ length: 20 }, (_, i) => {
      const { ability, ...profile } = sampleProfile(`sample/model-${i}`);
      return {
        ...profile,
        ability: { ...ability, mean: drawAbility(1_000 + i) },
        meanScore: 0.5,
        answers: 100,
      };
    }),
    state: 'active',
  });
  await database.anchors.createSet({ id: SET, name: 'starter', spaceVersion: SPACE });
  await database.anchors.addAnchors(
    SET,
    ANCHORS.map((anchor) => ({
      id: anchor.id,
      text: anchor.text,
      domain: anchor.domain,
      grader: JSON.parse(JSON.stringify(anchor.grader)) as JsonObject,
      ...predictedItem(anchor),
      difficultyVariance: DIFFICULTY_VARIANCE,
      logOutputTokens: 5,
    })),
  );
}

/** A model that can be measured. */
export interface LiveModel {
  provider: StandInProvider;
  model: StoredModel;
  /** An onboarding with these limits, to be run. */
  begin(limits?: Partial<OnboardingLimits>, seed?: number): Promise<Onboarding>;
  run(onboardingId: string, signal?: AbortSignal, attempt?: number): Promise<{ state: string }>;
  close(): Promise<void>;
}

/** A stand-in provider, a model that is deployed there, and a profiler that can be asked to measure it. */
export async function liveModel(
  database: Database,
  truth: { ability: readonly number[]; seed: number },
  options: Partial<StandInOptions> = {},
): Promise<LiveModel> {
  const provider = await startStandInProvider({
    answer: latentModel({
      anchors: ANCHORS,
      ability: truth.ability,
      trueItem: trueItems(truth.seed),
      seed: truth.seed,
      outputTokens: () => 120,
    }),
    prices: { inputPerMtok: PRICES.input_per_mtok, outputPerMtok: PRICES.output_per_mtok },
    ...options,
  });
  const secrets = new SecretBox({ SECRETS_KEY: randomBytes(32).toString('base64') });
  const network = new ProviderNetwork({ allowPrivate: true });
  const name = `stand-in/${randomUUID()}`;
  const model = await database.models.create(
    {
      profile: { ...sampleProfile(name), cost: null },
      spaceVersion: SPACE,
      deployments: [
        {
          baseUrl: provider.baseUrl,
          upstreamModel: 'stand-in',
          apiKey: 'sk-stand-in-key',
          authHeader: null,
        },
      ],
      contextWindow: null,
      capabilities: [],
      prices: PRICES,
      sizeB: null,
    },
    (apiKey, deploymentId) => secrets.seal(apiKey, deploymentId),
  );
  const processor = new OnboardModelProcessor({
    database,
    network,
    secrets,
    logger: createLogger('profiler', 'silent'),
  });
  return {
    provider,
    model,
    begin: (limits = {}, seed = truth.seed) =>
      database.onboardings.create({
        modelId: model.id,
        spaceVersion: SPACE,
        anchorSetId: SET,
        settings: {
          kind: 'live',
          ...onboardingLimitsSchema.parse(limits),
          seed,
          prices: PRICES,
          size_b: null,
        },
      }),
    run: (onboardingId, signal = new AbortController().signal, attempt = 1) =>
      processor.process({ onboardingId }, { jobId: onboardingId, attempt, signal }),
    close: async () => {
      await provider.close();
      await network.close();
    },
  };
}
