import { randomUUID } from 'node:crypto';
import { DomainError } from '@zerorouter/contracts';
import type { JobDefinition } from '@zerorouter/contracts';
import type { JobsOptions } from 'bullmq';
import type { z } from 'zod';
import { currentOrigin } from '../telemetry/origin.js';
import { SpanKind, withSpan } from '../telemetry/tracing.js';
import type { OutcomeInbox } from './outcome-inbox.js';
import type { DriverQueue, JobEnvelope, QueueDriver } from './queue-driver.js';

/** Finished jobs without text stay for a week, at most this many, for people to look at. */
const KEPT_JOBS = { age: 7 * 24 * 3600, count: 1_000 };

export interface AddOptions {
  /** A job whose id is there already is not added again. */
  jobId?: string;
  /** 1 is the most urgent; jobs without a priority come before all that have one. */
  priority?: number;
}

export interface WaitOptions extends AddOptions {
  /** Instead of the definition's own. */
  timeoutMs?: number;
}

/** Adds jobs of one kind. Payloads are checked before they enter the queue. */
export class JobProducer<Payload extends z.ZodType, Result extends z.ZodType> {
  constructor(
    private readonly job: JobDefinition<Payload, Result>,
    private readonly driver: QueueDriver,
    private readonly queue: DriverQueue,
    private readonly inbox: OutcomeInbox | null,
  ) {}

  /**
   * Adds a job and leaves it to the workers.
   * @returns its id.
   * @throws DomainError `queue-unavailable`
   */
  async add(payload: z.input<Payload>, options: AddOptions = {}): Promise<string> {
    const jobId = options.jobId ?? randomUUID();
    await this.enqueue(jobId, { payload: this.job.payload.parse(payload) }, options);
    return jobId;
  }

  /**
   * Adds a job and waits for what the worker makes of it.
   * @throws DomainError `queue-timeout` (the job is taken back when it has not begun),
   *   `queue-unavailable`, or `job-failed` with the worker's message.
   */
  async addAndWait(
    payload: z.input<Payload>,
    options: WaitOptions = {},
  ): Promise<z.output<Result>> {
    const { inbox } = this;
    if (inbox === null)
      throw new DomainError('queue-unavailable', 'this process was opened without an inbox');
    if (!inbox.listening) throw unavailable(this.job.queue, 'outcomes cannot be received');
    const jobId = options.jobId ?? randomUUID();
    const timeoutMs = options.timeoutMs ?? this.job.timeoutMs;
    const envelope = { payload: this.job.payload.parse(payload), replyTo: inbox.address };

    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () =>
          reject(
            new DomainError(
              'queue-timeout',
              `no worker finished a "${this.job.queue}" job within ${timeoutMs} ms; is one running?`,
              { details: { queue: this.job.queue, timeoutMs } },
            ),
          ),
        timeoutMs,
      );
    });
    // Subscribed before the job exists: its outcome cannot be missed.
    const outcome = inbox.expect(jobId);
    try {
      const finished = this.enqueue(jobId, envelope, options).then(() => outcome);
      return this.job.result.parse(await Promise.race([finished, outcome, deadline]));
    } catch (error) {
      inbox.forget(jobId);
      if (error instanceof DomainError && error.code === 'queue-timeout') this.takeBack(jobId);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Adds a job now and every so often from then on, whichever processes run: the same job scheduled by several of
   * them is one schedule, and the last one's interval counts.
   * @param everyMs null = no more.
   * @throws DomainError `queue-unavailable`
   */
  async schedule(everyMs: number | null, payload: z.input<Payload>): Promise<void> {
    const { queue } = this.job;
    try {
      if (everyMs === null) await this.queue.removeJobScheduler(queue);
      else
        await this.queue.upsertJobScheduler(
          queue,
          { every: everyMs },
          {
            name: queue,
            data: { payload: this.job.payload.parse(payload) },
            opts: this.jobOptions(),
          },
        );
    } catch (error) {
      throw unavailable(queue, error instanceof Error ? error.message : String(error), error);
    }
  }

  /** Jobs that wait for a worker. */
  waiting(): Promise<number> {
    return this.queue.count();
  }

  /** The job's origin is the span that sends it: what a worker does continues the trace. */
  private enqueue(jobId: string, envelope: JobEnvelope, options: AddOptions): Promise<void> {
    const { queue } = this.job;
    return withSpan(
      `send ${queue}`,
      { kind: SpanKind.PRODUCER, attributes: queueAttributes(queue, jobId) },
      () => this.addToQueue(jobId, { ...envelope, origin: currentOrigin() }, options),
    );
  }

  private async addToQueue(
    jobId: string,
    envelope: JobEnvelope,
    { priority }: AddOptions,
  ): Promise<void> {
    if (!this.driver.available) throw unavailable(this.job.queue, 'its connection is down');
    const { queue } = this.job;
    const options: JobsOptions = {
      jobId,
      ...this.jobOptions(),
      ...(priority === undefined ? {} : { priority }),
    };
    try {
      await this.queue.add(queue, envelope, options);
    } catch (error) {
      throw unavailable(queue, error instanceof Error ? error.message : String(error), error);
    }
  }

  private jobOptions() {
    const { retry, carriesText, repeatable = false } = this.job;
    const leavesNoTrace = carriesText || repeatable;
    return {
      attempts: retry.attempts,
      backoff: { type: 'exponential', delay: retry.backoffMs },
      removeOnComplete: leavesNoTrace ? true : KEPT_JOBS,
      removeOnFail: leavesNoTrace ? true : KEPT_JOBS,
    };
  }

  /** Text must not lie about in a queue that nobody works on. A job that has begun stays locked. */
  private takeBack(jobId: string): void {
    this.queue.remove(jobId).catch(() => undefined);
  }
}

/** After the semantic conventions for messaging. */
export function queueAttributes(queue: string, jobId: string): Record<string, string> {
  return {
    'messaging.system': 'bullmq',
    'messaging.destination.name': queue,
    'messaging.message.id': jobId,
  };
}

function unavailable(queue: string, reason: string, cause?: unknown): DomainError {
  return new DomainError(
    'queue-unavailable',
    `the queue "${queue}" cannot be reached (${reason}); see that Postgres or Redis is up`,
    { details: { queue }, cause },
  );
}
