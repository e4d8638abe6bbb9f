import { z } from 'zod';
import {
  chatMessageSchema,
  hardConstraintsSchema,
  policySelectorSchema,
  utilityWeightsSchema,
} from './route.js';
import { storableText } from './storable.js';

/**
 * One query of a batch: a route request without what holds for the batch as a whole (the policy) or
 * has no meaning in one (`session_id`, `explain`).
 */
export const batchItemSchema = z
  .strictObject({
    /** Names the item in the results; unique in its batch. */
    custom_id: storableText.min(1).max(256),
    query: z.string().optional(),
    messages: z.array(chatMessageSchema).min(1).optional(),
    system: z.string().optional(),
    tools: z.array(z.looseObject({})).optional(),
    response_format: z.looseObject({}).optional(),
    max_tokens: z.number().int().positive().optional(),
    models: z.array(storableText.min(1)).min(1).optional(),
    constraints: hardConstraintsSchema.optional(),
  })
  .refine((item) => (item.query === undefined) !== (item.messages === undefined), {
    message:
      'give either "query" (a text) or "messages" (a conversation), not both and not neither',
  });
export type BatchItemInput = z.infer<typeof batchItemSchema>;

/** What must hold over the batch as a whole. */
export const batchConstraintsSchema = z.strictObject({
  /** Predicted USD of all calls together. */
  budget_usd: z.number().nonnegative().optional(),
  /** Most calls by model; models that are not named have no bound. */
  capacity: z.record(storableText.min(1), z.number().int().nonnegative()).optional(),
  /** Mean of P(correct) over the batch; then the cheapest way to it is sought. */
  min_accuracy: z.number().min(0).max(1).optional(),
  /** Predicted end-to-end latency of every call, ms. */
  max_latency_ms: z.number().positive().optional(),
});
export type BatchConstraintsInput = z.infer<typeof batchConstraintsSchema>;

export const batchRequestSchema = z.strictObject({
  items: z.array(batchItemSchema).min(1),
  policy: policySelectorSchema.optional(),
  constraints: batchConstraintsSchema.optional(),
});
export type BatchRequest = z.infer<typeof batchRequestSchema>;

/** The query string of an upload as NDJSON; for JSON, whose body holds both, there is none. */
export const batchQuerySchema = z.strictObject({
  /** A name, or `{"weights":…}` or `{"dial":…}` as JSON. */
  policy: z.string().min(1).optional(),
  /** The constraints as one JSON object. */
  constraints: z.string().min(1).optional(),
  /** Or each by itself, as a number. */
  budget_usd: z.string().optional(),
  min_accuracy: z.string().optional(),
  max_latency_ms: z.string().optional(),
  /** `MODEL=N`, repeated for several models. */
  capacity: z.union([z.string(), z.array(z.string())]).optional(),
});
export type BatchQuery = z.infer<typeof batchQuerySchema>;

export const batchStateSchema = z.enum([
  'queued',
  'predicting',
  'optimizing',
  'completed',
  'failed',
  'cancelled',
]);

export const batchSchema = z.object({
  id: z.string(),
  state: batchStateSchema,
  counts: z.object({
    total: z.number().int(),
    /** Items whose latents are known. */
    predicted: z.number().int(),
    /** Items that have a model. */
    succeeded: z.number().int(),
    failed: z.number().int(),
  }),
  /** Share of the items that are predicted or have failed, 0 to 1. */
  progress: z.number().min(0).max(1),
  policy: z.object({ label: z.string(), weights: utilityWeightsSchema }),
  constraints: batchConstraintsSchema,
  space_version: z.string(),
  /** Null until the batch is completed, like what follows. */
  totals: z
    .object({
      /** Σ P(correct) over the items that have a model. */
      expected_correct: z.number(),
      mean_accuracy: z.number().nullable(),
      /** Null where the cost of a chosen model is unknown. */
      cost_usd: z.number().nullable(),
      /** Items by chosen model. */
      calls: z.record(z.string(), z.number().int()),
    })
    .nullable(),
  /** How the models were chosen. */
  method: z.string().nullable(),
  /** What a little more of each bound would bring. */
  shadow_prices: z
    .object({
      /** Expected correct answers per further USD. */
      budget_usd: z.number().optional(),
      /** Expected correct answers per further call, by model. */
      capacity: z.record(z.string(), z.number()).optional(),
      /** USD per further 0.01 of mean accuracy. */
      min_accuracy: z.number().optional(),
    })
    .nullable(),
  /** Bound of (optimum − value) / optimum. */
  gap_bound: z.number().nullable(),
  /** Why the batch failed. */
  error: z.looseObject({ code: z.string(), message: z.string() }).nullable(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
  finished_at: z.iso.datetime().nullable(),
  /** When the texts are due to be deleted, and when they were. */
  expires_at: z.iso.datetime(),
  texts_deleted_at: z.iso.datetime().nullable(),
});
export type BatchView = z.infer<typeof batchSchema>;

export const batchListQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  /** Id of the last batch of the page before. */
  before: z.string().min(1).optional(),
});
export const batchPageSchema = z.object({
  data: z.array(batchSchema),
  /** `before` of the next page; null on the last one. */
  next: z.string().nullable(),
});

/** One line of the results, in the order of the items. */
export const batchResultSchema = z.object({
  custom_id: z.string(),
  index: z.number().int(),
  /** `cancelled` where the batch was before the item had a model. */
  status: z.enum(['succeeded', 'failed', 'cancelled']),
  model: z.string().nullable(),
  p_correct: z.number().nullable(),
  cost_usd: z.number().nullable(),
  latency_ms: z.number().nullable(),
  error: z.looseObject({ code: z.string(), message: z.string() }).optional(),
});
export type BatchResult = z.infer<typeof batchResultSchema>;
