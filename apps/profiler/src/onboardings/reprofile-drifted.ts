import { randomInt } from 'node:crypto';
import { onboardingLimitsSchema } from '@zerorouter/contracts';
import type { Database } from '@zerorouter/database';
import { runSettings } from '@zerorouter/onboarding';
import type { Logger } from '@zerorouter/platform';
import { anchorSetOf } from '../anchor-set-of.js';

export interface Reprofiling {
  readonly database: Pick<Database, 'reprofilings' | 'models' | 'anchors'>;
  readonly logger: Logger;
  /** Most that one run may cost, USD. */
  readonly maxCostUsd: number;
  /** Least time between two such runs of one model. */
  readonly minIntervalMs: number;
  /** Puts a run's job into the queue; should that fail, the sweep of onboardings does it. */
  readonly enqueue: (onboardingId: string) => Promise<unknown>;
  /** Told of each run that has begun. */
  readonly onBegun?: (model: string) => void;
}

/**
 * Begins to measure models again that alerts say have drifted. Any number of processes may sweep: an alert begins one
 * run. A model keeps its traffic, and its profile until there is one that nothing speaks against.
 */
export async function reprofileDrifted({
  database,
  logger,
  maxCostUsd,
  minIntervalMs,
  enqueue,
  onBegun,
}: Reprofiling): Promise<void> {
  for (const { modelId, spaceVersion } of await database.reprofilings.due(minIntervalMs)) {
    const [model, set] = await Promise.all([
      database.models.get(modelId),
      anchorSetOf(database, spaceVersion),
    ]);
    if (model === null || set === null) continue;
    const anchors = await database.anchors.list(set.id);
    // Answers to imported sets without graders can only be collected elsewhere.
    if (anchors.some(({ grader }) => grader['kind'] === 'score')) continue;
    const limits = onboardingLimitsSchema.parse({ max_cost_usd: maxCostUsd });
    const settings = runSettings(
      model,
      { kind: 'live', ...limits, cause: 'drift' },
      randomInt(2 ** 32),
    );
    const onboarding = await database.reprofilings.begin(
      { modelId, spaceVersion, anchorSetId: set.id, settings },
      minIntervalMs,
    );
    if (onboarding === null) continue;
    logger.info(
      { model: model.name, onboardingId: onboarding.id },
      'a model that has drifted is measured again',
    );
    onBegun?.(model.name);
    await enqueue(onboarding.id);
  }
}
