import type { ApiKey } from '@zerorouter/database';
import { ProblemError } from '@zerorouter/platform';
import type { Access } from '@zerorouter/platform';
import type { Caller } from './caller.js';

const SEND_KEY = 'send it as "Authorization: Bearer zr_…"';

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
 * @param key the stored key that was presented; null when none was, undefined when it is not known.
 * @param local whether the server listens on loopback alone: then `route` asks for no key, though one
 *   that is presented must be good. `admin` always asks for one.
 * @throws ProblemError 401 or 403.
 */
export function admitCaller(
  access: Access,
  key: ApiKey | null | undefined,
  local: boolean,
): Caller {
  if (key === undefined)
    throw new ProblemError(401, 'invalid-key', 'the API key is unknown or has been revoked');
  if (key === null) {
    if (access === 'route' && local) return { keyId: null, scopes: [] };
    throw new ProblemError(
      401,
      'missing-key',
      access === 'admin'
        ? `this call asks for an API key with the scope "admin"; ${SEND_KEY}`
        : `this call asks for an API key; ${SEND_KEY}`,
    );
  }
  // Administrators may do all that others may.
  if (!key.scopes.includes('admin') && !(access === 'route' && key.scopes.includes('route')))
    throw new ProblemError(
      403,
      'missing-scope',
      `the API key "${key.name}" lacks the scope "${access}"`,
    );
  return { keyId: key.id, scopes: key.scopes };
}
