import { isDeepStrictEqual } from 'node:util';
import type { PolicyView, PolicyWriteView } from '@zerorouter/contracts';
import type { NewPolicy, Policy, PolicyBudget } from '@zerorouter/database';
import { POLICY_PRESETS } from '@zerorouter/optimizer';
import { viewHardConstraints } from './hard-constraints.js';

export function viewPolicy({
  name,
  version,
  weights,
  constraints,
  budget,
  shadow,
  createdAt,
}: Policy): PolicyView {
  return {
    name,
    version,
    weights: { ...weights },
    constraints: viewHardConstraints(constraints),
    ...viewBudget(budget),
    shadow: [...shadow],
    created_at: createdAt.toISOString(),
  };
}

/** Presets as they are listed. */
export function viewPresets(): PolicyView[] {
  return Object.entries(POLICY_PRESETS).map(([name, weights]) => ({
    name,
    version: 0,
    weights: { ...weights },
    constraints: {},
    shadow: [],
    created_at: null,
  }));
}

/** What storing a policy would come to. */
export function previewPolicy(policy: Required<NewPolicy>, newest: Policy | null): PolicyWriteView {
  const unchanged =
    newest !== null &&
    isDeepStrictEqual(
      [newest.weights, newest.constraints, newest.budget, newest.shadow],
      [policy.weights, policy.constraints, policy.budget, policy.shadow],
    );
  return unchanged
    ? { ...viewPolicy(newest), changed: false, dry_run: true }
    : {
        name: policy.name,
        version: (newest?.version ?? 0) + 1,
        weights: policy.weights,
        constraints: viewHardConstraints(policy.constraints),
        ...viewBudget(policy.budget),
        shadow: [...policy.shadow],
        created_at: null,
        changed: true,
        dry_run: true,
      };
}

function viewBudget(budget: PolicyBudget | null): Pick<PolicyView, 'budget'> {
  if (budget === null) return {};
  const { usd, period, expectedQueries } = budget;
  return {
    budget: {
      usd,
      period,
      ...(expectedQueries === undefined ? {} : { expected_queries: expectedQueries }),
    },
  };
}
