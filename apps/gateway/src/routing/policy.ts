import { DomainError } from '@zerorouter/contracts';
import type { PolicySelector } from '@zerorouter/contracts';
import type { PolicyBudget } from '@zerorouter/database';
import { POLICY_PRESETS, weightsFromDial } from '@zerorouter/optimizer';
import type { HardConstraints, PolicyPreset, UtilityWeights } from '@zerorouter/optimizer';

/** What a request's policy comes to. */
export interface ResolvedPolicy {
  /** For the reply and the record: the name, `weights`, or `dial:<x>`. */
  label: string;
  weights: UtilityWeights;
  constraints: HardConstraints;
  /** Null = none. */
  budget: PolicyBudget | null;
}

/** Of a policy that says how objectives are weighed, and no more. */
const BARE = { constraints: {}, budget: null };

/** A policy that somebody stored under a name. */
export interface NamedPolicy {
  readonly name: string;
  readonly weights: UtilityWeights;
  readonly constraints: HardConstraints;
  readonly budget: PolicyBudget | null;
}

/** Names that a request may give: the presets, and what is stored. */
export function policyNames(stored: readonly NamedPolicy[]): string[] {
  return [...new Set([...Object.keys(POLICY_PRESETS), ...stored.map(({ name }) => name)])];
}

/** Whether a request may name it. */
export function isKnownPolicy(name: string, stored: readonly Pick<NamedPolicy, 'name'>[]): boolean {
  return Object.hasOwn(POLICY_PRESETS, name) || stored.some((policy) => policy.name === name);
}

/** @throws DomainError `unknown-policy` that lists the names there are. */
export function resolvePolicy(
  selector: PolicySelector,
  stored: readonly NamedPolicy[],
): ResolvedPolicy {
  if (typeof selector === 'string') return resolveByName(selector, stored);
  if ('weights' in selector) return { label: 'weights', weights: selector.weights, ...BARE };
  return {
    label: `dial:${selector.dial}`,
    weights: weightsFromDial(selector.dial),
    ...BARE,
  };
}

/** A stored policy may not hide a preset: the presets mean the same everywhere. */
function resolveByName(name: string, stored: readonly NamedPolicy[]): ResolvedPolicy {
  if (Object.hasOwn(POLICY_PRESETS, name))
    return { label: name, weights: POLICY_PRESETS[name as PolicyPreset], ...BARE };
  const policy = stored.find((candidate) => candidate.name === name);
  if (policy !== undefined) {
    const { weights, constraints, budget } = policy;
    return { label: name, weights, constraints, budget };
  }
  const names = policyNames(stored);
  const message = `there is no policy "${name}"; there are: ${names.join(', ')}, or give {"weights":…} or {"dial":…}`;
  throw new DomainError('unknown-policy', message, {
    details: { errors: [{ path: 'policy', message }], policies: names },
  });
}
