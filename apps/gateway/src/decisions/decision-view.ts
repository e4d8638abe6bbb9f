import { decisionRequestSchema } from '@zerorouter/contracts';
import type { AdminDecision, Decision, RealisedCall } from '@zerorouter/contracts';
import type {
  BaselineForecast,
  BudgetTerms,
  CallRecord,
  DecisionRecord,
  ExplorationTerms,
  RollOutTerms,
  SessionTerms,
  ShadowChoices,
} from '@zerorouter/database';

/** A stored decision as its maker sees it. @param call that was made for it, once it has ended. */
export function viewDecision(record: DecisionRecord, call?: CallRecord | null): Decision {
  return {
    decision_id: record.id,
    created_at: record.createdAt.toISOString(),
    model: record.model,
    policy: record.policy,
    weights: { ...record.weights },
    constraints: viewConstraints(record),
    candidates: record.candidates,
    query: viewQuery(record),
    reason: record.reason,
    propensity: record.propensity,
    ...(record.budget === null ? {} : { budget: viewBudget(record.budget) }),
    ...(record.exploration === null ? {} : { exploration: viewExploration(record.exploration) }),
    ...(record.rollOut == null ? {} : { roll_out: viewRollOut(record.rollOut) }),
    ...(record.shadows == null ? {} : { shadows: viewShadows(record.shadows) }),
    ...(record.baseline == null ? {} : { baseline: viewBaseline(record.baseline) }),
    ...(record.session == null ? {} : { session: viewSession(record.session) }),
    ...(call == null ? {} : { realised: viewCall(call) }),
    space_version: record.spaceVersion,
    profile_versions: record.profileVersions,
    overhead_ms: record.overheadMs,
    text_hash: record.textHash,
    request: decisionRequestSchema.parse(record.requestStats),
  };
}

export function viewDecisionForAdmin(
  record: DecisionRecord,
  call?: CallRecord | null,
): AdminDecision {
  return { ...viewDecision(record, call), key_id: record.keyId };
}

/** Where the query lies, in the words of the API. */
export function viewQuery({ latents }: Pick<DecisionRecord, 'latents'>): Decision['query'] {
  return {
    difficulty: latents.difficulty,
    discrimination: latents.discrimination,
    tokens: latents.inputTokens,
    in_domain: latents.familiarity,
  };
}

function viewBudget({ price, leftUsd, endsAt }: BudgetTerms): Decision['budget'] {
  return { price, left_usd: leftUsd, period_ends_at: endsAt };
}

function viewExploration({
  share,
  maxRegret,
  youngFrom,
  draw,
}: ExplorationTerms): Decision['exploration'] {
  return { share, max_regret: maxRegret, young_from: youngFrom, draw };
}

function viewRollOut({ id, arm, share }: RollOutTerms): Decision['roll_out'] {
  return { id, arm, share };
}

function viewShadows(shadows: ShadowChoices): Decision['shadows'] {
  return Object.fromEntries(
    Object.entries(shadows).map(([policy, choice]) => {
      if (choice === null) return [policy, null];
      const [model, p_correct, cost_usd] = choice;
      return [policy, { model, p_correct, cost_usd }];
    }),
  );
}

function viewBaseline({ model, costUsd, pCorrect }: BaselineForecast): Decision['baseline'] {
  return { model, cost_usd: costUsd, p_correct: pCorrect };
}

function viewSession({ model, seenTokens }: SessionTerms): Decision['session'] {
  return { model, seen_tokens: seenTokens };
}

function viewCall(call: CallRecord): RealisedCall {
  return {
    model: call.model,
    deployment_id: call.deploymentId,
    status: call.status,
    ending: call.ending,
    finish_reason: call.finishReason,
    tokens: {
      input: call.inputTokens,
      cached: call.cachedTokens,
      output: call.outputTokens,
      reasoning: call.reasoningTokens,
      estimated: call.estimated,
    },
    cost_usd: call.costUsd,
    lost_usd: call.lostUsd,
    ttft_ms: call.ttftMs,
    total_ms: call.totalMs,
  };
}

function viewConstraints({
  constraints: { maxCostUsd, maxLatencyS, minAccuracy },
}: DecisionRecord): Record<string, number> {
  return {
    ...(maxCostUsd === undefined ? {} : { max_cost_usd: maxCostUsd }),
    ...(maxLatencyS === undefined ? {} : { max_latency_ms: maxLatencyS * 1000 }),
    ...(minAccuracy === undefined ? {} : { min_accuracy: minAccuracy }),
  };
}
