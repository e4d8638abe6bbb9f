import { createHash } from 'node:crypto';
import type { RouteRequest } from '@zerorouter/contracts';

/** Hex digits: 128 bits of a SHA-256. */
const DIGITS = 32;

/** Whose conversation it is, and under which policy: each tier has a model of its own. */
export interface SessionScope {
  keyId: string | null;
  policy: string;
}

/**
 * Names a conversation: by the id that its client gives, else by its head, the instructions and the first
 * turn of the user, which every later turn repeats. Null for a lone text. Two conversations of one key that
 * begin alike have one name: a client that minds gives ids.
 */
export function sessionHash(request: RouteRequest, scope: SessionScope): string | null {
  const name = request.session_id === undefined ? headOf(request) : ['id', request.session_id];
  if (name === null) return null;
  return createHash('sha256')
    .update(JSON.stringify([scope.keyId, scope.policy, ...name]))
    .digest('hex')
    .slice(0, DIGITS);
}

/** Whether anything has been answered yet: until then no prompt has been read. */
export function isContinued({ messages, session_id: id }: RouteRequest): boolean {
  return id !== undefined || messages?.some(({ role }) => role === 'assistant') === true;
}

function headOf({ messages, system }: RouteRequest): unknown[] | null {
  if (messages === undefined) return null;
  const first = messages.findIndex(({ role }) => role === 'user');
  if (first === -1) return null;
  const head = messages.slice(0, first + 1).map(({ role, content }) => [role, content]);
  return ['head', system ?? '', head];
}
