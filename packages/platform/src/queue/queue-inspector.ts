import { DomainError } from '@zerorouter/contracts';
import type { JobDefinition } from '@zerorouter/contracts';
import type { z } from 'zod';
import type { JobProducer } from './job-producer.js';
import type { DriverQueue } from './queue-driver.js';

/** How one queue stands. */
export interface QueueCensus {
  queue: string;
  /** For a worker, urgent ones included. */
  waiting: number;
  active: number;
  /** For their time: those that failed and are tried again, and scheduled ones. */
  delayed: number;
  /** For good, as far as the queue has kept them. */
  failed: number;
  completed: number;
  /** Since the job that has waited longest was added, ms; null where none waits. */
  oldestWaitingMs: number | null;
}

export interface InspectedQueue {
  job: JobDefinition<z.ZodType, z.ZodType>;
  queue: DriverQueue;
  producer: Pick<JobProducer<z.ZodType, z.ZodType>, 'add'>;
  /** See `QueueDriver.oldestWaiting`. */
  oldestWaiting: () => Promise<number | null>;
}

/** Looks into queues, whoever works on them, on either technology. */
export class QueueInspector {
  private readonly byName: ReadonlyMap<string, InspectedQueue>;

  constructor(
    readonly backend: 'redis' | 'postgres',
    queues: readonly InspectedQueue[],
  ) {
    this.byName = new Map(queues.map((one) => [one.job.queue, one]));
  }

  /** BullMQ's own objects, for tools that take them. */
  get queues(): readonly Pick<InspectedQueue, 'job' | 'queue'>[] {
    return [...this.byName.values()];
  }

  census(): Promise<QueueCensus[]> {
    return Promise.all([...this.byName.values()].map(count));
  }

  /**
   * Adds a job again under its id; one that is there and does not run makes room for it.
   * @throws DomainError `queue-not-found`, `queue-unavailable`
   */
  async replay(name: string, jobId: string, payload: unknown): Promise<void> {
    const inspected = this.byName.get(name);
    if (inspected === undefined)
      throw new DomainError(
        'queue-not-found',
        `there is no queue "${name}"; there are: ${[...this.byName.keys()].join(', ')}`,
      );
    // A failed job that the queue keeps would stand in the way of a new one with its id.
    await inspected.queue.remove(jobId);
    await inspected.producer.add(payload, { jobId });
  }
}

async function count({ job, queue, oldestWaiting }: InspectedQueue): Promise<QueueCensus> {
  const [counts, since] = await Promise.all([
    queue.getJobCounts('waiting', 'prioritized', 'active', 'delayed', 'failed', 'completed'),
    oldestWaiting(),
  ]);
  const of = (type: string): number => counts[type] ?? 0;
  return {
    queue: job.queue,
    waiting: of('waiting') + of('prioritized'),
    active: of('active'),
    delayed: of('delayed'),
    failed: of('failed'),
    completed: of('completed'),
    oldestWaitingMs: since === null ? null : Math.max(0, Date.now() - since),
  };
}
