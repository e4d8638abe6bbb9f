import { z } from 'zod';
import { feedbackSchema } from './feedback.js';
import { labelSchema } from './labels.js';
import { routeCandidateSchema, routeExplanationSchema, routeResponseSchema } from './route.js';

/** What came of the call that a decision was made for; absent: none was made, or it has not ended, or its gateway was killed. */
export const realisedCallSchema = z.object({
  model: z.string(),
  deployment_id: z.string().nullable(),
  status: z.number().int().nullable(),
  ending: z.enum(['complete', 'aborted', 'broken', 'refused', 'failed']),
  finish_reason: z.string().nullable(),
  tokens: z.object({
    input: z.number().int().nullable(),
    /** Of the input, found in the provider's prompt cache. */
    cached: z.number().int().nullable(),
    /** Reasoning included. */
    output: z.number().int().nullable(),
    reasoning: z.number().int().nullable(),
    /** Counted from characters: the provider has not told them. */
    estimated: z.boolean(),
  }),
  /** Null where prices are unknown. */
  cost_usd: z.number().nullable(),
  /** Beside it: what attempts that broke off may have cost. */
  lost_usd: z.number(),
  /** Null where the answer was not streamed. */
  ttft_ms: z.number().nullable(),
  total_ms: z.number(),
});
export type RealisedCall = z.infer<typeof realisedCallSchema>;

/** One call of a deployment that was made for a decision, or one that was not made. */
export const callAttemptSchema = z.object({
  model: z.string(),
  /** Id of the deployment. */
  deployment: z.string(),
  /**
   * HTTP status; `resting` (after failures) and `over-budget` = not called; else how the call failed: `connect`,
   * `timeout`, `cut`, `malformed`, `refused`, `aborted`.
   */
  outcome: z.union([z.number().int(), z.string()]),
  /** To the first byte of the answer, or to the failure. */
  ms: z.number(),
});
export type CallAttempt = z.infer<typeof callAttemptSchema>;

/** What is kept of the request: counts and hashes, and how its call went. */
export const decisionRequestSchema = z.looseObject({
  /** In their order; absent where nothing was called (`/v1/route`). */
  attempts: z.array(callAttemptSchema).optional(),
  /** Whose answer was passed on; null = nobody answered. */
  answered_by: z.string().nullable().optional(),
});

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
  /** Where the policy was rolled out; `propensity` is that of both arms together. */
  roll_out: z
    .object({ id: z.string(), arm: z.enum(['control', 'candidate']), share: z.number() })
    .optional(),
  /** What policies in shadow would have chosen, by their names; null = nothing was eligible. */
  shadows: z
    .record(
      z.string(),
      z
        .object({ model: z.string(), p_correct: z.number(), cost_usd: z.number().nullable() })
        .nullable(),
    )
    .optional(),
  /** What the configured baseline model was predicted to cost on this query, and to be. */
  baseline: z
    .object({ model: z.string(), cost_usd: z.number().nullable(), p_correct: z.number() })
    .optional(),
  /** The model that the conversation was on, which paid the price of cached input for what it had read. */
  session: z.object({ model: z.string(), seen_tokens: z.number() }).optional(),
  realised: realisedCallSchema.optional(),
  space_version: z.string(),
  profile_versions: z.record(z.string(), z.number().int()),
  overhead_ms: z.number(),
  /** SHA-256 of the conversation as the predictor reads it. */
  text_hash: z.string(),
  request: decisionRequestSchema,
});
export type Decision = z.infer<typeof decisionSchema>;

export const adminDecisionSchema = decisionSchema.extend({ key_id: z.string().nullable() });
export type AdminDecision = z.infer<typeof adminDecisionSchema>;

/** One decision with all that is known of it. */
export const decisionDetailSchema = adminDecisionSchema.extend({
  /** As `explain` would have told it then; null where the space or a profile of that time is gone. */
  explanation: routeExplanationSchema.nullable(),
  /** Oldest first. */
  feedback: z.array(feedbackSchema),
  labels: z.array(labelSchema),
});
export type DecisionDetail = z.infer<typeof decisionDetailSchema>;

export const decisionQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  /** Id of the last decision of the page before. */
  before: z.string().min(1).optional(),
  /** Only those that chose this model, by its whole name. */
  model: z.string().min(1).optional(),
  /** Only those made under this policy, by its label. */
  policy: z.string().min(1).optional(),
  /** Only those of this key. */
  key_id: z.string().min(1).optional(),
  /** Only those made from then on, and before then. */
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
});
export const decisionPageSchema = z.object({
  data: z.array(adminDecisionSchema),
  /** `before` of the next page; null on the last one. */
  next: z.string().nullable(),
});
export type DecisionPage = z.infer<typeof decisionPageSchema>;
