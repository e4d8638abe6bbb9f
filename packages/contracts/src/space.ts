import { z } from 'zod';
import { domainCorrectionSchema, modelProfileSchema } from './profile.js';

/**
 * How a space was brought to the coordinates of an earlier version: θ_old = A·θ_new + shift + offset, A a
 * permutation and positive scales on the general dimensions, a rotation and one scale on the facets.
 * Everything in the space stands in the linked coordinates already; only `offset` is left between them.
 */
export const spaceLinkSchema = z.object({
  previousVersion: z.string().min(1),
  /** What both versions have in common, and the link was estimated from. */
  subjects: z.number().int().nonnegative(),
  items: z.number().int().nonnegative(),
  /** General dimension k is dimension `permutation[k]` of the space as it was learnt. */
  permutation: z.array(z.number().int().nonnegative()),
  /** Facets × facets, row-major. */
  rotation: z.array(z.number()),
  /** The rest holds one number a dimension. */
  scale: z.array(z.number().positive()),
  shift: z.array(z.number()),
  /** Abilities of the earlier version lie this much higher: no network carries it, `predict` does. */
  offset: z.array(z.number()),
  /** Root mean square of what remains between the common subjects' abilities, and their correlation. */
  residual: z.array(z.number().nonnegative()),
  correlation: z.array(z.number().nullable()),
  /** Log-length offsets of the common subjects: mean and deviation of old − new; null where unknown. */
  length: z.object({ shift: z.number(), deviation: z.number().nonnegative() }).nullable(),
});
export type SpaceLinkRecord = z.infer<typeof spaceLinkSchema>;

/** Log-loss over all answers, and the mean over models of the area under the ROC curve; null where undefined. */
const judgedSchema = z.object({ logLoss: z.number(), auc: z.number().nullable() });

/** After − before, and its central 95% interval over anchors drawn with replacement. */
const changeSchema = z.object({
  value: z.number(),
  interval: z.tuple([z.number(), z.number()]).nullable(),
});

/**
 * How a recalibrated space forecasts answers to anchors that it was fitted without, and how the space
 * that it was made from forecasts them, with abilities from the same other answers.
 */
export const recalibrationFiguresSchema = z.object({
  anchorSet: z.string(),
  models: z.number().int(),
  /** Anchors with an answer, and the answers. */
  anchors: z.number().int(),
  answers: z.number().int(),
  folds: z.number().int(),
  before: judgedSchema,
  after: judgedSchema,
  change: z.object({ logLoss: changeSchema, auc: changeSchema.nullable() }),
});
export type RecalibrationFigures = z.infer<typeof recalibrationFiguresSchema>;

/** What a space says of the recalibration that made it (`provenance.recalibration`). */
export const recalibrationRecordSchema = z.object({
  anchorSet: z.string(),
  previousVersion: z.string(),
  /** Whose answers it was made from. */
  models: z.array(z.string()),
  /** Those among them whose profiles rested on these answers, and have a new ability. */
  refitted: z.array(z.string()),
  /** Whether the answers spoke for a correction of the difficulty around the anchors. */
  corrected: z.boolean(),
  seed: z.number().int(),
});
export type RecalibrationRecord = z.infer<typeof recalibrationRecordSchema>;

/** `space.json` of a latent-space folder (offline protocol). */
export const spaceManifestSchema = z.object({
  format: z.literal(1),
  /** Names the content: two spaces with the same version are the same bytes. */
  version: z.string().min(1),
  dimensions: z.number().int().positive(),
  encoder: z.object({ id: z.string().min(1), dimension: z.number().int().positive() }),
  counts: z.object({
    queries: z.number().int(),
    items: z.number().int(),
    subjects: z.number().int(),
    outcomes: z.number().int(),
  }),
  /** Which data the space was learnt from, and how; free-form beyond the data sets' names. */
  provenance: z.looseObject({
    dataSets: z.array(z.looseObject({ name: z.string() })),
    seed: z.number().int(),
  }),
  /** Figures on queries that the calibration did not see. */
  heldOut: z.record(z.string(), z.unknown()),
  /** Fixed scales of the utility: USD and seconds of a typical call. */
  referenceScales: z.object({ c_ref: z.number().positive(), T_ref: z.number().positive() }),
  /** How verbosity (log-length offset) spreads over models; null when no length was ever seen. */
  lengthPrior: z
    .object({
      mean: z.number(),
      variance: z.number().positive(),
      residualVariance: z.number().positive(),
      /** Mean tokens ÷ exp(level + offset) on queries that the predictor did not learn from. */
      smearing: z.number().positive().optional(),
    })
    .nullable(),
  predictor: z.looseObject({ features: z.number().int().nonnegative() }),
  /** The guaranteed tier: what the lower end of an interval of P(correct) must reach, level by level. */
  guarantee: z
    .array(
      z.object({
        minAccuracy: z.number().min(0).max(1),
        /** Null = no threshold keeps the promise. */
        lowerBound: z.number().min(0).max(1).nullable(),
      }),
    )
    .optional(),
  /** Present when the space was linked to an earlier version. */
  link: spaceLinkSchema.optional(),
  /** Mend the difficulty that the network predicts, one after the other, around anchors that were answered. */
  domainCorrections: z.array(domainCorrectionSchema).optional(),
});
export type SpaceManifest = z.infer<typeof spaceManifestSchema>;

/** One line of the item bank: a calibrated query by the hash of its normalised text, never the text. */
export const bankItemSchema = z.object({
  hash: z.string().min(1),
  source: z.string(),
  discrimination: z.array(z.number()).min(1),
  difficulty: z.number(),
  difficultyVariance: z.number().nonnegative(),
});
export type BankItem = z.infer<typeof bankItemSchema>;

/** `abilities.json`: the profile of each calibrated subject, named `<data set>/<model>`. */
export const spaceAbilitiesSchema = z.object({
  subjects: z.array(
    modelProfileSchema.extend({ meanScore: z.number(), answers: z.number().int() }),
  ),
});
export type SpaceAbilities = z.infer<typeof spaceAbilitiesSchema>;
