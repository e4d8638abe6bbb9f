import { DomainError } from '@zerorouter/contracts';
import type { PolicyStore } from '@zerorouter/database';
import { isKnownPolicy } from '../routing/policy.js';

/**
 * The policies that are to be in shadow of another one must be there, and be others.
 * @throws DomainError `unknown-policy`, `invalid-request`
 */
export async function requirePolicies(
  store: Pick<PolicyStore, 'list'>,
  name: string,
  shadow: readonly string[],
): Promise<void> {
  if (shadow.length === 0) return;
  const stored = await store.list();
  for (const [i, other] of shadow.entries()) {
    const path = `shadow.${i}`;
    if (other === name) {
      const message = 'a policy cannot be in its own shadow';
      throw new DomainError('invalid-request', `the request is not valid: ${path}: ${message}`, {
        details: { errors: [{ path, message }] },
      });
    }
    if (!isKnownPolicy(other, stored)) {
      const message = `there is no policy "${other}": store it first`;
      throw new DomainError('unknown-policy', message, {
        details: { errors: [{ path, message }] },
      });
    }
  }
}
