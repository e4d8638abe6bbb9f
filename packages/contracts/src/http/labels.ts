import { z } from 'zod';
import { policySelectorSchema } from './route.js';
import { storableText } from './storable.js';

/** Asks which answers to grade. */
export const labelSuggestionsRequestSchema = z.strictObject({
  /** Most suggestions. */
  limit: z.number().int().min(1).max(200).default(40),
  /** Routing by this policy is to improve; absent = by each decision's own. */
  policy: policySelectorSchema.optional(),
  /** Only decisions from then on; the newest 2,000 count at most. */
  since: z.iso.datetime({ offset: true }).optional(),
  /** Key whose decisions are meant; absent = the caller's own. */
  key_id: storableText.min(1).max(100).optional(),
});
export type LabelSuggestionsRequest = z.infer<typeof labelSuggestionsRequestSchema>;

export const labelSuggestionsSchema = z.object({
  space_version: z.string(),
  /** How many decisions there were to choose from. */
  decisions: z.number().int(),
  /** The most telling first. Texts are not kept: `text_hash` and the id tell which query it is. */
  suggestions: z.array(
    z.object({
      decision_id: z.string(),
      created_at: z.iso.datetime(),
      /** SHA-256 of the conversation as the predictor reads it. */
      text_hash: z.string(),
      chosen_model: z.string(),
      /** Whose answer to grade: the chosen model's or a rival's. */
      model: z.string(),
      /** By how much the regret is expected to fall, in utility per decision. */
      expected_gain: z.number(),
    }),
  ),
});
export type LabelSuggestions = z.infer<typeof labelSuggestionsSchema>;

/** Grades of models on the queries of decisions. */
export const labelsRequestSchema = z.strictObject({
  labels: z
    .array(
      z.strictObject({
        decision_id: storableText.min(1).max(100),
        /** Any model that is routed to or in shadow, by its name. */
        model: storableText.min(1).max(500),
        /** 0 = wrong, 1 = right; what lies between counts as that share of right. */
        score: z.number().min(0).max(1),
      }),
    )
    .min(1)
    .max(200)
    .superRefine((labels, context) => {
      const seen = new Set<string>();
      for (const [i, { decision_id, model }] of labels.entries()) {
        const pair = JSON.stringify([decision_id, model]);
        if (seen.has(pair))
          context.addIssue({
            code: 'custom',
            path: [i],
            message: 'the same model is graded on the same decision before',
          });
        seen.add(pair);
      }
    }),
});
export type LabelsRequest = z.infer<typeof labelsRequestSchema>;

const effectSchema = z.object({
  /** Expected utility per decision that is forgone because abilities are uncertain, before and after. */
  regret_before: z.number(),
  regret_after: z.number(),
  /** The difference: below 0 where a grade has shown that less is known than was thought. */
  regret_removed: z.number(),
  /** Expected utility per decision by which today's choices are better than those of before. */
  gain: z.number(),
});
export type LabelEffectView = z.infer<typeof effectSchema>;

export const labelSchema = z.object({
  id: z.string(),
  decision_id: z.string(),
  model: z.string(),
  score: z.number(),
  key_id: z.string(),
  /** Version of the model's profile that has learnt from it. */
  profile_version: z.number().int(),
  created_at: z.iso.datetime(),
});
export type LabelView = z.infer<typeof labelSchema>;

export const labelsResponseSchema = z.object({
  /** In the order of the request; `created` is false where it had been given before, and nothing was learnt again. */
  labels: z.array(labelSchema.extend({ created: z.boolean(), effect: effectSchema })),
  total: effectSchema,
  /** Recent decisions that the effects were computed on. */
  traffic: z.number().int(),
});
export type LabelsResponse = z.infer<typeof labelsResponseSchema>;

export const labelQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  /** Id of the last label of the page before. */
  before: z.string().min(1).optional(),
});
export const labelPageSchema = z.object({
  data: z.array(labelSchema),
  /** `before` of the next page; null on the last one. */
  next: z.string().nullable(),
});
export type LabelPage = z.infer<typeof labelPageSchema>;
