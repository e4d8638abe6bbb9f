import {
  BATCH_CHUNK_ITEMS,
  BATCH_CHUNKS_QUEUED,
  optimizeBatch,
  routeBatch,
} from '@zerorouter/contracts';
import type { JobProducer } from './job-producer.js';
import type { QueueBackend } from './queue-backend.js';

/**
 * Puts the work of batches into the queue. A job's id is that of its work: what waits in the queue
 * already, or is being done, is not added again.
 */
export class BatchQueue {
  private constructor(
    private readonly chunks: JobProducer<typeof routeBatch.payload, typeof routeBatch.result>,
    private readonly optimizations: JobProducer<
      typeof optimizeBatch.payload,
      typeof optimizeBatch.result
    >,
  ) {}

  static async open(queues: QueueBackend): Promise<BatchQueue> {
    return new BatchQueue(
      await queues.producer(routeBatch, { waits: false }),
      await queues.producer(optimizeBatch, { waits: false }),
    );
  }

  /** The first chunks of a new batch; each that is done adds another ({@link addNextChunk}). */
  async addFirstChunks(batchId: string, itemCount: number): Promise<void> {
    for (let i = 0; i < BATCH_CHUNKS_QUEUED; i++)
      await this.addChunk(batchId, itemCount, i * BATCH_CHUNK_ITEMS);
  }

  /** The chunk whose turn it is once the one from `from` is done, if there is one. */
  async addNextChunk(batchId: string, itemCount: number, from: number): Promise<void> {
    await this.addChunk(batchId, itemCount, from + BATCH_CHUNKS_QUEUED * BATCH_CHUNK_ITEMS);
  }

  /** Nothing where the batch has no such items. @param from a multiple of BATCH_CHUNK_ITEMS. */
  async addChunk(batchId: string, itemCount: number, from: number): Promise<void> {
    if (from >= itemCount) return;
    const to = Math.min(itemCount, from + BATCH_CHUNK_ITEMS);
    await this.chunks.add({ batchId, from, to }, { jobId: `${batchId}-${from}` });
  }

  async addOptimization(batchId: string): Promise<void> {
    await this.optimizations.add({ batchId }, { jobId: batchId });
  }
}
