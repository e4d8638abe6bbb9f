import type { Database } from '@zerorouter/database';
import type { Logger } from '@zerorouter/platform';
import { Rounds } from '../rounds.js';
import { sweepRollOuts } from './sweep-roll-outs.js';

/** Looks at roll-outs again and again. */
export function startRollOuts(database: Database, logger: Logger, intervalMs: number): Rounds {
  return new Rounds(
    () =>
      sweepRollOuts({
        rollOuts: database.rollOuts,
        evidence: database.policyEvidence,
        logger,
        intervalMs,
      }),
    { intervalMs, logger, failure: 'roll-outs could not be swept' },
  );
}
