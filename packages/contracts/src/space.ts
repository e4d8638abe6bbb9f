import { z } from 'zod';
import { modelProfileSchema } from './profile.js';

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
    })
    .nullable(),
  predictor: z.looseObject({ features: z.number().int().nonnegative() }),
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
