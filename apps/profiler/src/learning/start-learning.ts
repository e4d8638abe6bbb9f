import { learnFeedback } from '@zerorouter/contracts';
import type { Database } from '@zerorouter/database';
import type { Config, Logger, QueueBackend } from '@zerorouter/platform';
import { LearnFeedbackProcessor } from './learn-feedback.processor.js';
import { learningSettings } from './learning-settings.js';
import { FeedbackSweeper } from './sweep-feedback.js';

/** Each holds two connections of the pool while it learns. */
const LEARNERS = 2;

/** Connects the worker that learns from feedback, and the sweeper beside it. */
export async function startLearning(
  database: Database,
  queues: QueueBackend,
  config: Config,
  logger: Logger,
): Promise<{ worker: { readonly running: boolean }; sweeper: FeedbackSweeper }> {
  const settings = learningSettings(config);
  const learning = new LearnFeedbackProcessor({ database, settings, logger });
  const worker = await queues.worker(
    learnFeedback,
    (payload, context) => learning.process(payload, context),
    { concurrency: LEARNERS, maxStalledCount: 10, putBackOnClose: true },
  );
  const queue = await queues.producer(learnFeedback, { waits: false });
  const sweeper = new FeedbackSweeper({
    feedback: database.feedback,
    enqueue: (modelId) => queue.add({ modelId }, { jobId: modelId }),
    logger,
    intervalMs: config.BATCH_SWEEP_MS,
  });
  sweeper.start();
  return { worker, sweeper };
}
