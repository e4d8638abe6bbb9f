import type { Random } from '@zerorouter/latent-space';
import type { BulkConstraints, BulkInstance } from '../src/bulk/bulk-instance.js';
import { costRange } from '../src/simulation/simulate-bulk.js';

/** Constraints in any combination, most of them tight, some of them out of reach. */
export function randomConstraints(instance: BulkInstance, random: Random): BulkConstraints {
  const { queries, models } = instance;
  const { least, most } = costRange(instance);
  const kinds = 1 + random.integer(15);
  const capacity = Array.from({ length: models }, () =>
    random.uniform() < 0.3 ? null : Math.ceil((queries / models) * (0.2 + 1.6 * random.uniform())),
  );
  return {
    ...(kinds & 1
      ? { budgetUsd: Math.max(0, least + (most - least) * (0.7 * random.uniform() - 0.05)) }
      : {}),
    ...(kinds & 2 ? { capacity } : {}),
    ...(kinds & 4 ? { minMeanAccuracy: 0.3 + 0.5 * random.uniform() } : {}),
    ...(kinds & 8 ? { maxLatencyS: 0.5 + 3 * random.uniform() } : {}),
  };
}
