import { askModelSentinels, askSentinels } from '@zerorouter/contracts';
import type { JobWorker, QueueBackend } from '@zerorouter/platform';
import { AskSentinelsProcessor } from './ask-sentinels.processor.js';
import type { AskSentinelsDependencies } from './ask-sentinels.processor.js';

/** What is asked of both workers together. */
type Workers = Pick<JobWorker<typeof askSentinels.payload, typeof askSentinels.result>, 'running'>;

/**
 * Connects the workers that ask sentinels, of all models or of one, and schedules the former, or takes an earlier
 * schedule back.
 * @param everyMs null = never.
 */
export async function startSentinels(
  queues: QueueBackend,
  everyMs: number | null,
  dependencies: AskSentinelsDependencies,
): Promise<Workers> {
  const sentinels = new AskSentinelsProcessor(dependencies);
  const options = { maxStalledCount: 10, putBackOnClose: true };
  const all = await queues.worker(
    askSentinels,
    (payload, context) => sentinels.process(payload, context),
    options,
  );
  const one = await queues.worker(
    askModelSentinels,
    (payload, context) => sentinels.processModel(payload, context),
    options,
  );
  const queue = await queues.producer(askSentinels, { waits: false });
  await queue.schedule(everyMs, { everyMs: everyMs ?? 1 });
  return {
    get running() {
      return all.running && one.running;
    },
  };
}
