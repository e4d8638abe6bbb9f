import { learnFeedback } from '@zerorouter/contracts';
import type { Database } from '@zerorouter/database';
import type { Config, Logger, QueueBackend } from '@zerorouter/platform';
import { LearnFeedbackProcessor } from './learn-feedback.processor.js';
import { learningSettings } from './learning-settings.js';
import { Rounds } from '../rounds.js';
import { sweepFeedback } from './sweep-feedback.js';

/** Each holds two connections of the pool while it learns. */
const LEARNERS = 2;

/** Connects the worker that learns from feedback, and the sweeping beside it. */
export async function startLearning(
  database: Database,
  queues: QueueBackend,
  config: Config,
  logger: Logger,
): Promise<{ worker: { readonly running: boolean }; rounds: Rounds }> {
  const settings = learningSettings(config);
  const learning = new LearnFeedbackProcessor({ database, settings, logger });
  const worker = await queues.worker(
    learnFeedback,
    (payload, context) => learning.process(payload, context),
    { concurrency: LEARNERS, maxStalledCount: 10, putBackOnClose: true },
  );
  const queue = await queues.producer(learnFeedback, { waits: false });
  const intervalMs = config.BATCH_SWEEP_MS;
  const rounds = new Rounds(
    () =>
      sweepFeedback(
        database.feedback,
        (modelId) => queue.add({ modelId }, { jobId: modelId }),
        intervalMs,
      ),
    { intervalMs, logger, failure: 'feedback could not be swept' },
  );
  return { worker, rounds };
}
