import { askSentinels } from '@zerorouter/contracts';
import type { JobWorker, QueueBackend } from '@zerorouter/platform';
import { AskSentinelsProcessor } from './ask-sentinels.processor.js';
import type { AskSentinelsDependencies } from './ask-sentinels.processor.js';

type Worker = JobWorker<typeof askSentinels.payload, typeof askSentinels.result>;

/**
 * Connects the worker that asks sentinels, and schedules them, or takes an earlier schedule back.
 * @param everyMs null = never.
 */
export async function startSentinels(
  queues: QueueBackend,
  everyMs: number | null,
  dependencies: AskSentinelsDependencies,
): Promise<Worker> {
  const sentinels = new AskSentinelsProcessor(dependencies);
  const worker = await queues.worker(
    askSentinels,
    (payload, context) => sentinels.process(payload, context),
    { maxStalledCount: 10, putBackOnClose: true },
  );
  const queue = await queues.producer(askSentinels, { waits: false });
  await queue.schedule(everyMs, { everyMs: everyMs ?? 1 });
  return worker;
}
