import type { JobDefinition } from '@zerorouter/contracts';
import type { z } from 'zod';
import type { Logger } from '../logging/logger.js';
import { JobProducer } from './job-producer.js';
import { JobWorker } from './job-worker.js';
import type { JobHandler, JobWorkerOptions } from './job-worker.js';
import { OutcomeInbox } from './outcome-inbox.js';
import { openPostgresDriver } from './postgres-driver.js';
import type { DriverQueue, QueueDriver } from './queue-driver.js';
import { QueueInspector } from './queue-inspector.js';
import type { QueueObserver } from './queue-observer.js';
import { openRedisDriver } from './redis-driver.js';

export interface QueueBackendConfig {
  DATABASE_URL: string;
  REDIS_URL?: string | undefined;
  QUEUE_PREFIX: string;
}

/** The queues of one process. Closing it closes every producer and worker that it opened. */
export class QueueBackend {
  private readonly queues: DriverQueue[] = [];
  private readonly workers: { close(): Promise<void> }[] = [];
  private inbox: Promise<OutcomeInbox> | null = null;

  constructor(
    private readonly driver: QueueDriver,
    private readonly logger: Logger,
    private readonly observer: QueueObserver = {},
  ) {}

  get kind(): 'redis' | 'postgres' {
    return this.driver.kind;
  }

  /** Opens a producer; with `waits`, one that can wait for outcomes. */
  async producer<Payload extends z.ZodType, Result extends z.ZodType>(
    job: JobDefinition<Payload, Result>,
    { waits = true }: { waits?: boolean } = {},
  ): Promise<JobProducer<Payload, Result>> {
    const queue = await this.openQueue(job);
    if (waits) this.inbox ??= OutcomeInbox.open(this.driver);
    return new JobProducer(job, this.driver, queue, waits ? await this.inbox : null);
  }

  async worker<Payload extends z.ZodType, Result extends z.ZodType>(
    job: JobDefinition<Payload, Result>,
    handle: JobHandler<Payload, Result>,
    options: JobWorkerOptions = {},
  ): Promise<JobWorker<Payload, Result>> {
    const worker = new JobWorker(job, handle, this.driver, this.logger, options, this.observer);
    this.workers.push(worker);
    await worker.waitUntilReady();
    return worker;
  }

  /** Looks into the queues of these jobs. */
  async inspector(jobs: readonly JobDefinition<z.ZodType, z.ZodType>[]): Promise<QueueInspector> {
    const opened = jobs.map(async (job) => {
      const queue = await this.openQueue(job, { inspected: true });
      return {
        job,
        queue,
        producer: new JobProducer(job, this.driver, queue, null),
        oldestWaiting: () => this.driver.oldestWaiting(job.queue, queue),
      };
    });
    return new QueueInspector(this.kind, await Promise.all(opened));
  }

  /** Resolves when the technology answers. */
  ping(): Promise<void> {
    return this.driver.ping();
  }

  /** Workers first, so that what they finish can still be sent; then all the rest. */
  async close(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.close()));
    await (await this.inbox)?.close();
    await Promise.all(this.queues.map((queue) => queue.close()));
    await this.driver.close();
  }

  private async openQueue(
    job: JobDefinition<z.ZodType, z.ZodType>,
    { inspected = false } = {},
  ): Promise<DriverQueue> {
    const queue = this.driver.openQueue(job.queue, { ephemeral: job.carriesText, inspected });
    this.queues.push(queue);
    await queue.waitUntilReady();
    return queue;
  }
}

/**
 * Connects to the queues: to Redis where REDIS_URL is set, else to Postgres.
 * @throws when it cannot be reached.
 */
export async function createQueueBackend(
  config: QueueBackendConfig,
  logger: Logger,
  observer: QueueObserver = {},
): Promise<QueueBackend> {
  const driver =
    config.REDIS_URL === undefined
      ? await openPostgresDriver({ connectionString: config.DATABASE_URL, logger })
      : await openRedisDriver({ url: config.REDIS_URL, prefix: config.QUEUE_PREFIX, logger });
  return new QueueBackend(driver, logger, observer);
}
