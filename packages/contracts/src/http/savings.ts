import { z } from 'zod';

const usd = z.number();
const count = z.number().int();

export const savingsGroupingSchema = z.enum(['model', 'policy', 'key', 'day']);

export const savingsQuerySchema = z
  .strictObject({
    /** Default: 30 days before `to`. */
    from: z.iso.datetime({ offset: true }).optional(),
    /** Exclusive; default: now. */
    to: z.iso.datetime({ offset: true }).optional(),
    group_by: savingsGroupingSchema.default('model'),
    limit: z.coerce.number().int().min(1).max(1_000).default(100),
  })
  .refine(({ from, to }) => !from || !to || Date.parse(from) < Date.parse(to), {
    path: ['from'],
    message: 'must be before "to"',
  });

/** A saving, and how many requests it is summed over; null where there are none. */
const savingSchema = z
  .object({
    requests: count,
    baseline_usd: usd,
    router_usd: usd,
    saving_usd: usd,
    /** Of what the baseline would have cost; null where that is nothing. */
    saving_share: z.number().nullable(),
  })
  .nullable();

export const savingsRowSchema = z.object({
  /** Model, policy, id of the key, or UTC day; null in the group of calls without a key. */
  group: z.string().nullable(),
  requests: z.object({
    /** A policy decided. */
    decided: count,
    /** The request named its model. */
    pinned: count,
  }),
  /** Of the decisions: expected cost of the models chosen. */
  predicted: z.object({ requests: count, cost_usd: usd }),
  /** Of the calls that have ended. */
  realised: z.object({
    requests: count,
    cost_usd: usd,
    /** Of the requests: those whose tokens were counted from characters. */
    estimated: count,
    /** Answers whose cost nobody knows: a model without prices. */
    unpriced: count,
    /** Beside `cost_usd`: what attempts that broke off may have cost. */
    lost_usd: usd,
    tokens: z.object({
      input: z.number(),
      cached: z.number(),
      output: z.number(),
      reasoning: z.number(),
    }),
  }),
  /** Requests of which both are known: how far predictions can be trusted. */
  predicted_and_realised: z.object({
    requests: count,
    predicted_usd: usd,
    realised_usd: usd,
    /** Realised ÷ predicted. */
    ratio: z.number().nullable(),
  }),
  saving: z.object({
    /** Predicted cost of the baseline beside the predicted cost of the models chosen. */
    predicted: savingSchema,
    /** Predicted cost of the baseline beside what the calls have really cost. */
    realised: savingSchema,
  }),
  quality: z.object({
    /** Mean predicted P(correct). */
    predicted: z.number().nullable(),
    baseline_predicted: z.number().nullable(),
    /** Of the decisions that somebody has judged. */
    judged: z.object({
      requests: count,
      mean_score: z.number().nullable(),
      /** Mean predicted P(correct) of the same ones. */
      predicted: z.number().nullable(),
    }),
  }),
});
export type SavingsRowView = z.infer<typeof savingsRowSchema>;

export const savingsReportSchema = z.object({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  group_by: savingsGroupingSchema,
  /** BASELINE_MODEL as it is now; decisions keep the one of their time. */
  baseline_model: z.string().nullable(),
  total: savingsRowSchema.nullable(),
  /** Dearest first; days: oldest first. */
  data: z.array(savingsRowSchema),
});
export type SavingsReportView = z.infer<typeof savingsReportSchema>;
