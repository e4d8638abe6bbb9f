import { DomainError, isDomainError } from '@zerorouter/contracts';
import type { JobDefinition } from '@zerorouter/contracts';
import { UnrecoverableError, WaitingError } from 'bullmq';
import type { Job } from 'bullmq';
import { z } from 'zod';
import type { Logger } from '../logging/logger.js';
import { runFrom } from '../telemetry/origin.js';
import type { Origin } from '../telemetry/origin.js';
import { SpanKind, withSpan } from '../telemetry/tracing.js';
import { queueAttributes } from './job-producer.js';
import { toAsciiJson } from './message-parts.js';
import type { DriverWorker, QueueDriver } from './queue-driver.js';
import { DeathNotice } from './queue-observer.js';
import type { QueueObserver } from './queue-observer.js';
import type { JobOutcome } from './result-channel.js';

const envelopeSchema = z.object({
  payload: z.unknown(),
  replyTo: z.string().optional(),
  // Never worth a failure.
  origin: z
    .object({ requestId: z.string().optional(), traceparent: z.string().optional() })
    .optional()
    .catch(undefined),
});

/** A job that somebody waits for is worthless once this many of his timeouts have passed. */
const STALE_TIMEOUTS = 6;

export interface JobContext {
  jobId: string;
  /** 1 for the first try. */
  attempt: number;
  /** Aborts when the job should stop: the worker closes, or has lost the job to another. */
  signal: AbortSignal;
}

export type JobHandler<Payload extends z.ZodType, Result extends z.ZodType> = (
  payload: z.output<Payload>,
  context: JobContext,
) => Promise<z.input<Result>>;

export interface JobWorkerOptions {
  /** Jobs side by side; 1 unless told. */
  concurrency?: number;
  /** How long a worker that died keeps its job from others. */
  lockMs?: number;
  /** How often jobs of dead workers are looked for. */
  stalledCheckMs?: number;
  /** How many dead workers one job may survive. */
  maxStalledCount?: number;
  /** False = locks run out as if this worker had died; for tests. */
  renewsLocks?: boolean;
  /** Closing aborts what runs and puts it back, instead of waiting for it. For long jobs. */
  putBackOnClose?: boolean;
}

/**
 * Works off jobs of one kind. A malformed job fails for good, and so does one whose handler throws a
 * `DomainError`, an expected failure; anything else is tried again as the definition says. The
 * outcome goes to the waiter, if there is one, before the job counts as finished.
 */
export class JobWorker<Payload extends z.ZodType, Result extends z.ZodType> {
  private readonly worker: DriverWorker;
  private readonly closing = new AbortController();
  private readonly putBackOnClose: boolean;
  private readonly deaths: DeathNotice;

  constructor(
    private readonly job: JobDefinition<Payload, Result>,
    private readonly handle: JobHandler<Payload, Result>,
    private readonly driver: QueueDriver,
    private readonly logger: Logger,
    options: JobWorkerOptions = {},
    private readonly observer: QueueObserver = {},
  ) {
    this.deaths = new DeathNotice(job, observer);
    this.putBackOnClose = options.putBackOnClose ?? false;
    this.worker = driver.openWorker(
      job.queue,
      (bullJob, token, signal) => this.processFrom(bullJob, token, signal),
      {
        ephemeral: job.carriesText,
        concurrency: options.concurrency ?? 1,
        lockMs: options.lockMs ?? 30_000,
        stalledCheckMs: options.stalledCheckMs ?? 15_000,
        maxStalledCount: options.maxStalledCount ?? 1,
        renewsLocks: options.renewsLocks ?? true,
      },
      {
        onFailed: (bullJob, error) =>
          runFrom(originOf(bullJob), () => this.reportFailure(bullJob, error)),
        onError: (error) => logger.warn({ err: error, queue: job.queue }, 'worker'),
      },
    );
  }

  get running(): boolean {
    return this.worker.isRunning();
  }

  async waitUntilReady(): Promise<void> {
    await this.worker.waitUntilReady();
  }

  /** Takes no more jobs; resolves when those that run are done, or have been put back. */
  async close(): Promise<void> {
    if (this.putBackOnClose) this.closing.abort();
    await this.worker.close();
  }

  /** In the name of whoever added the job: its log lines, spans and jobs of its own tell so. */
  private processFrom(
    bullJob: Job,
    token: string | undefined,
    lockLost: AbortSignal | undefined,
  ): Promise<unknown> {
    const { queue } = this.job;
    return runFrom(originOf(bullJob), () =>
      withSpan(
        `process ${queue}`,
        { kind: SpanKind.CONSUMER, attributes: queueAttributes(queue, bullJob.id ?? '') },
        () => this.processTimed(bullJob, token, lockLost),
      ),
    );
  }

  private async processTimed(
    bullJob: Job,
    token: string | undefined,
    lockLost: AbortSignal | undefined,
  ): Promise<unknown> {
    const start = performance.now();
    const waitedMs =
      bullJob.attemptsMade > 0 ? null : Date.now() - bullJob.timestamp - bullJob.delay;
    const tell = (ok: boolean): void =>
      this.observer.tried?.(this.job.queue, ok, performance.now() - start, waitedMs);
    try {
      const result = await this.process(bullJob, token, lockLost);
      tell(true);
      return result;
    } catch (error) {
      // One that is put back has not failed.
      if (!(error instanceof WaitingError)) tell(false);
      throw error;
    }
  }

  private async process(
    bullJob: Job,
    token: string | undefined,
    lockLost: AbortSignal | undefined,
  ): Promise<unknown> {
    const { payload, replyTo } = this.open(bullJob);
    if (replyTo !== undefined) this.refuseStale(bullJob);
    const jobId = bullJob.id ?? '';
    const signals = [this.closing.signal, ...(lockLost === undefined ? [] : [lockLost])];
    const context = {
      jobId,
      attempt: bullJob.attemptsMade + 1,
      signal: signals.length === 1 ? this.closing.signal : AbortSignal.any(signals),
    };
    try {
      const result = await this.handle(payload, context);
      if (replyTo !== undefined) await this.send(replyTo, { jobId, ok: true, result });
      // Kept with the job, unless a waiter has it: it would only pass through the event stream.
      return replyTo === undefined ? result : null;
    } catch (error) {
      if (this.closing.signal.aborted) {
        await bullJob.moveToWait(token);
        throw new WaitingError();
      }
      if (isDomainError(error)) throw new PermanentFailure(error);
      throw error;
    }
  }

  private open(bullJob: Job): { payload: z.output<Payload>; replyTo: string | undefined } {
    const envelope = envelopeSchema.safeParse(bullJob.data);
    const payload = this.job.payload.safeParse(envelope.data?.payload);
    if (envelope.success && payload.success)
      return { payload: payload.data, replyTo: envelope.data.replyTo };
    const issues = z.prettifyError(envelope.error ?? payload.error ?? new z.ZodError([]));
    throw new PermanentFailure(
      new DomainError('malformed-job', `a "${this.job.queue}" job is malformed:\n${issues}`),
    );
  }

  private refuseStale(bullJob: Job): void {
    const ageMs = Date.now() - bullJob.timestamp;
    if (ageMs <= this.job.timeoutMs * STALE_TIMEOUTS) return;
    throw new PermanentFailure(
      new DomainError('stale-job', `nobody waits for this job any more: it is ${ageMs} ms old`),
    );
  }

  /** Tells the waiter once no try is left. Also called for jobs that were given up as stalled. */
  private reportFailure(bullJob: Job | undefined, error: Error): void {
    const triesLeft =
      bullJob !== undefined &&
      !(error instanceof UnrecoverableError) &&
      bullJob.attemptsMade < (bullJob.opts.attempts ?? 1);
    this.logger[triesLeft ? 'info' : 'warn'](
      { err: error, queue: this.job.queue, jobId: bullJob?.id, attempt: bullJob?.attemptsMade },
      triesLeft ? 'job failed, will be tried again' : 'job failed for good',
    );
    if (triesLeft) return;
    const failure = error instanceof PermanentFailure ? error.failure : null;
    const replyTo = envelopeSchema.safeParse(bullJob?.data).data?.replyTo;
    this.deaths.tell(bullJob, error, failure, { awaited: replyTo !== undefined });
    if (replyTo === undefined) return;
    // What was not expected may speak of anything: it is for the log alone.
    const { code, message } = failure ?? {
      code: 'worker-error',
      message: `a "${this.job.queue}" worker failed; its log says why`,
    };
    const outcome = { jobId: bullJob?.id ?? '', ok: false, code, message } as const;
    this.send(replyTo, outcome).catch((sendError: unknown) =>
      this.logger.warn({ err: sendError, queue: this.job.queue }, 'outcome could not be sent'),
    );
  }

  private send(replyTo: string, outcome: JobOutcome): Promise<void> {
    return this.driver.sender.send(replyTo, toAsciiJson(outcome));
  }
}

function originOf(bullJob: Job | undefined): Origin {
  return envelopeSchema.safeParse(bullJob?.data).data?.origin ?? {};
}

/** Carries a domain error through BullMQ as one that is not worth another try. */
class PermanentFailure extends UnrecoverableError {
  constructor(readonly failure: DomainError) {
    super(failure.message);
  }
}
