import type { JobDefinition } from '@zerorouter/contracts';
import type { Job } from 'bullmq';
import type { z } from 'zod';
import { redactTexts } from '../logging/redact.js';
import { currentRequestId } from '../telemetry/origin.js';

/** A job that nobody will try again. */
export interface DeadJob {
  queue: string;
  jobId: string;
  /** Texts in it are told by their length; null where it was malformed. */
  payload: object | null;
  /** Whether the payload is whole, so that the job can be done again. */
  replayable: boolean;
  code: string;
  message: string;
  attempts: number;
  requestId: string | null;
}

/** Told of what happens to the jobs of a process. Must not throw. */
export interface QueueObserver {
  /** A try has ended. @param waitedMs in the queue, before the first try; null of later ones. */
  tried?(queue: string, ok: boolean, ms: number, waitedMs: number | null): void;
  dead?(job: DeadJob): void;
}

/** Of jobs that somebody waits for, and that he has been told of, one in so many ms is kept to look at. */
const WAITED_EVERY_MS = 1_000;
const LONGEST_MESSAGE = 500;

/** Tells an observer of the jobs of one kind that failed for good. */
export class DeathNotice {
  private toldAt = -Infinity;

  constructor(
    private readonly job: JobDefinition<z.ZodType, z.ZodType>,
    private readonly observer: QueueObserver,
  ) {}

  /**
   * @param failure what went wrong, where it was expected: other errors of jobs with text may speak of anything.
   * @param awaited whether somebody has been told already: a broken worker would fail every request there is.
   */
  tell(
    bullJob: Job | undefined,
    error: Error,
    failure: { code: string; message: string } | null,
    { awaited }: { awaited: boolean },
  ): void {
    if (this.observer.dead === undefined || bullJob === undefined) return;
    if (awaited && performance.now() - this.toldAt < WAITED_EVERY_MS) return;
    this.toldAt = performance.now();
    const { queue, carriesText } = this.job;
    const envelope = bullJob.data as { payload?: unknown } | null;
    const payload = this.job.payload.safeParse(envelope?.payload);
    const message =
      failure?.message ?? (carriesText ? `${error.name}: see the log` : error.message);
    this.observer.dead({
      queue,
      jobId: bullJob.id ?? '',
      payload: payload.success ? toShow(payload.data, carriesText) : null,
      replayable: payload.success && !carriesText,
      code: failure?.code ?? 'worker-error',
      message: message.slice(0, LONGEST_MESSAGE),
      attempts: bullJob.attemptsMade,
      requestId: currentRequestId() ?? null,
    });
  }
}

function toShow(payload: unknown, carriesText: boolean): object | null {
  const shown = carriesText ? redactTexts(payload) : payload;
  return typeof shown === 'object' ? shown : { value: shown };
}
