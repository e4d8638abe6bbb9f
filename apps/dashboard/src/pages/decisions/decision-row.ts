import type { AdminDecision } from '@zerorouter/contracts';

/** What the table shows of a decision. */
export interface DecisionRow {
  id: string;
  at: string;
  model: string;
  policy: string;
  /** Of the chosen candidate: P(correct), USD, ms. */
  accuracy: number | null;
  costUsd: number | null;
  latencyMs: number | null;
  difficulty: number;
  inDomain: number;
}

export function toDecisionRow(decision: AdminDecision): DecisionRow {
  const chosen = decision.candidates.find(({ model }) => model === decision.model);
  return {
    id: decision.decision_id,
    at: decision.created_at,
    model: decision.model,
    policy: decision.policy,
    accuracy: chosen?.p_correct ?? null,
    costUsd: chosen?.cost_usd ?? null,
    latencyMs: chosen?.latency_ms ?? null,
    difficulty: decision.query.difficulty,
    inDomain: decision.query.in_domain,
  };
}
