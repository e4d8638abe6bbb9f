import { z } from 'zod';
import { hardConstraintsSchema, policySelectorSchema } from './route.js';

/** A policy to be judged by what was logged under others. Nothing is asked of a model. */
export const policyEvaluationRequestSchema = z.strictObject({
  policy: policySelectorSchema,
  /** On top of the policy's own. */
  constraints: hardConstraintsSchema.optional(),
  /** Decisions from then on, and before then. */
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  /** The newest decisions whose answers were judged, at most. */
  limit: z.number().int().min(1).max(5_000).default(1_000),
});
export type PolicyEvaluationRequest = z.infer<typeof policyEvaluationRequestSchema>;

export const estimateSchema = z.object({
  value: z.number(),
  /** Central 90%; an end is null where nothing bounds it. */
  interval: z.tuple([z.number().nullable(), z.number().nullable()]),
});
export type EstimateView = z.infer<typeof estimateSchema>;

const candidateEstimatesSchema = z.object({
  /** SNIPS: of choices that the log could contain; null where it has none of the candidate's. */
  self_normalised: estimateSchema.nullable(),
  /** With P(correct), cost and latency as predicted then for what the log does not contain. */
  doubly_robust: estimateSchema,
});

const policyValueSchema = z.object({
  /** Judged decisions that it rests on: for cost and utility, those whose costs are known. */
  decisions: z.number().int(),
  /** What the policies that decided have brought. */
  logged: estimateSchema,
  candidate: candidateEstimatesSchema,
  /** Candidate less logged, decision by decision. */
  difference: candidateEstimatesSchema,
});
export type PolicyValueView = z.infer<typeof policyValueSchema>;

export const policyEvaluationSchema = z.object({
  policy: z.string(),
  weights: z.object({ accuracy: z.number(), cost: z.number(), latency: z.number() }),
  constraints: hardConstraintsSchema,
  /** Judged decisions that the estimates rest on. */
  decisions: z.number().int(),
  /** Of the first and the last of them; null when there is none. */
  from: z.iso.datetime().nullable(),
  to: z.iso.datetime().nullable(),
  /** Judged decisions left out: the candidate would find nothing eligible. */
  undecided: z.number().int(),
  /** Judged decisions left out: profiles or space of that time are gone. */
  left_out: z.number().int(),
  /** Mean feedback or grade, 0 to 1; null when there is no decision, as those below. */
  score: policyValueSchema.nullable(),
  /** USD a decision: realised where it is known, else predicted. */
  cost_usd: policyValueSchema.nullable(),
  /** By the candidate's weights, with the score in place of P(correct). */
  utility: policyValueSchema.nullable(),
  overlap: z.object({
    /** Mean probability with which the candidate does what was done. */
    agreement: z.number(),
    /** So many decisions of the candidate's own would tell as much. */
    effective_sample_size: z.number(),
    /** Of candidate's probability ÷ propensity: about 1 where the log could contain all that the candidate chooses. */
    mean_weight: z.number(),
    /** Share of decisions that were made without chance. */
    certain: z.number(),
  }),
  /** In plain words, what the estimates cannot carry; null when nothing speaks against them. */
  warning: z.string().nullable(),
});
export type PolicyEvaluationView = z.infer<typeof policyEvaluationSchema>;

export const shadowQuerySchema = z.strictObject({
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  /** The newest decisions, at most. */
  limit: z.coerce.number().int().min(1).max(100_000).default(10_000),
});

export const shadowSummarySchema = z.object({
  /** Of the policy that decided. */
  policy: z.string(),
  data: z.array(
    z.object({
      policy: z.string(),
      /** Whether it is in shadow still. */
      current: z.boolean(),
      decisions: z.number().int(),
      /** Of those: nothing was eligible under it. */
      undecided: z.number().int(),
      /** Share of decisions with the same choice. */
      agreement: z.number(),
      /** Predicted P(correct), shadow less real, paired; null where nothing was chosen. */
      quality_difference: estimateSchema.nullable(),
      /** Predicted USD a decision, shadow less real, where both are known. */
      cost_difference_usd: estimateSchema.nullable(),
    }),
  ),
});
export type ShadowSummaryView = z.infer<typeof shadowSummarySchema>;
