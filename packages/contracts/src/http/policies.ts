import { z } from 'zod';
import { hardConstraintsSchema, utilityWeightsSchema } from './route.js';

/** A policy's name stands in paths, in headers and behind `zerorouter/`. */
export const policyNameSchema = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, {
  error: 'must be 1 to 64 of a-z, 0-9 and . _ - and begin with a letter or a digit',
});

/** What a named policy says: how objectives are weighed, and what is never allowed. */
export const policyRequestSchema = z.strictObject({
  weights: utilityWeightsSchema,
  constraints: hardConstraintsSchema.default({}),
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
