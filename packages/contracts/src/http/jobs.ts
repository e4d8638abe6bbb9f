import { z } from 'zod';

export const queueViewSchema = z.object({
  queue: z.string(),
  waiting: z.number().int(),
  active: z.number().int(),
  /** For their time: failed ones that are tried again, and scheduled ones. */
  delayed: z.number().int(),
  /** Kept by the queue for a while; jobs whose work may be added again leave no trace. */
  failed: z.number().int(),
  completed: z.number().int(),
  /** Of the job that has waited longest; null where none waits. */
  oldest_waiting_ms: z.number().nullable(),
  dead_letters: z.number().int(),
});
export type QueueView = z.infer<typeof queueViewSchema>;

export const queueListSchema = z.object({
  backend: z.enum(['redis', 'postgres']),
  data: z.array(queueViewSchema),
});
export type QueueList = z.infer<typeof queueListSchema>;

/** A job that failed for good. */
export const deadLetterSchema = z.object({
  id: z.string(),
  queue: z.string(),
  job_id: z.string(),
  /** Texts are told by their length; null where the job was malformed. */
  payload: z.unknown(),
  /** False where the payload is not whole: text is not kept. */
  replayable: z.boolean(),
  code: z.string(),
  message: z.string(),
  /** Tries of the last round. */
  attempts: z.number().int(),
  /** Rounds that ended so. */
  times: z.number().int(),
  /** Of the request that added the job, where there was one. */
  request_id: z.string().nullable(),
  failed_at: z.iso.datetime(),
});
export type DeadLetterView = z.infer<typeof deadLetterSchema>;

export const deadLetterQuerySchema = z.strictObject({
  queue: z.string().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
  /** Id of the last letter of the page before. */
  before: z.string().min(1).optional(),
});
export type DeadLetterQuery = z.output<typeof deadLetterQuerySchema>;

export const deadLetterPageSchema = z.object({
  data: z.array(deadLetterSchema),
  /** `before` of the next page; null on the last one. */
  next: z.string().nullable(),
});
export type DeadLetterPage = z.infer<typeof deadLetterPageSchema>;

/** What goes at once: one queue's letters must be named, so that a slip deletes no more than that. */
export const deadLetterPurgeSchema = z.strictObject({ queue: z.string().min(1) });

export const purgedSchema = z.object({ deleted: z.number().int() });
