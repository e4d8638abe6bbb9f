import { z } from 'zod';

const bounds = { min: z.number().int().nonnegative().optional(), max: z.number().int().optional() };

/**
 * One checkable demand on a text. Counts lie between `min` and `max`, both included; words are runs
 * of letters, digits, apostrophes and inner hyphens.
 */
export const constraintSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('word-count'), ...bounds }),
  z.object({ type: z.literal('sentence-count'), ...bounds }),
  z.object({ type: z.literal('line-count'), ...bounds }),
  z.object({ type: z.literal('paragraph-count'), ...bounds }),
  z.object({ type: z.literal('character-count'), ...bounds }),
  /** How often a text occurs; as a whole word when it is one. */
  z.object({ type: z.literal('occurrences'), text: z.string().min(1), ...bounds }),
  z.object({ type: z.literal('excludes'), text: z.string().min(1) }),
  z.object({ type: z.literal('starts-with'), text: z.string().min(1) }),
  z.object({ type: z.literal('ends-with'), text: z.string().min(1) }),
  z.object({ type: z.literal('letter-case'), case: z.enum(['lower', 'upper']) }),
  /** First letters of the lines (or of the words) spell this. */
  z.object({
    type: z.literal('acrostic'),
    letters: z.string().min(1),
    of: z.enum(['lines', 'words']),
  }),
  z.object({ type: z.literal('words-per-line'), ...bounds }),
  z.object({ type: z.literal('line-prefix'), text: z.string().min(1) }),
  z.object({ type: z.literal('line-pattern'), pattern: z.string().min(1) }),
  z.object({ type: z.literal('word-length'), ...bounds }),
  /** Words (or lines) stand in alphabetical order. */
  z.object({ type: z.literal('alphabetical'), of: z.enum(['lines', 'words']) }),
  /** No word occurs twice. */
  z.object({ type: z.literal('distinct-words') }),
  /** Every word (line) is one of these. */
  z.object({
    type: z.literal('vocabulary'),
    words: z.array(z.string().min(1)),
    of: z.enum(['lines', 'words']),
  }),
]);
export type Constraint = z.infer<typeof constraintSchema>;
