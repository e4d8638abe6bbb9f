import { createHash } from 'node:crypto';
import { z } from 'zod';
import { BadInputError } from './bad-input-error.js';
import { readJsonLines } from './open-text.js';

export interface Query {
  id: string;
  /** Groups folds; never enters a prediction. */
  benchmark: string;
  text: string;
}

const querySchema = z.object({
  id: z.union([z.string().min(1), z.number().transform(String)]),
  benchmark: z.string().optional(),
  text: z.string().refine((text) => text.trim() !== '', 'is blank'),
});

/** Reads `queries.jsonl`. @throws BadInputError with file and line for a malformed or repeated query. */
export async function readQueries(path: string): Promise<Query[]> {
  const queries: Query[] = [];
  const seen = new Map<string, number>();
  for await (const { line, value } of readJsonLines(path)) {
    const parsed = querySchema.safeParse(value);
    if (!parsed.success) {
      const issue = parsed.error.issues[0]!;
      throw new BadInputError(
        path,
        line,
        `${issue.path.join('.') || 'the line'}: ${issue.message}; expected {"id","benchmark","text"}`,
      );
    }
    const { id, benchmark = '', text } = parsed.data;
    const earlier = seen.get(id);
    if (earlier !== undefined)
      throw new BadInputError(path, line, `id "${id}" stands already in line ${earlier}`);
    seen.set(id, line);
    queries.push({ id, benchmark, text });
  }
  if (queries.length === 0) throw new BadInputError(path, null, 'holds no query');
  return queries;
}

/** What two copies of a query share: Unicode form, case and white space do not count. */
export function normalizeText(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
}

/** 128 bits of SHA-256 of the normalised text, hex: names a query without keeping it. */
export function textHash(text: string): string {
  return createHash('sha256').update(normalizeText(text)).digest('hex').slice(0, 32);
}

/**
 * The stem of a question: its words before the lettered options, of the last block of a few-shot
 * prompt. The same question in two sources has the same stem, so that splits can keep it on one side.
 */
export function questionStem(text: string): string {
  const blocks = text.trim().split(/\n\s*\n/);
  const last = blocks.at(-1)!.length >= 40 ? blocks.at(-1)! : text;
  const stem = last.split(/\n\s*\(?A\s*[.):]/)[0]!;
  const words = normalizeText(stem.length >= 15 ? stem : last).replace(/[^\p{L}\p{N}]+/gu, ' ');
  return createHash('sha256').update(words.trim().slice(-240)).digest('hex').slice(0, 32);
}
