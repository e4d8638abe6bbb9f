import type { Job, JobSchedulerTemplateOptions, JobsOptions, JobType } from 'bullmq';
import type { Origin } from '../telemetry/origin.js';
import type { ResultInbox, ResultSender } from './result-channel.js';

/** What travels in a job: the payload, where its outcome is awaited, and on whose behalf it is done. */
export interface JobEnvelope {
  payload: unknown;
  replyTo?: string;
  origin?: Origin;
}

export interface DriverQueue {
  add(name: string, data: JobEnvelope, options: JobsOptions): Promise<unknown>;
  remove(jobId: string): Promise<unknown>;
  upsertJobScheduler(
    id: string,
    repeat: { every: number },
    template: { name: string; data: JobEnvelope; opts: JobSchedulerTemplateOptions },
  ): Promise<unknown>;
  removeJobScheduler(id: string): Promise<unknown>;
  count(): Promise<number>;
  getJobCounts(...types: JobType[]): Promise<Record<string, number>>;
  getJobs(
    types: JobType[],
    start: number,
    end: number,
    ascending: boolean,
  ): Promise<readonly ({ timestamp: number } | undefined)[]>;
  waitUntilReady(): Promise<unknown>;
  close(): Promise<void>;
}

export interface DriverWorker {
  isRunning(): boolean;
  waitUntilReady(): Promise<unknown>;
  close(): Promise<void>;
}

export interface DriverWorkerOptions {
  concurrency: number;
  lockMs: number;
  stalledCheckMs: number;
  maxStalledCount: number;
  renewsLocks: boolean;
}

export interface DriverWorkerEvents {
  onFailed(job: Job | undefined, error: Error): void;
  onError(error: Error): void;
}

/** How urgent it is that a job survives a crash of Postgres itself, and how many events are kept. */
export interface DriverQueueTraits {
  /**
   * True for jobs whose waiter would be gone by then: they need no disk flush at each step, which is
   * most of their latency on Postgres.
   */
  ephemeral: boolean;
  /** Now and then looked into, together with others: on Postgres they share a few connections. */
  inspected?: boolean;
}

/** One queue technology: opens BullMQ's objects on it, and carries outcomes back. */
export interface QueueDriver {
  readonly kind: 'redis' | 'postgres';
  readonly sender: ResultSender;
  /** False while the connection is known to be down, so that callers need not wait to learn it. */
  readonly available: boolean;
  openQueue(name: string, traits: DriverQueueTraits): DriverQueue;
  /** When the job was added that has waited longest, ms since 1970; null where none waits. */
  oldestWaiting(name: string, queue: DriverQueue): Promise<number | null>;
  openWorker(
    name: string,
    process: (
      job: Job,
      token: string | undefined,
      signal: AbortSignal | undefined,
    ) => Promise<unknown>,
    traits: DriverQueueTraits & DriverWorkerOptions,
    events: DriverWorkerEvents,
  ): DriverWorker;
  openInbox(onMessage: (message: string) => void): Promise<ResultInbox>;
  ping(): Promise<void>;
  close(): Promise<void>;
}
