import { DomainError } from '@zerorouter/contracts';
import type { PolicySelector } from '@zerorouter/contracts';
import { POLICY_PRESETS, weightsFromDial } from '@zerorouter/optimizer';
import type { HardConstraints, PolicyPreset, UtilityWeights } from '@zerorouter/optimizer';

/** What a request's policy comes to. */
export interface ResolvedPolicy {
  /** For the reply and the record: the name, `weights`, or `dial:<x>`. */
  label: string;
  weights: UtilityWeights;
  constraints: HardConstraints;
}

/** A policy that somebody stored under a name. */
export interface NamedPolicy {
  readonly name: string;
  readonly weights: UtilityWeights;
  readonly constraints: HardConstraints;
}

/** Names that a request may give: the presets, and what is stored. */
export function policyNames(stored: readonly NamedPolicy[]): string[] {
  return [...new Set([...Object.keys(POLICY_PRESETS), ...stored.map(({ name }) => name)])];
}

/** @throws DomainError `unknown-policy` that lists the names there are. */
export function resolvePolicy(
  selector: PolicySelector,
  stored: readonly NamedPolicy[],
): ResolvedPolicy {
  if (typeof selector === 'string') return resolveByName(selector, stored);
  if ('weights' in selector)
    return { label: 'weights', weights: selector.weights, constraints: {} };
  return {
    label: `dial:${selector.dial}`,
    weights: weightsFromDial(selector.dial),
    constraints: {},
  };
}

/** A stored policy may not hide a preset: the presets mean the same everywhere. */
function resolveByName(name: string, stored: readonly NamedPolicy[]): ResolvedPolicy {
  if (Object.hasOwn(POLICY_PRESETS, name))
    return { label: name, weights: POLICY_PRESETS[name as PolicyPreset], constraints: {} };
  const policy = stored.find((candidate) => candidate.name === name);
  if (policy !== undefined)
    return { label: name, weights: policy.weights, constraints: policy.constraints };
  const names = policyNames(stored);
  const message = `there is no policy "${name}"; there are: ${names.join(', ')}, or give {"weights":…} or {"dial":…}`;
  throw new DomainError('unknown-policy', message, {
    details: { errors: [{ path: 'policy', message }], policies: names },
  });
}
