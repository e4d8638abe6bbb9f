import { z } from 'zod';

const textPart = z.looseObject({ type: z.string() });

/** One turn of a conversation, as in the OpenAI chat API; unknown fields pass. */
export const chatMessageSchema = z.looseObject({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool', 'function']),
  content: z.union([z.string(), z.array(textPart), z.null()]).optional(),
});
export type ChatMessage = z.infer<typeof chatMessageSchema>;

export const utilityWeightsSchema = z
  .strictObject({
    accuracy: z.number().min(0),
    cost: z.number().min(0),
    latency: z.number().min(0),
  })
  .refine((weights) => weights.accuracy + weights.cost + weights.latency > 0, {
    message: 'at least one weight must be above 0',
  });

/** A policy by name, by weights, or by a dial from 0 (cheapest) to 1 (most accurate). */
export const policySelectorSchema = z.union([
  z.string().min(1),
  z.strictObject({ weights: utilityWeightsSchema }),
  z.strictObject({ dial: z.number().min(0).max(1) }),
]);
export type PolicySelector = z.infer<typeof policySelectorSchema>;

export const hardConstraintsSchema = z.strictObject({
  /** Predicted USD of the call. */
  max_cost_usd: z.number().positive().optional(),
  /** Predicted p95 end-to-end latency, ms. */
  max_latency_ms: z.number().positive().optional(),
  /** Lower bound of the 90% interval of P(correct). */
  min_accuracy: z.number().min(0).max(1).optional(),
});

export const routeRequestSchema = z
  .strictObject({
    query: z.string().optional(),
    messages: z.array(chatMessageSchema).min(1).optional(),
    system: z.string().optional(),
    tools: z.array(z.looseObject({})).optional(),
    response_format: z.looseObject({}).optional(),
    max_tokens: z.number().int().positive().optional(),
    models: z.array(z.string().min(1)).min(1).optional(),
    policy: policySelectorSchema.optional(),
    constraints: hardConstraintsSchema.optional(),
    session_id: z.string().min(1).max(256).optional(),
    explain: z.boolean().optional(),
  })
  .refine((request) => (request.query === undefined) !== (request.messages === undefined), {
    message:
      'give either "query" (a text) or "messages" (a conversation), not both and not neither',
  });
export type RouteRequest = z.infer<typeof routeRequestSchema>;

export const routeCandidateSchema = z.object({
  model: z.string(),
  p_correct: z.number().gt(0).lt(1),
  interval: z.tuple([z.number(), z.number()]),
  cost_usd: z.number().nullable(),
  latency_ms: z.number().nullable(),
  output_tokens: z.number().nullable(),
  utility: z.number().nullable(),
  excluded: z.string().optional(),
});
export type RouteCandidate = z.infer<typeof routeCandidateSchema>;

/** How a forecast came about: P(correct) = σ(logit / √(1 + π·variance/8)), logit = Σ contributions − difficulty. */
export const routeExplanationSchema = z.object({
  formula: z.string(),
  difficulty: z.number(),
  /** Var(d̂), the query's own share of each variance, logit². */
  difficulty_variance: z.number(),
  candidates: z.array(
    z.object({
      model: z.string(),
      /** α_k·θ_k, one per latent axis. */
      contributions: z.array(z.number()),
      logit: z.number(),
      /** αᵀCα + Var(d̂), logit². */
      variance: z.number(),
      /** The terms whose sum is the utility; null for excluded models. */
      utility_terms: z
        .object({ accuracy: z.number(), cost: z.number(), latency: z.number() })
        .nullable(),
    }),
  ),
});
export type RouteExplanation = z.infer<typeof routeExplanationSchema>;

export const routeResponseSchema = z.object({
  decision_id: z.string(),
  model: z.string(),
  fallbacks: z.array(z.string()),
  candidates: z.array(routeCandidateSchema),
  query: z.object({
    difficulty: z.number(),
    discrimination: z.array(z.number()),
    tokens: z.number(),
    in_domain: z.number(),
  }),
  reason: z.string(),
  policy: z.string(),
  space_version: z.string(),
  /** From the request's arrival until the decision, without the commit of its record. */
  overhead_ms: z.number(),
  explanation: routeExplanationSchema.optional(),
});
export type RouteResponse = z.infer<typeof routeResponseSchema>;
