import { z } from 'zod';
import { hardConstraintsSchema, utilityWeightsSchema } from './route.js';

/** A policy's name stands in paths, in headers and behind `zerorouter/`. */
export const policyNameSchema = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, {
  error: 'must be 1 to 64 of a-z, 0-9 and . _ - and begin with a letter or a digit',
});

/**
 * What may be spent in an hour, a day or a month of UTC. Cost is then weighed at a price that is
 * learnt from the traffic, so that the budget lasts to the end of the period.
 */
export const policyBudgetSchema = z.strictObject({
  /** Predicted USD. */
  usd: z.number().positive(),
  period: z.enum(['hour', 'day', 'month']),
  /** A guess of a period's queries; default: as many as in the last one. */
  expected_queries: z.number().int().positive().optional(),
});
export type PolicyBudgetInput = z.infer<typeof policyBudgetSchema>;

/** What a named policy says: how objectives are weighed, and what is never allowed. */
export const policyRequestSchema = z.strictObject({
  weights: utilityWeightsSchema,
  constraints: hardConstraintsSchema.default({}),
  /** With it, the weights give but the first price: their ratio of cost to accuracy. */
  budget: policyBudgetSchema.optional(),
  /**
   * Policies that are decided beside it on every request and recorded, and never followed; of one that
   * has a budget the weights count alone.
   */
  shadow: z
    .array(z.string().min(1))
    .max(4)
    .refine((names) => new Set(names).size === names.length, { error: 'names a policy twice' })
    .default([]),
});
export type PolicyRequest = z.infer<typeof policyRequestSchema>;

/** `dry_run=true` checks and shows what would be stored, and stores nothing. */
export const policyQuerySchema = z.strictObject({
  dry_run: z.enum(['true', 'false']).default('false'),
});

export const policySchema = z.object({
  name: z.string(),
  /** Counts from 1; 0 for a preset, which is the same everywhere and cannot be changed. */
  version: z.number().int(),
  weights: z.object({ accuracy: z.number(), cost: z.number(), latency: z.number() }),
  constraints: hardConstraintsSchema,
  budget: policyBudgetSchema.optional(),
  shadow: z.array(z.string()),
  created_at: z.iso.datetime().nullable(),
});
export type PolicyView = z.infer<typeof policySchema>;
export const policyListSchema = z.object({ data: z.array(policySchema) });

export const policyWriteSchema = policySchema.extend({
  /** Whether it differs from the newest version; one that does not makes no new version. */
  changed: z.boolean(),
  dry_run: z.boolean(),
});
export type PolicyWriteView = z.infer<typeof policyWriteSchema>;
