import type { PolicyRequest } from '@zerorouter/contracts';
import type { NewPolicy, PolicyBudget } from '@zerorouter/database';
import { toHardConstraints } from './hard-constraints.js';

/** A policy as administrators write it, in the terms of the store. */
export function policyFromRequest(name: string, request: PolicyRequest): Required<NewPolicy> {
  return {
    name,
    weights: request.weights,
    constraints: toHardConstraints(request.constraints),
    budget: request.budget === undefined ? null : toBudget(request.budget),
    shadow: request.shadow,
  };
}

function toBudget({
  usd,
  period,
  expected_queries,
}: NonNullable<PolicyRequest['budget']>): PolicyBudget {
  return {
    usd,
    period,
    ...(expected_queries === undefined ? {} : { expectedQueries: expected_queries }),
  };
}
