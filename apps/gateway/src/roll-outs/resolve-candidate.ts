import { DomainError } from '@zerorouter/contracts';
import type { RollOutCandidateInput } from '@zerorouter/contracts';
import type { CandidatePolicy, PolicyStore } from '@zerorouter/database';
import { POLICY_PRESETS } from '@zerorouter/optimizer';
import type { PolicyPreset } from '@zerorouter/optimizer';
import { toHardConstraints } from '../policies/hard-constraints.js';

/**
 * The policy that a roll-out is to try, as it is now: later versions of one that is named change nothing.
 * @throws DomainError `unknown-policy`, `roll-out-budgeted`
 */
export async function resolveCandidate(
  store: Pick<PolicyStore, 'get'>,
  candidate: RollOutCandidateInput,
): Promise<CandidatePolicy> {
  if ('weights' in candidate) {
    const { weights, constraints } = candidate;
    return { label: 'weights', weights, constraints: toHardConstraints(constraints) };
  }
  const { policy: name, version } = candidate;
  if (Object.hasOwn(POLICY_PRESETS, name) && version === undefined)
    return { label: name, weights: POLICY_PRESETS[name as PolicyPreset], constraints: {} };
  const policy = await store.get(name, version);
  if (policy === null) {
    const message =
      version === undefined
        ? `there is no policy "${name}"`
        : `there is no version ${version} of a policy "${name}"`;
    throw new DomainError('unknown-policy', `candidate: ${message}`, {
      details: { errors: [{ path: 'candidate', message }] },
    });
  }
  if (policy.budget !== null)
    throw new DomainError(
      'roll-out-budgeted',
      `candidate: the policy "${name}" has a budget, whose price takes the place of its weights: a share of traffic cannot be decided by it. Give its weights`,
    );
  const { weights, constraints } = policy;
  return { label: `${name}@${policy.version}`, weights, constraints };
}
