import { queryLatentsSchema } from '@zerorouter/contracts';
import type { JobPayload, JobResult, routeBatch } from '@zerorouter/contracts';
import type {
  BatchFailure,
  BatchPrediction,
  BatchState,
  BatchTries,
  BatchWork,
  PendingChunk,
} from '@zerorouter/database';
import type { BatchQueue, JobContext, Logger } from '@zerorouter/platform';
import type { BatchLanes } from './batch-lanes.js';
import type { QueryPredictor } from './open-space-predictor.js';
import type { PredictorCache } from './predictor-cache.js';

/** A text that any predictor can take: where it fails, too, the fault is not the item's. */
const HARMLESS_TEXT = 'ready?';

/** Behind the texts that live requests wait for. */
const IN_BACKGROUND = { background: true };

/** Workers that a chunk may take along before its items are predicted one by one. */
const DEATHS_OF_CHUNK = 3;
/** Workers that an item, predicted by itself, may take along before it fails. */
const DEATHS_OF_ITEM = 2;

export interface RouteBatchDependencies {
  work: Pick<BatchWork, 'beginChunk' | 'storePredictions'>;
  tries: Pick<BatchTries, 'during'>;
  predictors: Pick<PredictorCache<QueryPredictor>, 'use'>;
  lanes: Pick<BatchLanes, 'runBatch' | 'runBatchAlone'>;
  queue: Pick<BatchQueue, 'addNextChunk' | 'addOptimization'>;
  logger: Logger;
}

/**
 * Predicts one chunk of a batch. All is in Postgres before the job counts as done, and what is there
 * already is not predicted again, so that a chunk may be run anew whatever happened to it before. A
 * text that kills its worker is found by predicting the chunk's items one by one, and fails alone.
 */
export class RouteBatchProcessor {
  constructor(private readonly dependencies: RouteBatchDependencies) {}

  /** @throws what is no item's fault: the chunk is then tried again, here or elsewhere. */
  async process(
    { batchId, from, to }: JobPayload<typeof routeBatch>,
    { signal }: Pick<JobContext, 'signal'>,
  ): Promise<JobResult<typeof routeBatch>> {
    const { work, tries, queue } = this.dependencies;
    const chunk = await work.beginChunk(batchId, from, to);
    if (chunk === null) return { predicted: 0, failed: 0 };

    const done: PredictedChunk =
      chunk.items.length === 0
        ? { predictions: [], state: 'predicting' }
        : await tries.during({ batchId, from, alone: false }, (deaths) =>
            deaths < DEATHS_OF_CHUNK
              ? this.predictTogether(batchId, chunk, signal)
              : this.predictOneByOne(batchId, chunk, signal),
          );
    if (done.state === 'optimizing') await queue.addOptimization(batchId);
    if (done.state === 'predicting') await queue.addNextChunk(batchId, chunk.itemCount, from);
    return count(done.predictions);
  }

  private async predictTogether(
    batchId: string,
    { spaceVersion, items }: PendingChunk,
    signal: AbortSignal,
  ): Promise<PredictedChunk> {
    const { work, predictors, lanes } = this.dependencies;
    const predictions = await predictors.use(spaceVersion, (predictor) =>
      Promise.all(
        items.map((item) => lanes.runBatch(() => this.predictItem(predictor, item, signal))),
      ),
    );
    return { predictions, state: await work.storePredictions(batchId, predictions) };
  }

  /** Each is stored before the next begins: what a death undoes is one item's. */
  private async predictOneByOne(
    batchId: string,
    { spaceVersion, items }: PendingChunk,
    signal: AbortSignal,
  ): Promise<PredictedChunk> {
    const { work, tries, predictors, lanes, logger } = this.dependencies;
    logger.warn({ batchId, from: items[0]?.index }, 'workers died of a chunk: one item at a time');
    const done: PredictedChunk = { predictions: [], state: 'predicting' };
    for (const item of items) {
      const key = { batchId, from: item.index, alone: true };
      done.state = await lanes.runBatchAlone(() =>
        tries.during(key, async (deaths) => {
          const prediction =
            deaths < DEATHS_OF_ITEM
              ? await predictors.use(spaceVersion, (predictor) =>
                  this.predictItem(predictor, item, signal),
                )
              : { index: item.index, error: DEADLY };
          done.predictions.push(prediction);
          return work.storePredictions(batchId, [prediction]);
        }),
      );
      if (done.state !== 'predicting') break;
    }
    return done;
  }

  private async predictItem(
    predictor: QueryPredictor,
    { index, text }: PendingChunk['items'][number],
    signal: AbortSignal,
  ): Promise<BatchPrediction> {
    signal.throwIfAborted();
    try {
      return {
        index,
        latents: queryLatentsSchema.parse(await predictor.predict(text, IN_BACKGROUND)),
      };
    } catch (error) {
      await predictor.predict(HARMLESS_TEXT, IN_BACKGROUND);
      this.dependencies.logger.warn({ err: error, index }, 'a batch item cannot be predicted');
      return { index, error: UNPLACEABLE };
    }
  }
}

interface PredictedChunk {
  predictions: BatchPrediction[];
  /** Of the batch, after them. */
  state: BatchState | null;
}

const UNPLACEABLE: BatchFailure = {
  code: 'prediction-failed',
  message: 'the predictor cannot place this text; its log says why',
};
const DEADLY: BatchFailure = {
  code: 'prediction-crashed',
  message: `${DEATHS_OF_ITEM} predictors died while they were at this text alone; their logs may say why`,
};

function count(predictions: readonly BatchPrediction[]): JobResult<typeof routeBatch> {
  const failed = predictions.filter(({ error }) => error !== undefined).length;
  return { predicted: predictions.length - failed, failed };
}
