import { DomainError } from '@zerorouter/contracts';
import type { ApiKeyChange } from '@zerorouter/contracts';
import type { KeyChanges, KeyLimits, PolicyStore } from '@zerorouter/database';
import { PINNED } from '../admission/admission.js';
import { policyNames } from '../routing/policy.js';

/**
 * What a request says of a key, in the database's terms.
 * @throws DomainError `invalid-request`
 */
export function readKeyChanges(
  given: ApiKeyChange,
  now: Date,
): KeyChanges & { limits: Partial<KeyLimits> } {
  const { name, rate, budget, policies, models, on_budget_exceeded: exceeded } = given;
  const expiresAt = readExpiry(given.expires_at, now);
  const limits: Partial<KeyLimits> = {
    ...(rate === undefined
      ? {}
      : {
          requestsPerMinute: rate?.requests_per_minute ?? null,
          tokensPerMinute: rate?.tokens_per_minute ?? null,
        }),
    ...(budget === undefined ? {} : { budget }),
    ...(policies === undefined ? {} : { policies: unique(policies) }),
    ...(models === undefined ? {} : { models: unique(models) }),
    ...(exceeded === undefined
      ? {}
      : { downgradePolicy: typeof exceeded === 'object' ? (exceeded?.policy ?? null) : null }),
  };
  return {
    ...(name === undefined ? {} : { name }),
    limits,
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

/** @throws DomainError `unknown-policy` for a name that would be refused when it is needed */
export async function checkPolicies(
  { limits = {} }: KeyChanges,
  store: Pick<PolicyStore, 'list'>,
): Promise<void> {
  const { policies = [], downgradePolicy = null } = limits;
  if (policies.length === 0 && downgradePolicy === null) return;
  const known = policyNames(await store.list());
  const refuse = (path: string, name: string): never => {
    const message = `there is no policy "${name}"; there are: ${known.join(', ')}`;
    throw new DomainError('unknown-policy', message, {
      details: { errors: [{ path, message }], policies: known },
    });
  };
  policies.forEach((name, i) => {
    if (name !== PINNED && !known.includes(name)) refuse(`policies.${i}`, name);
  });
  if (downgradePolicy !== null && !known.includes(downgradePolicy))
    refuse('on_budget_exceeded.policy', downgradePolicy);
}

function readExpiry(text: string | null | undefined, now: Date): Date | null | undefined {
  if (text === undefined || text === null) return text;
  const at = new Date(text);
  if (at > now) return at;
  throw invalid('expires_at', 'must lie in the future: to end a key now, revoke it');
}

/** @throws DomainError `invalid-request` when a policy is named for a budget that there is not */
export function requireBudget({ budget, downgradePolicy }: Partial<KeyLimits>): void {
  if (downgradePolicy != null && budget == null)
    throw invalid('on_budget_exceeded', 'says nothing without a budget: give the key one');
}

function invalid(path: string, message: string): DomainError {
  return new DomainError('invalid-request', `the request is not valid: ${path}: ${message}`, {
    details: { errors: [{ path, message }] },
  });
}

const unique = (names: readonly string[] | null) => [...new Set(names)];
