import { z } from 'zod';

/** Ability θ ~ N(mean, covariance); the covariance is D × D, row-major. */
export const abilitySchema = z.object({
  mean: z.array(z.number()).min(1),
  covariance: z.array(z.number()).min(1),
});

/** E[output tokens] = exp(logOutputTokens(query) + offset) · smearing. */
export const lengthModelSchema = z.object({
  offset: z.number(),
  offsetVariance: z.number().nonnegative(),
  smearing: z.number().positive(),
  /** Standard deviation of log tokens around level + offset: for quantiles, and what a cap cuts off. */
  logDeviation: z.number().nonnegative().optional(),
});

/** USD per call: from list prices, or a linear fit where only the cost of calls is known. */
export const costModelSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('prices'),
    /** USD per million tokens. */
    inputPerMtok: z.number().nonnegative(),
    outputPerMtok: z.number().nonnegative(),
    /** Of input that the provider finds in its prompt cache; absent = as any other. */
    cachedInputPerMtok: z.number().nonnegative().optional(),
    /** Input tokens as the model counts them: base + perToken · the estimate; absent = the estimate. */
    inputCount: z
      .object({ base: z.number().nonnegative(), perToken: z.number().nonnegative() })
      .optional(),
    /** ISO date on which the price was public, and where it was read. */
    asOf: z.string().optional(),
    source: z.string().optional(),
  }),
  z.object({
    kind: z.literal('linear'),
    /** USD = base + perInputToken · n_in + perOutputToken · exp(logOutputTokens). */
    base: z.number().nonnegative(),
    perInputToken: z.number().nonnegative(),
    perOutputToken: z.number().nonnegative(),
    /** Standard deviation of log(cost/prediction). */
    logDeviation: z.number().nonnegative().optional(),
  }),
]);

/**
 * Seconds, end to end: base + perInputToken · n_in + perOutputToken · E[output tokens], n_in the estimate.
 */
export const latencyModelSchema = z.object({
  base: z.number().nonnegative(),
  perInputToken: z.number().nonnegative(),
  perOutputToken: z.number().nonnegative(),
  /** p95 ÷ mean of the residual distribution. */
  p95Ratio: z.number().positive(),
});

/** All that the optimizer knows of a model in one latent space. */
export const modelProfileSchema = z.object({
  model: z.string().min(1),
  ability: abilitySchema,
  length: lengthModelSchema.nullable(),
  cost: costModelSchema.nullable(),
  latency: latencyModelSchema.nullable(),
});
export type ModelProfile = z.infer<typeof modelProfileSchema>;

/** A profile made from anchor answers: what `profile` writes and `predict` reads. */
export const anchoredProfileSchema = modelProfileSchema.extend({
  /** Query ids in the order in which they were asked. */
  anchors: z.array(z.string()),
  expectedAccuracy: z.object({
    value: z.number().min(0).max(1),
    /** Central 90% interval. */
    interval: z.tuple([z.number(), z.number()]),
  }),
});
export type AnchoredProfile = z.infer<typeof anchoredProfileSchema>;

/** Numbers packed for a file: base64 of little-endian values. */
const packedSchema = z.base64();

/**
 * What the anchors of one call said of the difficulty map around them (away from home): see
 * `DomainCorrection` of the latent space. Embeddings and fitted weights, no text and no outcome.
 */
export const domainCorrectionSchema = z.object({
  center: z.number(),
  slope: z.number(),
  level: z.number().nonnegative(),
  local: z.number().nonnegative(),
  difficultyVariance: z.number().positive(),
  reach: z.tuple([z.number(), z.number()]),
  /** float32, one coordinate after the other. */
  meanEmbedding: packedSchema,
  /** int8 / 127, anchor after anchor. */
  directions: packedSchema,
  /** float64, one an anchor. */
  weights: packedSchema,
});

/** A profiles file (offline protocol). */
export const profilesFileSchema = z.object({
  format: z.literal(1),
  spaceVersion: z.string().min(1),
  design: z.string(),
  seed: z.number().int(),
  models: z.array(anchoredProfileSchema),
  /** Holds for all models of the file; absent where the predictor's map needed none. */
  domainCorrection: domainCorrectionSchema.optional(),
});
export type PackedDomainCorrection = z.infer<typeof domainCorrectionSchema>;
export type ProfilesFile = z.infer<typeof profilesFileSchema>;
