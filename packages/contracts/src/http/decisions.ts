import { z } from 'zod';
import { routeCandidateSchema, routeResponseSchema } from './route.js';

/** A decision as it was stored: latents, hashes and counts, never the text. */
export const decisionSchema = z.object({
  decision_id: z.string(),
  created_at: z.iso.datetime(),
  model: z.string(),
  policy: z.string(),
  weights: z.object({ accuracy: z.number(), cost: z.number(), latency: z.number() }),
  constraints: z.record(z.string(), z.number()),
  candidates: z.array(routeCandidateSchema),
  query: routeResponseSchema.shape.query,
  reason: z.string(),
  /** Probability with which the policy chose this model. */
  propensity: z.number(),
  /** What weighed cost, where the policy has a budget. */
  budget: z
    .object({
      /** P(correct) that a USD had to buy. */
      price: z.number(),
      /** USD that was left for this decision. */
      left_usd: z.number(),
      period_ends_at: z.iso.datetime(),
    })
    .optional(),
  /** Limits of the exploration, where it is on, and the number in [0, 1) that was drawn. */
  exploration: z
    .object({
      share: z.number(),
      max_regret: z.number(),
      young_from: z.number(),
      draw: z.number(),
    })
    .optional(),
  space_version: z.string(),
  profile_versions: z.record(z.string(), z.number().int()),
  overhead_ms: z.number(),
  /** SHA-256 of the conversation as the predictor reads it. */
  text_hash: z.string(),
  request: z.record(z.string(), z.unknown()),
});
export type Decision = z.infer<typeof decisionSchema>;

export const adminDecisionSchema = decisionSchema.extend({ key_id: z.string().nullable() });
export type AdminDecision = z.infer<typeof adminDecisionSchema>;

export const decisionQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  /** Id of the last decision of the page before. */
  before: z.string().min(1).optional(),
});
export const decisionPageSchema = z.object({
  data: z.array(adminDecisionSchema),
  /** `before` of the next page; null on the last one. */
  next: z.string().nullable(),
});
export type DecisionPage = z.infer<typeof decisionPageSchema>;
