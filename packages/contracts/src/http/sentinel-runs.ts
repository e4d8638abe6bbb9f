import { z } from 'zod';

/** Anchors that a model was asked again, to notice whether it is still what its profile says. */
export const sentinelRunSchema = z.object({
  /** Slot of time of a scheduled run; below 0 for one that was asked for. */
  slot: z.number().int(),
  space_version: z.string(),
  state: z.enum(['queued', 'running', 'finished']),
  started_at: z.iso.datetime().nullable(),
  finished_at: z.iso.datetime().nullable(),
  /** Most that its calls may have cost so far. */
  cost_usd: z.number(),
  /** What was graded. */
  answers: z.array(z.object({ anchor: z.string(), score: z.number() })),
  /** Mean score that the profile implies, and that was seen; null where nothing was answered, as those below. */
  expected: z.number().nullable(),
  observed: z.number().nullable(),
  /** Mahalanobis distance of the ability's shift, and how often a model that is what its profile says shows more. */
  distance: z.number().nullable(),
  p_value: z.number().nullable(),
  /** Why it came to nothing; null where nothing went wrong. */
  error: z.string().nullable(),
});
export type SentinelRunView = z.infer<typeof sentinelRunSchema>;
export const sentinelRunListSchema = z.object({ data: z.array(sentinelRunSchema) });
