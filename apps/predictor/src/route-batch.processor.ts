import { queryLatentsSchema } from '@zerorouter/contracts';
import type { JobPayload, JobResult, routeBatch } from '@zerorouter/contracts';
import type { BatchPrediction, BatchWork } from '@zerorouter/database';
import type { BatchQueue, JobContext, Logger } from '@zerorouter/platform';
import type { BatchLanes } from './batch-lanes.js';
import type { QueryPredictor } from './open-space-predictor.js';
import type { PredictorCache } from './predictor-cache.js';

/** A text that any predictor can take: where it fails, too, the fault is not the item's. */
const HARMLESS_TEXT = 'ready?';

export interface RouteBatchDependencies {
  work: Pick<BatchWork, 'beginChunk' | 'storePredictions'>;
  predictors: Pick<PredictorCache<QueryPredictor>, 'use'>;
  lanes: Pick<BatchLanes, 'runBatch'>;
  queue: Pick<BatchQueue, 'addNextChunk' | 'addOptimization'>;
  logger: Logger;
}

/**
 * Predicts one chunk of a batch. All is in Postgres before the job counts as done, and what is there
 * already is not predicted again, so that a chunk may be run anew whatever happened to it before.
 */
export class RouteBatchProcessor {
  constructor(private readonly dependencies: RouteBatchDependencies) {}

  /** @throws what is no item's fault: the chunk is then tried again, here or elsewhere. */
  async process(
    { batchId, from, to }: JobPayload<typeof routeBatch>,
    { signal }: Pick<JobContext, 'signal'>,
  ): Promise<JobResult<typeof routeBatch>> {
    const { work, predictors, queue } = this.dependencies;
    const chunk = await work.beginChunk(batchId, from, to);
    if (chunk === null) return { predicted: 0, failed: 0 };

    let predictions: BatchPrediction[] = [];
    if (chunk.items.length > 0) {
      predictions = await predictors.use(chunk.spaceVersion, (predictor) =>
        Promise.all(chunk.items.map((item) => this.predictItem(predictor, item, signal))),
      );
      const state = await work.storePredictions(batchId, predictions);
      if (state === 'optimizing') await queue.addOptimization(batchId);
      if (state !== 'predicting') return count(predictions);
    }
    await queue.addNextChunk(batchId, chunk.itemCount, from);
    return count(predictions);
  }

  private predictItem(
    predictor: QueryPredictor,
    { index, text }: { index: number; text: string },
    signal: AbortSignal,
  ): Promise<BatchPrediction> {
    return this.dependencies.lanes.runBatch(async () => {
      signal.throwIfAborted();
      try {
        return { index, latents: queryLatentsSchema.parse(await predictor.predict(text)) };
      } catch (error) {
        await predictor.predict(HARMLESS_TEXT);
        this.dependencies.logger.warn({ err: error, index }, 'a batch item cannot be predicted');
        return {
          index,
          error: {
            code: 'prediction-failed',
            message: 'the predictor cannot place this text; its log says why',
          },
        };
      }
    });
  }
}

function count(predictions: readonly BatchPrediction[]): JobResult<typeof routeBatch> {
  const failed = predictions.filter(({ error }) => error !== undefined).length;
  return { predicted: predictions.length - failed, failed };
}
