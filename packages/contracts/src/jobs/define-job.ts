import type { z } from 'zod';

/** Retry policy of a job: attempts in all, and the base of an exponential back-off in ms. */
export interface JobRetry {
  attempts: number;
  backoffMs: number;
}

/**
 * One kind of job: the queue that it travels on, the schemas of what goes in and comes out, and how
 * often it is tried. Definitions only; the platform package turns them into producers and workers.
 */
export interface JobDefinition<Payload extends z.ZodType, Result extends z.ZodType> {
  queue: string;
  payload: Payload;
  result: Result;
  retry: JobRetry;
  /** Ms after which the one who waits for the result gives up. */
  timeoutMs: number;
  /** True when the payload holds query text: such a job is removed on completion and on failure. */
  carriesText: boolean;
  /**
   * True when a finished job must leave no trace, because the same work may be added again under the
   * same id; jobs with text leave none anyway. Others are kept for a while, for people to look at.
   */
  repeatable?: boolean;
}

export type JobPayload<Job> =
  Job extends JobDefinition<infer Payload, z.ZodType> ? z.infer<Payload> : never;
export type JobResult<Job> =
  Job extends JobDefinition<z.ZodType, infer Result> ? z.infer<Result> : never;

export function defineJob<Payload extends z.ZodType, Result extends z.ZodType>(
  definition: JobDefinition<Payload, Result>,
): JobDefinition<Payload, Result> {
  return definition;
}
