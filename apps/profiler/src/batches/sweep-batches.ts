import { BATCH_CHUNK_ITEMS, BATCH_CHUNKS_QUEUED } from '@zerorouter/contracts';
import type { Batch, BatchWork } from '@zerorouter/database';
import type { BatchQueue, Logger } from '@zerorouter/platform';

const BATCHES_A_ROUND = 100;

export interface BatchSweeperDependencies {
  work: Pick<BatchWork, 'claimStalled' | 'pendingChunks' | 'expireNext'>;
  queue: Pick<BatchQueue, 'addChunk' | 'addOptimization'>;
  logger: Logger;
  /** Ms without progress until a batch counts as stalled. */
  intervalMs: number;
}

/**
 * Keeps what Postgres knows of batches and what the queue holds in step: the queue may lose anything
 * at any time. Also deletes the texts of batches whose retention has ended. Any number of processes
 * may sweep; each batch is swept by one of them.
 */
export class BatchSweeper {
  constructor(private readonly dependencies: BatchSweeperDependencies) {}

  /** One round. */
  async sweep(): Promise<void> {
    const { work, intervalMs, logger } = this.dependencies;
    for (const batch of await work.claimStalled(intervalMs, BATCHES_A_ROUND))
      await this.putBack(batch);
    for (let id = await work.expireNext(); id !== null; id = await work.expireNext())
      logger.info({ batchId: id }, 'texts of an expired batch are deleted');
  }

  /** What is in the queue already is not added again. */
  private async putBack({ id, itemCount, state }: Batch): Promise<void> {
    const { work, queue } = this.dependencies;
    if (state === 'optimizing') return queue.addOptimization(id);
    const starts = await work.pendingChunks(id, BATCH_CHUNK_ITEMS, BATCH_CHUNKS_QUEUED);
    for (const start of starts) await queue.addChunk(id, itemCount, start);
  }
}
