import type { ApiKey, ApiKeyScope } from '@zerorouter/database';
import { isOpenOnLoopback, ProblemError } from '@zerorouter/platform';
import type { Caller } from './caller.js';

const SEND_KEY = 'send it as "Authorization: Bearer zr_…"';
const ANYBODY: Caller = { keyId: null, scopes: [] };

/** The key of an `Authorization` header; null when there is no such header. */
export function bearerKey(header: string | undefined): string | null {
  if (header === undefined) return null;
  const [, key] = /^Bearer +(\S+) *$/i.exec(header) ?? [];
  if (key === undefined)
    throw new ProblemError(
      401,
      'invalid-key',
      `the Authorization header holds no key; ${SEND_KEY}`,
    );
  return key;
}

/**
 * Decides whether a call may go on.
 * @param access scopes of which the key needs one.
 * @param key the stored key that was presented; null when none was, undefined when it is not known.
 * @param local whether the server listens on loopback alone: then routing and chatting ask for no key,
 *   though one that is presented must be good. Everything else always asks for one.
 * @throws ProblemError 401 or 403.
 */
export function admitCaller(
  access: readonly ApiKeyScope[],
  key: ApiKey | null | undefined,
  local: boolean,
  now: Date,
): Caller {
  if (key === undefined)
    throw new ProblemError(401, 'invalid-key', 'the API key is unknown or has been revoked');
  const scopes = access.map((scope) => `"${scope}"`).join(' or ');
  if (key === null) {
    if (local && isOpenOnLoopback(access)) return { ...ANYBODY };
    throw new ProblemError(
      401,
      'missing-key',
      `this call asks for an API key with the scope ${scopes}; ${SEND_KEY}`,
    );
  }
  if (key.expiresAt !== null && key.expiresAt <= now)
    throw new ProblemError(
      401,
      'expired-key',
      `the API key "${key.name}" expired at ${key.expiresAt.toISOString()}: ask for another, or for a later expires_at`,
    );
  // Administrators may do all that others may.
  if (!key.scopes.includes('admin') && !access.some((scope) => key.scopes.includes(scope)))
    throw new ProblemError(
      403,
      'missing-scope',
      `the API key "${key.name}" lacks the scope ${scopes}`,
    );
  return { keyId: key.id, scopes: key.scopes, limits: key.limits };
}
