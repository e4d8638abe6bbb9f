import { createHash } from 'node:crypto';
import { DomainError } from '@zerorouter/contracts';
import type { RouteRequest, RouteResponse, SpaceManifest } from '@zerorouter/contracts';
import type { DecisionRecord } from '@zerorouter/database';
import { guaranteeThreshold } from '@zerorouter/latent-space';
import type { HardConstraints } from '@zerorouter/optimizer';
import type { Caller } from '../access/caller.js';
import { newDecisionId } from '../decisions/decision-id.js';
import type { DecisionLog } from '../decisions/decision-log.js';
import { viewQuery } from '../decisions/decision-view.js';
import type { PredictorClient } from '../predictions/predictor-client.js';
import type { Registry } from '../registry/registry.js';
import { decideRoute } from './decide-route.js';
import { flattenConversation } from './flatten-conversation.js';
import { admitByGlobs } from './model-globs.js';
import { resolvePolicy } from './policy.js';

export interface RoutingSettings {
  maxPromptChars: number;
  defaultPolicy: string;
}

/** Fetches latents, decides, stores the decision, and only then answers. */
export class RouteService {
  constructor(
    private readonly registry: Registry,
    private readonly predictor: PredictorClient,
    private readonly decisions: DecisionLog,
    private readonly settings: RoutingSettings,
  ) {}

  /**
   * @throws DomainError `no-active-space`, `no-models`, `unknown-policy`, `unknown-model`,
   *   `invalid-request`, `prompt-too-long`, `no-eligible-model`, or what the queue and the store throw.
   */
  async route(request: RouteRequest, caller: Caller): Promise<RouteResponse> {
    const arrived = performance.now();
    // One snapshot for the whole request: a change in its midst must not mix two states.
    const { space, profiles, profileVersions, policies } = this.registry.current;
    if (space === null) throw noActiveSpace();
    if (profiles.length === 0) throw noModels(space.manifest.version);
    const policy = resolvePolicy(request.policy ?? this.settings.defaultPolicy, policies);
    const admitted =
      request.models === undefined
        ? undefined
        : admitByGlobs(
            request.models,
            profiles.map(({ profile }) => profile.model),
          );
    const conversation = flattenConversation(request, this.settings.maxPromptChars);
    const textHash = createHash('sha256').update(conversation.text).digest('hex');

    const spaceVersion = space.manifest.version;
    const latents = await this.predictor.predict(spaceVersion, conversation.text, textHash);

    const constraints = withGuarantee(
      { ...policy.constraints, ...readConstraints(request.constraints) },
      space.manifest.guarantee,
    );
    const { c_ref, T_ref } = space.manifest.referenceScales;
    const answer = decideRoute({
      latents,
      models: profiles,
      admitted,
      requires: conversation.requires,
      maxTokens: request.max_tokens,
      weights: policy.weights,
      policy: policy.label,
      constraints,
      scales: { costUsd: c_ref, latencyS: T_ref },
      explain: request.explain ?? false,
    });
    const createdAt = new Date();
    const record: DecisionRecord = {
      id: newDecisionId(createdAt),
      createdAt,
      keyId: caller.keyId,
      textHash,
      spaceVersion,
      latents,
      policy: policy.label,
      weights: policy.weights,
      constraints,
      candidates: answer.candidates,
      profileVersions,
      model: answer.model,
      reason: answer.reason,
      propensity: 1,
      overheadMs: performance.now() - arrived,
      requestStats: {
        ...conversation.stats,
        ...(request.max_tokens === undefined ? {} : { max_tokens: request.max_tokens }),
        ...(request.session_id === undefined
          ? {}
          : { session_hash: createHash('sha256').update(request.session_id).digest('hex') }),
      },
    };
    await this.decisions.record(record);
    return {
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
  }
}

function readConstraints(constraints: RouteRequest['constraints']): HardConstraints {
  const { max_cost_usd, max_latency_ms, min_accuracy } = constraints ?? {};
  return {
    ...(max_cost_usd === undefined ? {} : { maxCostUsd: max_cost_usd }),
    ...(max_latency_ms === undefined ? {} : { maxLatencyS: max_latency_ms / 1000 }),
    ...(min_accuracy === undefined ? {} : { minAccuracy: min_accuracy }),
  };
}

/** The guaranteed tier as the space calibrated it. */
function withGuarantee(
  constraints: HardConstraints,
  guarantee: SpaceManifest['guarantee'],
): HardConstraints {
  if (constraints.minAccuracy === undefined) return constraints;
  return {
    ...constraints,
    minLowerBound: guaranteeThreshold(guarantee, constraints.minAccuracy),
  };
}

function noActiveSpace(): DomainError {
  return new DomainError(
    'no-active-space',
    'no latent space is active: run the set-up, or activate one with POST /admin/v1/spaces/{version}/activate',
  );
}

function noModels(version: string): DomainError {
  return new DomainError(
    'no-models',
    `no model has an active profile in the latent space ${version}: add one, or activate another space`,
  );
}
