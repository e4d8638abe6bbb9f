import type { AdminDecision, Decision } from '@zerorouter/contracts';
import type { BudgetTerms, DecisionRecord, ExplorationTerms } from '@zerorouter/database';

/** A stored decision as its maker sees it. */
export function viewDecision(record: DecisionRecord): Decision {
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
    space_version: record.spaceVersion,
    profile_versions: record.profileVersions,
    overhead_ms: record.overheadMs,
    text_hash: record.textHash,
    request: record.requestStats,
  };
}

export function viewDecisionForAdmin(record: DecisionRecord): AdminDecision {
  return { ...viewDecision(record), key_id: record.keyId };
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

function viewConstraints({
  constraints: { maxCostUsd, maxLatencyS, minAccuracy },
}: DecisionRecord): Record<string, number> {
  return {
    ...(maxCostUsd === undefined ? {} : { max_cost_usd: maxCostUsd }),
    ...(maxLatencyS === undefined ? {} : { max_latency_ms: maxLatencyS * 1000 }),
    ...(minAccuracy === undefined ? {} : { min_accuracy: minAccuracy }),
  };
}
