import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { BadInputError } from './bad-input-error.js';

const size = z
  .union([z.number(), z.string().regex(/^[\d.]+\s*[bB]?$/)])
  .transform((value) => (typeof value === 'number' ? value : parseFloat(value)));

const modelInfoSchema = z.looseObject({
  input_price_per_mtok: z.number().nonnegative().optional(),
  output_price_per_mtok: z.number().nonnegative().optional(),
  price_source: z.string().optional(),
  size_b: size.optional(),
  size: size.optional(),
  context_window: z.number().int().positive().optional(),
});
export type ModelInfo = z.infer<typeof modelInfoSchema>;

/** Reads `models.json`: what is publicly known of each model, by name. */
export function readModelInfo(path: string): Map<string, ModelInfo> {
  let value: unknown;
  try {
    const bytes = readFileSync(path);
    value = JSON.parse((path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'));
  } catch (error) {
    throw new BadInputError(path, null, `not valid JSON (${(error as Error).message})`, error);
  }
  const parsed = z.record(z.string(), modelInfoSchema).safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new BadInputError(path, null, `${issue.path.join('.')}: ${issue.message}`);
  }
  return new Map(Object.entries(parsed.data));
}
