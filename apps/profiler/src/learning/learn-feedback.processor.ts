import { setTimeout as sleep } from 'node:timers/promises';
import type { JobResult, learnFeedback } from '@zerorouter/contracts';
import type { Database } from '@zerorouter/database';
import type { LearningSettings } from '@zerorouter/learning';
import type { JobContext, Logger } from '@zerorouter/platform';
import { learnBatch } from './learn-batch.js';
import { raiseAlarms } from './raise-alarms.js';

/** Feedback that comes within this time is one version of the profile. */
const GATHER_MS = 1_000;
/** Most verdicts of one transaction. */
const MOST_VERDICTS = 500;

export interface LearnFeedbackDependencies {
  database: Pick<Database, 'feedbackLearning' | 'alerts'>;
  settings: LearningSettings;
  logger: Logger;
  /** Default: {@link GATHER_MS}. */
  gatherMs?: number;
}

/**
 * Learns from all pending feedback on a model. Jobs may come twice, side by side and in any order: what is pending is
 * read and settled in one transaction that one learner at a time can hold.
 */
export class LearnFeedbackProcessor {
  constructor(private readonly dependencies: LearnFeedbackDependencies) {}

  async process(
    { modelId }: { modelId: string },
    { signal }: Pick<JobContext, 'signal'>,
  ): Promise<JobResult<typeof learnFeedback>> {
    const { database, settings, logger, gatherMs = GATHER_MS } = this.dependencies;
    await sleep(gatherMs, undefined, { signal });
    let settled = 0;
    for (;;) {
      signal.throwIfAborted();
      const count = await database.feedbackLearning.learn(modelId, MOST_VERDICTS, async (batch) => {
        const { result, alarms } = learnBatch(batch, settings);
        // Before the commit: one that is raised twice is one, one that is lost is none.
        await raiseAlarms(database.alerts, batch, result, alarms);
        return result;
      });
      if (count === 0) break;
      settled += count;
    }
    if (settled > 0) logger.info({ modelId, settled }, 'learnt from feedback');
    return { settled };
  }
}
