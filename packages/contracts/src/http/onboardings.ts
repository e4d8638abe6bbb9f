import { z } from 'zod';
import { storableInteger, storableText } from './storable.js';

/** Limits and targets of one live onboarding. */
export const onboardingLimitsSchema = z.strictObject({
  /** Id or name of an anchor set of the active space; default: the one that ships. */
  anchor_set: storableText.min(1).optional(),
  /** Anchors asked, at most. */
  max_anchors: z.number().int().min(0).max(2_000).default(50),
  /** USD that the calls may cost; held even if every call were as dear as it can be. Null = no bound. */
  max_cost_usd: z.number().nonnegative().nullable().default(1),
  /** Enough is known once the expected accuracy has this standard deviation; null = ask them all. */
  target_sd: z.number().positive().max(0.5).nullable().default(null),
  /** Calls side by side. */
  concurrency: z.number().int().min(1).max(64).default(4),
  /** Longest answer, tokens. */
  max_tokens: z.number().int().min(16).max(131_072).default(2_048),
  /** Ms that one call may take, to its last byte. */
  timeout_ms: z.number().int().min(100).max(3_600_000).default(120_000),
  /** Sent with every call, `reasoning_effort` for one; what we send ourselves cannot be overruled. */
  parameters: z.record(z.string(), z.unknown()).default({}),
  /** Goes active by itself when nothing speaks against it; otherwise it waits in shadow. */
  promote: z.boolean().default(false),
});
export type OnboardingLimits = z.infer<typeof onboardingLimitsSchema>;

/** One answer collected elsewhere: its text, to be graded here, or its score. */
export const collectedResponseSchema = z
  .strictObject({
    anchor_id: storableText.min(1),
    text: storableText.max(1_000_000).optional(),
    score: z.number().min(0).max(1).optional(),
    input_tokens: storableInteger.nonnegative().optional(),
    output_tokens: storableInteger.nonnegative().optional(),
    /** Ms to the first token, and to the last. */
    ttft_ms: z.number().nonnegative().optional(),
    total_ms: z.number().nonnegative().optional(),
    cost_usd: z.number().nonnegative().optional(),
  })
  .refine((response) => response.text !== undefined || response.score !== undefined, {
    message: 'give the "text" of the answer, or its "score"',
  });
export type CollectedResponse = z.infer<typeof collectedResponseSchema>;

/** Answers collected elsewhere; none at all gives what the model's metadata tell. */
export const collectedOnboardingSchema = z.strictObject({
  anchor_set: storableText.min(1).optional(),
  responses: z
    .array(collectedResponseSchema)
    .max(10_000)
    .refine((all) => new Set(all.map(({ anchor_id }) => anchor_id)).size === all.length, {
      error: 'answers an anchor twice',
    }),
  promote: z.boolean().default(false),
});
export type CollectedOnboarding = z.infer<typeof collectedOnboardingSchema>;

/** What `POST …/onboardings` takes: limits for live calls, or `responses`. */
export const onboardingRequestSchema = z.union([collectedOnboardingSchema, onboardingLimitsSchema]);

export const onboardingQuoteSchema = z.object({
  anchor_set: z.string(),
  anchors: z.number().int(),
  /** Null where the model has no prices. */
  expected_cost_usd: z.number().nullable(),
  /** If every answer were as long as it may be. */
  highest_cost_usd: z.number().nullable(),
  /** Anchors that `max_cost_usd` pays for at expected cost. */
  affordable_anchors: z.number().int(),
  expected_minutes: z.number(),
  /** Standard deviation of the expected accuracy now, and as foreseen afterwards. */
  accuracy_sd: z.object({ before: z.number(), after: z.number() }),
});
export type OnboardingQuote = z.infer<typeof onboardingQuoteSchema>;

export const onboardingProgressSchema = z.object({
  asked: z.number().int(),
  answered: z.number().int(),
  failed: z.number().int(),
  ungradable: z.number().int(),
  spent_usd: z.number(),
  /** As it is known so far. */
  expected_accuracy: z
    .object({ value: z.number(), sd: z.number(), interval: z.tuple([z.number(), z.number()]) })
    .nullable(),
});
export type OnboardingProgress = z.infer<typeof onboardingProgressSchema>;

export const onboardingResultSchema = z.object({
  profile_version: z.number().int(),
  /** `shadow` or `active`. */
  state: z.string(),
  /** Why it is held in shadow; null = nothing speaks against it. */
  held: z.string().nullable(),
  stopped_by: z.enum(['target_sd', 'max_anchors', 'max_cost_usd', 'anchors', 'responses']),
  ability: z.object({ mean: z.array(z.number()), covariance: z.array(z.number()) }),
  expected_accuracy: z.object({
    value: z.number(),
    sd: z.number(),
    /** Central 90% interval. */
    interval: z.tuple([z.number(), z.number()]),
  }),
  anchors: z.object({
    asked: z.number().int(),
    answered: z.number().int(),
    ungradable: z.number().int(),
    failed: z.number().int(),
    held_out: z.number().int(),
  }),
  /** Calls that brought no answer, by reason. */
  failures: z.record(z.string(), z.number().int()),
  /** Share of anchors without an answer after all tries. */
  failure_rate: z.number(),
  cost_usd: z.number(),
  /** Log tokens above (or below) what the queries' level says. */
  length_offset: z.number().nullable(),
  /** Time to first token and per output token, ms, where they could be told apart. */
  latency: z
    .object({
      ttft_ms: z.number(),
      ttft_ms_per_input_token: z.number(),
      tpot_ms: z.number(),
    })
    .nullable(),
  /** Random anchors that the ability was not estimated from: what it implies of them, and what they were. */
  misfit: z
    .object({
      held_out: z.number().int(),
      implied: z.number(),
      observed: z.number(),
      /** Two-sided. */
      p_value: z.number(),
    })
    .nullable(),
  /** Mean score and what the ability implies, domain by domain. */
  domains: z.array(
    z.object({
      domain: z.string(),
      answers: z.number().int(),
      observed: z.number(),
      implied: z.number(),
    }),
  ),
});
export type OnboardingResult = z.infer<typeof onboardingResultSchema>;

export const onboardingStateSchema = z.enum([
  'queued',
  'running',
  'succeeded',
  'failed',
  'cancelled',
]);

export const onboardingSchema = z.object({
  id: z.string(),
  model_id: z.string(),
  model: z.string(),
  space_version: z.string(),
  anchor_set: z.string().nullable(),
  state: onboardingStateSchema,
  settings: z.record(z.string(), z.unknown()),
  progress: onboardingProgressSchema.nullable(),
  result: onboardingResultSchema.nullable(),
  error: z.string().nullable(),
  cost_usd: z.number(),
  created_at: z.iso.datetime(),
  finished_at: z.iso.datetime().nullable(),
});
export type OnboardingView = z.infer<typeof onboardingSchema>;
export const onboardingListSchema = z.object({ data: z.array(onboardingSchema) });
export const onboardingListQuerySchema = z.strictObject({ model_id: z.string().min(1).optional() });
