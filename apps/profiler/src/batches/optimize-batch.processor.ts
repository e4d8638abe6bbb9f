import { isDomainError, optimizeBatch as optimizeBatchJob } from '@zerorouter/contracts';
import type { JobPayload, JobResult } from '@zerorouter/contracts';
import type { Database } from '@zerorouter/database';
import type { JobContext, Logger } from '@zerorouter/platform';
import { optimizeBatch } from './optimize-batch.js';
import { runOptimization } from './run-optimization.js';

/** To score so few items takes less than to start a process for it. */
const ITEMS_WITHOUT_PROCESS = 500;

export interface OptimizeBatchDependencies {
  database: Pick<Database, 'batchWork' | 'profiles' | 'spaces'>;
  databaseUrl: string;
  /** Entry point of the optimization process. */
  script: URL;
  logger: Logger;
}

/**
 * Has a batch optimized. Its results are stored in one transaction with its state, so that a run
 * that was cut short anywhere left nothing, and can simply be run again.
 */
export class OptimizeBatchProcessor {
  constructor(private readonly dependencies: OptimizeBatchDependencies) {}

  /** @throws what another try may mend. */
  async process(
    { batchId }: JobPayload<typeof optimizeBatchJob>,
    { signal, attempt }: Pick<JobContext, 'signal' | 'attempt'>,
  ): Promise<JobResult<typeof optimizeBatchJob>> {
    const { database, logger } = this.dependencies;
    try {
      const completed = await this.optimize(batchId, signal);
      return { state: completed ? 'completed' : 'left as it was' };
    } catch (error) {
      if (signal.aborted) throw error;
      if (isDomainError(error)) {
        await database.batchWork.fail(batchId, {
          ...error.details,
          code: error.code,
          message: error.message,
        });
        return { state: 'failed' };
      }
      if (attempt < optimizeBatchJob.retry.attempts) throw error;
      logger.error({ err: error, batchId }, 'a batch cannot be optimized');
      await database.batchWork.fail(batchId, {
        code: 'optimization-failed',
        message: `its models could not be chosen in ${attempt} tries; the profiler's log says why`,
      });
      return { state: 'failed' };
    }
  }
  private async optimize(batchId: string, signal: AbortSignal): Promise<boolean> {
    const { database, databaseUrl, script } = this.dependencies;
    const batch = await database.batchWork.get(batchId);
    return (batch?.itemCount ?? 0) <= ITEMS_WITHOUT_PROCESS
      ? optimizeBatch(database, batchId)
      : runOptimization(script, { databaseUrl, batchId }, signal);
  }
}
