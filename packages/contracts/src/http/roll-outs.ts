import { z } from 'zod';
import { hardConstraintsSchema, utilityWeightsSchema } from './route.js';
import { storableInteger, storableText } from './storable.js';

/** Another policy, or one of its versions, or what a policy could say. */
const candidateSchema = z.union([
  z.strictObject({
    policy: storableText.min(1),
    /** Default: the newest. */
    version: storableInteger.positive().optional(),
  }),
  z.strictObject({
    weights: utilityWeightsSchema,
    constraints: hardConstraintsSchema.default({}),
  }),
]);
export type RollOutCandidateInput = z.infer<typeof candidateSchema>;

/** A candidate is to decide a share of a policy's traffic, until it is finished, aborted or rolled back. */
export const rollOutRequestSchema = z.strictObject({
  candidate: candidateSchema,
  share: z.number().gt(0).max(1),
  /** What stays with one policy: a session (a request without one stands alone), a key, or each decision alone. */
  unit: z.enum(['session', 'key', 'decision']).default('session'),
  /** Largest drop of the mean feedback score that is tolerated. */
  quality_bound: z.number().gt(0).lt(1),
  /** Judged units of either arm before it may be rolled back by itself. */
  min_feedback: z.number().int().min(1).max(1_000_000).default(30),
  /** With which it must be sure that the drop is larger. */
  confidence: z.number().min(0.5).lt(1).default(0.95),
});
export type RollOutRequest = z.infer<typeof rollOutRequestSchema>;

const armSchema = z.object({
  /** Units whose first judged answer counts. */
  scores: z.number().int(),
  mean: z.number().nullable(),
});

export const rollOutSchema = z.object({
  id: z.string(),
  policy: z.string(),
  state: z.enum(['running', 'finished', 'aborted', 'rolled_back']),
  control: z.object({
    version: z.number().int(),
    weights: z.object({ accuracy: z.number(), cost: z.number(), latency: z.number() }),
    constraints: hardConstraintsSchema,
  }),
  candidate: z.object({
    /** `thrifty@3`, or `weights`. */
    label: z.string(),
    weights: z.object({ accuracy: z.number(), cost: z.number(), latency: z.number() }),
    constraints: hardConstraintsSchema,
  }),
  share: z.number(),
  unit: z.enum(['session', 'key', 'decision']),
  quality_bound: z.number(),
  min_feedback: z.number().int(),
  confidence: z.number(),
  /** What the answers of both arms were worth when a sweep last looked; null until then. */
  evidence: z
    .object({
      control: armSchema,
      candidate: armSchema,
      /** Of the means' difference, candidate less control; each end holds at all times with the confidence. */
      interval: z.tuple([z.number(), z.number()]),
    })
    .nullable(),
  created_at: z.iso.datetime(),
  /** Null while it runs. */
  ended_at: z.iso.datetime().nullable(),
});
export type RollOutView = z.infer<typeof rollOutSchema>;
export const rollOutListSchema = z.object({ data: z.array(rollOutSchema) });
