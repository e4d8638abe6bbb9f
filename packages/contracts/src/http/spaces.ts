import { z } from 'zod';
import { spaceManifestSchema } from '../space.js';
import { storableText } from './storable.js';

export const spaceSchema = z.object({
  version: z.string(),
  state: z.enum(['draft', 'active', 'retired']),
  created_at: z.iso.datetime(),
  manifest: spaceManifestSchema.omit({ domainCorrections: true }),
  /** How many corrections of the predicted difficulty it holds; their numbers are not shown. */
  domain_corrections: z.number().int(),
});
export type Space = z.infer<typeof spaceSchema>;
export const spaceListSchema = z.object({ data: z.array(spaceSchema) });

/** What an activation takes; the body may be absent. */
export const activationRequestSchema = z.strictObject({
  /** Activates a draft that is known to forecast worse than the active space. */
  force: z.boolean().default(false),
});

/** A folder name: nothing that could lead out of the folder that holds it. */
const dataSetNameSchema = z.string().regex(/^(?!\.{1,2}$)[\w.@+-]{1,128}$/, {
  error: 'must be the name of a folder: letters, digits and . _ - @ +',
});

/** How a latent space is learnt. */
export const calibrationOptionsSchema = z.object({
  /** Latent dimensions; `auto` chooses by the log-loss of held-out outcomes. */
  dimensions: z.union([z.number().int().min(1).max(64), z.literal('auto')]).default('auto'),
  seed: z.number().int().min(0).max(4_294_967_295).default(1),
});

export const calibrationRequestSchema = z.strictObject({
  /** Names of data-set folders inside CALIBRATION_DATA_DIR. */
  data_sets: z
    .array(dataSetNameSchema)
    .min(1)
    .refine((names) => new Set(names).size === names.length, {
      error: 'names a data set twice',
    }),
  ...calibrationOptionsSchema.shape,
});
export type CalibrationRequest = z.infer<typeof calibrationRequestSchema>;

/** A difficulty that fewer models answered says more of them than of the anchors. */
export const FEWEST_RECALIBRATION_MODELS = 3;

/** Refits the active space to what its models answered on an anchor set. */
export const recalibrationRequestSchema = z.strictObject({
  /** Id or name of an anchor set of the active space. */
  anchor_set: storableText.min(1),
  /** Of the folds of anchors that judge the result. */
  seed: z.number().int().min(0).max(4_294_967_295).default(1),
});
export type RecalibrationRequest = z.infer<typeof recalibrationRequestSchema>;

/** Options that are stored with a recalibration, in place of data sets: all that it depends on. */
export const recalibrationOptionsSchema = z.object({
  kind: z.literal('recalibration'),
  /** Id of the set. */
  anchor_set: z.string(),
  space_version: z.string(),
  seed: z.number().int(),
});
export type RecalibrationOptions = z.infer<typeof recalibrationOptionsSchema>;

/** A calibration from data sets, or a recalibration: then `data_sets` is empty. */
export const calibrationSchema = z.object({
  id: z.string(),
  state: z.enum(['queued', 'running', 'succeeded', 'failed']),
  data_sets: z.array(z.string()),
  options: z.record(z.string(), z.unknown()),
  progress: z.object({ stage: z.string(), fraction: z.number() }).nullable(),
  error: z.string().nullable(),
  /** The draft space that it made. */
  space_version: z.string().nullable(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});
export type CalibrationView = z.infer<typeof calibrationSchema>;
export const calibrationListSchema = z.object({ data: z.array(calibrationSchema) });
