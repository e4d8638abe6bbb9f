import { isDeepStrictEqual } from 'node:util';
import type { DeclaredPolicy } from '@zerorouter/contracts';
import type { Database, Policy } from '@zerorouter/database';
import { policyFromRequest } from '../policy-from-request.js';
import type { PlannedStep } from './reconcile.js';

/** What makes the stored policy the declared one: a new version, where they differ. */
export async function planPolicy(
  { name, policy }: DeclaredPolicy,
  database: Pick<Database, 'policies'>,
): Promise<PlannedStep> {
  const wanted = policyFromRequest(name, policy);
  const stored = await database.policies.get(name);
  const changes = Object.entries(wanted)
    .filter(([member, value]) => !isDeepStrictEqual(stored?.[member as keyof Policy], value))
    .map(([member]) => member);
  return {
    kind: 'policy',
    name,
    action: stored === null ? 'create' : changes.length > 0 ? 'update' : 'unchanged',
    changes: stored === null ? [] : changes,
    carryOut: () => database.policies.put(wanted),
  };
}
