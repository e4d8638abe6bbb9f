import { liesInRequest } from '@zerorouter/contracts';
import type { BudgetTerms, DecisionRecord } from '@zerorouter/database';
import type { Candidate, ScorableModel } from '@zerorouter/latent-space';
import type {
  HardConstraints,
  ReferenceScales,
  UtilityDecision,
  UtilityWeights,
} from '@zerorouter/optimizer';
import { decideWithinBudget } from '../routing/decide-within-budget.js';
import { scoreInSession } from '../sessions/score-in-session.js';

/** A model as a stored decision may be made with it. */
export interface AvailableModel {
  readonly profile: ScorableModel;
  /** The model of the record by whose admission this one's is judged: itself, or the one it is like. */
  readonly admittedAs: string;
}

export interface AgainOptions {
  readonly models: readonly AvailableModel[];
  readonly scales: ReferenceScales;
  readonly weights: UtilityWeights;
  readonly constraints: HardConstraints;
  /** What was left of a budget; null = none holds. */
  readonly budget: BudgetTerms | null;
  /** Which recorded reasons stand; default: those that lie in the request. */
  readonly stands?: (reason: string) => boolean;
}

type Record = Pick<DecisionRecord, 'latents' | 'candidates' | 'requestStats' | 'session'>;

/**
 * Makes a stored decision again, with other models or another policy. Which globs a request gave is
 * not stored: a model that was not there counts as admitted, unless it stands for one that was not.
 */
export function decideAgain(
  { latents, candidates, requestStats, session = null }: Record,
  { models, scales, weights, constraints, budget, stands = liesInRequest }: AgainOptions,
): { scored: Candidate[]; decision: UtilityDecision } {
  const excluded = new Map(candidates.map((candidate) => [candidate.model, candidate.excluded]));
  const maxTokens =
    typeof requestStats['max_tokens'] === 'number' ? requestStats['max_tokens'] : undefined;
  const scored = models.map(({ profile }) => scoreInSession(latents, profile, maxTokens, session));
  const reasons = models.map(({ admittedAs }) => {
    const reason = excluded.get(admittedAs);
    return reason !== undefined && stands(reason) ? reason : null;
  });
  return {
    scored,
    decision: decideWithinBudget(scored, weights, scales, constraints, reasons, budget),
  };
}
