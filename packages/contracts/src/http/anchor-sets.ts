import { z } from 'zod';
import { storableText } from './storable.js';

export const anchorSetSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** The latent space that its coordinates live in. */
  space_version: z.string().nullable(),
  anchors: z.number().int(),
  created_at: z.iso.datetime(),
});
export type AnchorSetView = z.infer<typeof anchorSetSchema>;
export const anchorSetListSchema = z.object({ data: z.array(anchorSetSchema) });

/** A question to be answered elsewhere: what the grader wants is not told. */
export const anchorSchema = z.object({
  id: z.string(),
  text: z.string(),
  domain: z.string(),
  /** Null in a set without a latent space. */
  difficulty: z.number().nullable(),
  /** Kind of grader; `score` = graded by whoever answers. */
  grader: z.string(),
});
export type AnchorView = z.infer<typeof anchorSchema>;
export const anchorListSchema = z.object({ data: z.array(anchorSchema) });

/**
 * A new anchor set in the active space: drawn afresh from the product's own templates, brought along, or read from a data
 * set in CALIBRATION_DATA_DIR. A text that the item bank knows gets its calibrated coordinates, any other the predictor's.
 */
export const anchorSetRequestSchema = z.strictObject({
  name: storableText.trim().min(1).max(200),
  source: z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('templates'),
      seed: z.number().int().min(0).max(4_294_967_295),
      domains: z.array(z.string().min(1)).min(1).optional(),
      copies: z.number().int().min(1).max(10).default(1),
    }),
    z.strictObject({
      kind: z.literal('anchors'),
      anchors: z
        .array(
          z.strictObject({
            id: storableText.min(1).max(200),
            text: storableText.min(1).max(100_000),
            domain: storableText.min(1).max(100).default('general'),
            /** As `packages/anchors` grades; absent = answers come with a score. */
            grader: z.record(z.string(), z.unknown()).optional(),
          }),
        )
        .min(1)
        .max(10_000),
    }),
    z.strictObject({
      kind: z.literal('data-set'),
      /** Name of a folder in CALIBRATION_DATA_DIR (offline protocol); its answers come with a score. */
      data_set: z
        .string()
        .regex(/^(?!\.{1,2}$)[\w.@+-]{1,128}$/, { error: 'must be the name of a folder' }),
      /** Queries to take, drawn at random; absent = all, up to 10,000. */
      most: z.number().int().min(1).max(10_000).optional(),
      seed: z.number().int().min(0).max(4_294_967_295).default(1),
    }),
  ]),
});
export type AnchorSetRequest = z.infer<typeof anchorSetRequestSchema>;
