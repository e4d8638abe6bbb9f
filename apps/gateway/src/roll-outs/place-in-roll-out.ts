import { createHash } from 'node:crypto';
import type { PolicySelector } from '@zerorouter/contracts';
import type { RollOut, RollOutTerms } from '@zerorouter/database';

/** Which arm of a roll-out a request belongs to. */
export interface Placement {
  readonly rollOut: RollOut;
  readonly arm: RollOutTerms['arm'];
  /** Hex: names what was assigned, among that of the roll-out. */
  readonly unit: string;
}

/** Whose request it is. */
export interface Requester {
  readonly sessionId: string | undefined;
  readonly keyId: string | null;
  readonly decisionId: string;
}

/**
 * The arm of a request under a policy that is rolled out; null where none is. A hash decides, so that every gateway
 * assigns the same and nothing is stored: whoever is in the candidate's share stays in it, and who is in it in one
 * roll-out says nothing of the next.
 */
export function placeInRollOut(
  selector: PolicySelector,
  running: readonly RollOut[],
  requester: Requester,
): Placement | null {
  const rollOut = running.find(({ policy }) => policy === selector);
  if (rollOut === undefined) return null;
  const digest = createHash('sha256')
    .update(JSON.stringify([rollOut.id, ...unitOf(rollOut, requester)]))
    .digest();
  const draw = digest.readUIntBE(0, 6) / 2 ** 48;
  return {
    rollOut,
    arm: draw < rollOut.share ? 'candidate' : 'control',
    unit: digest.toString('hex', 0, 8),
  };
}

/** A session belongs to a key: two keys' sessions of one name are two. */
function unitOf({ unit }: RollOut, { sessionId, keyId, decisionId }: Requester): (string | null)[] {
  switch (unit) {
    case 'session':
      return sessionId === undefined ? ['decision', decisionId] : ['session', keyId, sessionId];
    case 'key':
      return ['key', keyId];
    case 'decision':
      return ['decision', decisionId];
  }
}
