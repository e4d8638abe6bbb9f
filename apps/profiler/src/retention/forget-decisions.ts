import type { Database } from '@zerorouter/database';

/** Short transactions: an INSERT of new decisions never waits for one of them to end. */
const DECISIONS_AT_ONCE = 2_000;

/** Deletes all decisions that are older than `ageMs`, some at a time. Any number of processes may do so. */
export async function forgetDecisions(
  decisions: Pick<Database['decisions'], 'deleteOlderThan'>,
  ageMs: number,
): Promise<void> {
  while ((await decisions.deleteOlderThan(ageMs, DECISIONS_AT_ONCE)) === DECISIONS_AT_ONCE);
}
