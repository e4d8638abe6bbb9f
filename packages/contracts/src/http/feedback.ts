import { z } from 'zod';
import { storableInteger, storableText } from './storable.js';

/** How good the answer was that a decision has led to. */
export const feedbackRequestSchema = z.strictObject({
  decision_id: storableText.min(1).max(100),
  /** 0 = wrong, 1 = right; what lies between counts as that share of right. */
  score: z.number().min(0).max(1),
  /** Who judges: `user`, `unit-tests`, the name of a judge model, … How it errs is learnt by this name. */
  source: storableText.trim().min(1).max(200),
  /** Tokens of the answer, where they are known: tells when a model has become wordier. */
  output_tokens: storableInteger.min(1).optional(),
});
export type FeedbackRequest = z.infer<typeof feedbackRequestSchema>;

export const feedbackStateSchema = z.enum(['pending', 'learned', 'quarantined', 'ignored']);

export const feedbackSchema = z.object({
  id: z.string(),
  decision_id: z.string(),
  /** The model that answered, whose profile learns: a fallback where the chosen one failed. Null = none did, or it is gone. */
  model_id: z.string().nullable(),
  score: z.number(),
  source: z.string(),
  source_id: z.string(),
  output_tokens: z.number().int().nullable(),
  /**
   * `pending` until the profiler has learnt from it; `quarantined`: its source is not trusted; `ignored`: no model
   * answered, or it had no profile in traffic or in shadow, or it was discarded.
   */
  state: feedbackStateSchema,
  created_at: z.iso.datetime(),
  settled_at: z.iso.datetime().nullable(),
});
export type FeedbackView = z.infer<typeof feedbackSchema>;

/** One who judges; two keys that use the same name are two. */
export const feedbackSourceSchema = z.object({
  id: z.string(),
  name: z.string(),
  key_id: z.string().nullable(),
  trusted: z.boolean(),
  /** Why it is not trusted; null = it is. */
  reason: z.string().nullable(),
  quarantined_at: z.iso.datetime().nullable(),
  created_at: z.iso.datetime(),
  /** How much feedback it has given, by what became of it. */
  feedback: z.record(feedbackStateSchema, z.number().int()),
});
export type FeedbackSourceView = z.infer<typeof feedbackSourceSchema>;
export const feedbackSourceListSchema = z.object({ data: z.array(feedbackSourceSchema) });

export const releaseRequestSchema = z.strictObject({
  /** Whether what it said in quarantine is learnt after all; otherwise it is discarded. */
  learn: z.boolean().default(false),
});
export type ReleaseRequest = z.infer<typeof releaseRequestSchema>;
export const releaseSchema = z.object({
  id: z.string(),
  /** Models whose profiles will learn from it now. */
  models: z.array(z.string()),
});
export type ReleaseView = z.infer<typeof releaseSchema>;
