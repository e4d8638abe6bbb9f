import type { BudgetTerms } from '@zerorouter/database';
import type { Candidate } from '@zerorouter/latent-space';
import { decideByUtility, POLICY_PRESETS } from '@zerorouter/optimizer';
import type {
  HardConstraints,
  ReferenceScales,
  UtilityDecision,
  UtilityWeights,
} from '@zerorouter/optimizer';

/** Weights whose utility is p − λ·cost. */
export function weightsAtPrice(price: number, scales: ReferenceScales): UtilityWeights {
  return { accuracy: 1, cost: price * scales.costUsd, latency: 0 };
}

/**
 * The price at which p − λ·cost prefers as the weights do, latency aside; that of `balanced` where
 * they have no such price.
 */
export function priceOfWeights(
  { accuracy, cost }: UtilityWeights,
  scales: ReferenceScales,
): number {
  const { balanced } = POLICY_PRESETS;
  const ratio = accuracy > 0 && cost > 0 ? cost / accuracy : balanced.cost / balanced.accuracy;
  return ratio / scales.costUsd;
}

/**
 * decideByUtility(), with what is left of a budget as the last of the filters: a candidate is named
 * too dear for it only when nothing else excludes it.
 */
export function decideWithinBudget(
  candidates: readonly Candidate[],
  weights: UtilityWeights,
  scales: ReferenceScales,
  constraints: HardConstraints,
  excluded: readonly (string | null)[],
  budget: BudgetTerms | null,
): UtilityDecision {
  const free = decideByUtility(candidates, weights, scales, constraints, excluded);
  if (budget === null) return free;
  const exclusions = candidates.map(
    (candidate, i) => free.exclusions[i] ?? beyondBudget(candidate, budget),
  );
  return decideByUtility(candidates, weights, scales, constraints, exclusions);
}

/** Why what is left does not cover a candidate; null when it does. */
export function beyondBudget(
  { costUsd }: Candidate,
  { leftUsd, endsAt }: BudgetTerms,
): string | null {
  if (costUsd === null) return 'cost unknown, and the policy has a budget';
  if (costUsd <= leftUsd) return null;
  return `predicted cost $${costUsd.toPrecision(3)} > $${leftUsd.toPrecision(3)} left of the budget until ${endsAt}`;
}
