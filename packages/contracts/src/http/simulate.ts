import { z } from 'zod';
import { hardConstraintsSchema, policySelectorSchema, routeCandidateSchema } from './route.js';

const pricesSchema = z.strictObject({
  /** USD per million tokens. */
  input_per_mtok: z.number().nonnegative(),
  output_per_mtok: z.number().nonnegative(),
});

/** A change of models, policy or latent space, to be tried on stored decisions. No model is called. */
export const simulateRequestSchema = z.strictObject({
  /** The newest decisions of the active space, at most. */
  limit: z.number().int().min(1).max(2_000).default(500),
  /** Id of a decision: only older ones. */
  before: z.string().min(1).optional(),
  /**
   * A space, a draft for one, whose active profiles, scales and guarantee are tried on the latents of
   * the active space's decisions; one of the two must have been linked to the other.
   */
  space_version: z.string().min(1).optional(),
  /** In place of each decision's own. */
  policy: policySelectorSchema.optional(),
  constraints: hardConstraintsSchema.optional(),
  /** Globs of models that are taken away. */
  remove: z.array(z.string().min(1)).optional(),
  reprice: z.record(z.string(), pricesSchema).optional(),
  /** Stored profiles of whatever state by name; or, with `like`, copies under another name. */
  add: z
    .array(
      z.strictObject({
        model: z.string().min(1),
        like: z.string().min(1).optional(),
        prices: pricesSchema.optional(),
      }),
    )
    .optional(),
});
export type SimulateRequest = z.infer<typeof simulateRequestSchema>;

const outcomeSchema = z.object({
  /** Mean P(correct) of the chosen models; null when nothing was chosen, like the latency. */
  mean_accuracy: z.number().nullable(),
  /** Σ of the predicted costs that are known. */
  cost_usd: z.number(),
  mean_latency_ms: z.number().nullable(),
  /** Decisions for which no model was eligible. */
  undecided: z.number().int(),
  /** Decisions by chosen model. */
  models: z.record(z.string(), z.number().int()),
});
export type SimulatedOutcome = z.infer<typeof outcomeSchema>;

export const simulateResponseSchema = z.object({
  /** Of the decisions. */
  space_version: z.string(),
  scenario_space_version: z.string(),
  decisions: z.number().int(),
  /** With today's profiles and each decision's own policy. */
  baseline: outcomeSchema,
  /** With the changes. */
  scenario: outcomeSchema,
  /** Decisions that fall otherwise, by model before and after. */
  moves: z.array(
    z.object({
      from: z.string().nullable(),
      to: z.string().nullable(),
      decisions: z.number().int(),
    }),
  ),
  /** What can be had with the scenario's models, cheapest first: no point is beaten by another. */
  frontier: z.array(
    z.object({ dial: z.number(), mean_accuracy: z.number(), cost_usd: z.number() }),
  ),
});
export type SimulateResponse = z.infer<typeof simulateResponseSchema>;

/** A decision computed anew from its record, and from the profiles of that time. */
export const replaySchema = z.object({
  decision_id: z.string(),
  /** Whether the choice, its propensity, and all candidates in their order are those of the record. */
  same: z.boolean(),
  /** Whether they were compared to the last bit: a record of before that was possible has six digits. */
  to_the_bit: z.boolean(),
  recorded_model: z.string(),
  model: z.string().nullable(),
  /** Candidates that differ in their first six digits. */
  differences: z.array(
    z.object({ recorded: routeCandidateSchema.nullable(), replayed: routeCandidateSchema }),
  ),
});
export type ReplayView = z.infer<typeof replaySchema>;
