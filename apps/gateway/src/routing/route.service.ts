import { createHash } from 'node:crypto';
import { DomainError } from '@zerorouter/contracts';
import type { RouteRequest, RouteResponse } from '@zerorouter/contracts';
import type { BaselineForecast, DecisionRecord } from '@zerorouter/database';
import type { Random } from '@zerorouter/latent-space';
import { withGuarantee } from '@zerorouter/optimizer';
import { withSpan } from '@zerorouter/platform';
import type { HardConstraints } from '@zerorouter/optimizer';
import type { Caller } from '../access/caller.js';
import type { Budgets } from '../budgets/budgets.js';
import { newDecisionId } from '../decisions/decision-id.js';
import type { DecisionLog } from '../decisions/decision-log.js';
import { viewQuery } from '../decisions/decision-view.js';
import type { DecisionMetrics } from '../metrics/decision-metrics.js';
import { decideShadows } from '../policies/decide-shadows.js';
import { toHardConstraints } from '../policies/hard-constraints.js';
import type { PredictorClient } from '../predictions/predictor-client.js';
import type { Registry } from '../registry/registry.js';
import { requireSpace } from '../registry/require-space.js';
import { decideInArm } from '../roll-outs/decide-in-arm.js';
import { placeInRollOut } from '../roll-outs/place-in-roll-out.js';
import { baselineForecast } from '../savings/baseline.js';
import { isContinued, sessionHash } from '../sessions/session-hash.js';
import { continuedBy } from '../sessions/sessions.js';
import type { Sessions } from '../sessions/sessions.js';
import { decideRoute } from './decide-route.js';
import type { RoutableModel, RouteAnswer, RouteQuestion } from './decide-route.js';
import { priceOfWeights, weightsAtPrice } from './decide-within-budget.js';
import { drawExploration } from './explore-young.js';
import { flattenConversation } from './flatten-conversation.js';
import { admitByGlobs } from './model-globs.js';
import { resolvePolicy } from './policy.js';
import type { ResolvedPolicy } from './policy.js';
import { RememberedAnswers } from './remembered-answers.js';

export interface RoutingSettings {
  maxPromptChars: number;
  defaultPolicy: string;
  /** Share of decisions that may explore, in [0, 1]; 0 = none. */
  explorationShare: number;
  /** What one would use for everything without a router; null = nothing is compared. */
  baselineModel: string | null;
}

/** A decision that is not stored yet. */
export interface PreparedRoute {
  record: DecisionRecord;
  response: RouteResponse;
}

/** Fetches latents, decides, stores the decision, and only then answers. */
export class RouteService {
  private readonly remembered = new RememberedAnswers();

  constructor(
    private readonly registry: Registry,
    private readonly predictor: PredictorClient,
    private readonly decisions: DecisionLog,
    private readonly budgets: Budgets,
    private readonly sessions: Sessions,
    private readonly random: Pick<Random, 'uniform'>,
    private readonly settings: RoutingSettings,
    private readonly metrics?: Pick<DecisionMetrics, 'decided'>,
  ) {}

  /**
   * @throws DomainError `no-active-space`, `no-models`, `unknown-policy`, `unknown-model`,
   *   `invalid-request`, `prompt-too-long`, `no-eligible-model`, `budget-exhausted`, or what the queue and the store throw.
   */
  async route(request: RouteRequest, caller: Caller): Promise<RouteResponse> {
    const { record, response } = await this.prepare(request, caller);
    await this.record(record);
    return response;
  }

  /** Resolves when the decision is committed. @throws what the store throws */
  record(decision: DecisionRecord): Promise<void> {
    this.metrics?.decided(decision);
    return this.decisions.record(decision);
  }

  /**
   * Decides, and leaves the decision to the caller to record.
   * @param barred why a model must not be chosen, whatever speaks for it; null = nothing.
   * @throws as route(), except for the store.
   */
  async prepare(
    request: RouteRequest,
    caller: Caller,
    barred?: (model: string) => string | null,
  ): Promise<PreparedRoute> {
    const arrived = performance.now();
    // One snapshot for the whole request: a change in its midst must not mix two states.
    const { profiles, candidates, profileVersions, policies, rollOuts, ...current } =
      this.registry.current;
    const space = requireSpace(current.space);
    if (profiles.length === 0) throw noModels(space.manifest.version);
    const selector = request.policy ?? this.settings.defaultPolicy;
    const policy = resolvePolicy(selector, policies);
    const admitted =
      request.models === undefined
        ? undefined
        : admitByGlobs(
            request.models,
            candidates.map(({ profile }) => profile.model),
          );
    const conversation = flattenConversation(request, this.settings.maxPromptChars);
    const textHash = createHash('sha256').update(conversation.text).digest('hex');

    const spaceVersion = space.manifest.version;
    const session = sessionHash(request, { keyId: caller.keyId, policy: policy.label });
    const [latents, earlier] = await Promise.all([
      this.predictor.predict(spaceVersion, conversation.text, textHash),
      session === null || !isContinued(request) || !candidates.some(hasCachedPrice)
        ? null
        : this.sessions.find(session),
    ]);

    const constraintsUnder = (own: HardConstraints): HardConstraints =>
      withGuarantee(
        { ...own, ...toHardConstraints(request.constraints ?? {}) },
        space.manifest.guarantee,
      );
    const { c_ref, T_ref } = space.manifest.referenceScales;
    const createdAt = new Date();
    const id = newDecisionId(createdAt);
    const question: RouteQuestion = {
      latents,
      models: candidates,
      admitted,
      barred,
      requires: conversation.requires,
      maxTokens: request.max_tokens,
      weights: policy.weights,
      policy: policy.label,
      constraints: constraintsUnder(policy.constraints),
      scales: { costUsd: c_ref, latencyS: T_ref },
      explain: request.explain ?? false,
      session: continuedBy(earlier, latents.inputTokens),
      exploration:
        this.settings.explorationShare > 0
          ? drawExploration(this.settings.explorationShare, this.random)
          : null,
    };
    const place = placeInRollOut(selector, rollOuts, {
      sessionId: request.session_id,
      keyId: caller.keyId,
      decisionId: id,
    });
    const { answer, asked, terms } = await withSpan(
      'decide',
      { attributes: { 'zerorouter.policy': policy.label, 'zerorouter.models': candidates.length } },
      async () =>
        place === null
          ? { ...(await this.decide(policy, question, textHash)), terms: null }
          : decideInArm(question, place, constraintsUnder),
    );
    const record: DecisionRecord = {
      id,
      createdAt,
      keyId: caller.keyId,
      textHash,
      spaceVersion,
      latents,
      policy: policy.label,
      weights: asked.weights,
      constraints: asked.constraints,
      candidates: answer.candidates,
      profileVersions,
      model: answer.model,
      reason: answer.reason,
      propensity: answer.propensity,
      budget: asked.budget ?? null,
      exploration: asked.exploration ?? null,
      shadows: decideShadows(selector, policies, asked, constraintsUnder),
      rollOut: terms,
      baseline: this.baseline(question, answer.candidates),
      sessionHash: session,
      session: question.session ?? null,
      overheadMs: performance.now() - arrived,
      requestStats: {
        ...conversation.stats,
        ...(request.max_tokens === undefined ? {} : { max_tokens: request.max_tokens }),
        ...(request.session_id === undefined
          ? {}
          : { session_hash: createHash('sha256').update(request.session_id).digest('hex') }),
      },
    };
    const response: RouteResponse = {
      decision_id: record.id,
      model: answer.model,
      fallbacks: answer.fallbacks,
      candidates: answer.candidates,
      query: viewQuery(record),
      reason: answer.reason,
      policy: policy.label,
      space_version: spaceVersion,
      overhead_ms: record.overheadMs,
      ...(answer.explanation === undefined ? {} : { explanation: answer.explanation }),
    };
    return { record, response };
  }

  private baseline(
    { latents, models, session = null }: RouteQuestion,
    candidates: RouteAnswer['candidates'],
  ): BaselineForecast | null {
    const { baselineModel } = this.settings;
    if (baselineModel === null) return null;
    const { profile } = models.find((model) => model.profile.model === baselineModel) ?? {};
    return baselineForecast(baselineModel, candidates, { latents, profile, session });
  }

  /** Under a budget its price takes the place of the weights: `asked` is what was decided in the end. */
  private async decide(
    { label, budget }: ResolvedPolicy,
    question: RouteQuestion,
    textHash: string,
  ): Promise<{ answer: RouteAnswer; asked: RouteQuestion }> {
    if (budget === null)
      return { answer: this.remembered.decide(question, textHash), asked: question };
    const { scales, weights } = question;
    return this.budgets.spend(
      {
        name: label,
        budget,
        firstPrice: priceOfWeights(weights, scales),
        expectedQueries: budget.usd / scales.costUsd,
      },
      (terms) => {
        const asked = { ...question, weights: weightsAtPrice(terms.price, scales), budget: terms };
        const answer = decideRoute(asked);
        return { answer, asked, costUsd: answer.costUsd };
      },
    );
  }
}

function hasCachedPrice({ profile: { cost } }: RoutableModel): boolean {
  return cost?.kind === 'prices' && cost.cachedInputPerMtok !== undefined;
}

function noModels(version: string): DomainError {
  return new DomainError(
    'no-models',
    `no model has an active profile in the latent space ${version}: add one, or activate another space`,
  );
}
