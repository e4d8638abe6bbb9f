import type { RoutedQuery, StoredProfile } from '@zerorouter/database';
import type { GuaranteeLevel } from '@zerorouter/latent-space';
import type { GradableQuery } from '@zerorouter/onboarding';
import { withGuarantee } from '@zerorouter/optimizer';
import type { ReferenceScales, UtilityWeights } from '@zerorouter/optimizer';
import type { ResolvedPolicy } from '../routing/policy.js';
import { weightsAtPrice } from '../routing/decide-within-budget.js';
import { decideAgain } from '../simulate/decide-again.js';

/** What decisions are made with. */
export interface RoutingTerms {
  readonly profiles: readonly Pick<StoredProfile, 'profile'>[];
  readonly scales: ReferenceScales;
  readonly guarantee: readonly GuaranteeLevel[] | undefined;
  /** In place of each decision's own. */
  readonly policy?: Pick<ResolvedPolicy, 'weights' | 'constraints'> | undefined;
}

/** A stored decision as the value of grades is reckoned from: models in the order of the profiles. */
export function toGradableQuery(
  record: RoutedQuery,
  { profiles, scales, guarantee, policy }: RoutingTerms,
): GradableQuery {
  const weights = policy?.weights ?? ownWeights(record, scales);
  const { decision } = decideAgain(record, {
    models: profiles.map(({ profile }) => ({ profile, admittedAs: profile.model })),
    scales,
    weights,
    constraints: withGuarantee(policy?.constraints ?? record.constraints, guarantee),
    // What was left of a budget then says nothing of the next queries.
    budget: null,
  });
  const judged = new Set(record.judged);
  return {
    item: record.latents,
    accuracyWeight: weights.accuracy,
    handicaps: decision.terms.map((terms) => terms && terms.cost + terms.latency),
    askable: profiles.map(
      ({ profile }, m) => decision.terms[m] !== null && !judged.has(profile.model),
    ),
  };
}

/** A budget's price is per USD. */
function ownWeights({ weights, budget }: RoutedQuery, scales: ReferenceScales): UtilityWeights {
  return budget === null ? weights : weightsAtPrice(budget.price, scales);
}
