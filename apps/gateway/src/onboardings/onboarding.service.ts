import { randomInt } from 'node:crypto';
import type { ModelAdmin } from '@zerorouter/administration';
import { DomainError } from '@zerorouter/contracts';
import type {
  CollectedOnboarding,
  OnboardingLimits,
  OnboardingQuote,
  onboardModel,
} from '@zerorouter/contracts';
import type { AskedAnchor, Database, Onboarding, StoredModel } from '@zerorouter/database';
import { quoteOnboarding, runSettings, startRun } from '@zerorouter/onboarding';
import type { RunRequest } from '@zerorouter/onboarding';
import type { JobProducer } from '@zerorouter/platform';
import type { AnchorSets } from '../anchors/anchor-sets.js';
import type { Registry } from '../registry/registry.js';
import { requireSpace } from '../registry/require-space.js';
import { checkResponses } from './check-responses.js';

export type OnboardProducer = JobProducer<typeof onboardModel.payload, typeof onboardModel.result>;

/** Quotes and begins onboardings; the profiler carries them out. */
export class OnboardingService {
  constructor(
    private readonly database: Database,
    private readonly models: Pick<ModelAdmin, 'find'>,
    private readonly registry: Registry,
    private readonly sets: AnchorSets,
    private readonly producer: Pick<OnboardProducer, 'add'>,
  ) {}

  /** @throws DomainError `model-not-found`, `no-active-space`, `anchor-set-not-found` */
  async quote(idOrName: string, limits: OnboardingLimits): Promise<OnboardingQuote> {
    const model = await this.models.find(idOrName);
    const { set, anchors } = await this.sets.inActiveSpace(limits.anchor_set);
    const { version, lengthPrior } = requireSpace(this.registry.current.space).manifest;
    const [subjects, known] = await Promise.all([
      this.database.spaces.subjects(version),
      this.database.profiles.get(model.id, { spaceVersion: version }),
    ]);
    const { state, metadata } = startRun({
      name: model.name,
      sizeB: model.sizeB,
      prices: model.prices,
      subjects,
      lengthPrior,
      anchors,
      seed: 0,
      maxAnchors: limits.max_anchors,
      targetDeviation: limits.target_sd,
      maxTokens: limits.max_tokens,
    });
    return quoteOnboarding(state, {
      anchorSet: set.name,
      profile: known?.profile ?? metadata,
      prices: model.prices,
      maxTokens: limits.max_tokens,
      maxCostUsd: limits.max_cost_usd,
      concurrency: limits.concurrency,
    });
  }

  /**
   * Begins to ask the model's deployments.
   * @throws DomainError `model-not-found`, `no-deployment`, `prices-unknown`, `anchor-set-scored`,
   *   `onboarding-in-progress`, `no-active-space`, `anchor-set-not-found`, `queue-unavailable`
   */
  async ask(idOrName: string, limits: OnboardingLimits): Promise<Onboarding> {
    const model = await this.models.find(idOrName);
    if (model.deployments.length === 0)
      throw new DomainError(
        'no-deployment',
        `${model.name} has no deployment to ask: add one with PATCH /admin/v1/models/${model.id}, or send "responses" collected elsewhere`,
      );
    if (limits.max_cost_usd !== null && model.prices === null)
      throw new DomainError(
        'prices-unknown',
        `${model.name} has no prices, so that a cost cap cannot be kept: give it "prices", or set "max_cost_usd" to null`,
      );
    const { set, anchors } = await this.sets.inActiveSpace(limits.anchor_set);
    if (anchors.some(({ grader }) => grader['kind'] === 'score'))
      throw new DomainError(
        'anchor-set-scored',
        `answers to the anchor set "${set.name}" cannot be graded here: send "responses" with scores, or name a set with graders`,
      );
    return this.begin(model, set.id, { kind: 'live', ...limits });
  }

  /**
   * Begins to measure the model by answers collected elsewhere.
   * @throws DomainError `unknown-anchor`, `score-missing`, and as {@link ask}
   */
  async collect(
    idOrName: string,
    { anchor_set, responses, promote }: CollectedOnboarding,
  ): Promise<Onboarding> {
    const model = await this.models.find(idOrName);
    const { set, anchors } = await this.sets.inActiveSpace(anchor_set);
    const answers = checkResponses(responses, anchors, set.name);
    return this.begin(model, set.id, { kind: 'collected', promote }, answers);
  }

  /**
   * Ends a run at once: what was answered stays, the profile does not change.
   * @throws DomainError `onboarding-not-found`, `onboarding-finished`
   */
  async cancel(id: string): Promise<Onboarding> {
    const onboarding = await this.database.onboardings.cancel(id);
    const { modelId, spaceVersion } = onboarding;
    const profile = await this.database.profiles.get(modelId, { spaceVersion });
    if (profile?.state === 'profiling')
      await this.database.profiles.setState(modelId, 'draft', { spaceVersion });
    return onboarding;
  }

  private async begin(
    model: StoredModel,
    anchorSetId: string,
    request: RunRequest,
    answers: readonly AskedAnchor[] = [],
  ): Promise<Onboarding> {
    const { version } = requireSpace(this.registry.current.space).manifest;
    const onboarding = await this.database.onboardings.create({
      modelId: model.id,
      spaceVersion: version,
      anchorSetId,
      settings: runSettings(model, request, randomInt(2 ** 32)),
      answers,
    });
    try {
      await this.producer.add({ onboardingId: onboarding.id }, { jobId: onboarding.id });
    } catch (error) {
      await this.database.onboardings.fail(onboarding.id, 'it could not be put into the queue');
      throw error;
    }
    return onboarding;
  }
}
