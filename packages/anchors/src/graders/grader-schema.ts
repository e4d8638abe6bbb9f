import { z } from 'zod';
import { constraintSchema } from './constraint-schema.js';

/** A short text: a word, a name, a date, a list. */
const exactGraderSchema = z.object({
  kind: z.literal('exact'),
  value: z.string().min(1),
  /** Other spellings that are as right. */
  accept: z.array(z.string().min(1)).optional(),
  /** The closed vocabulary of answers: one of these is then found within a sentence. */
  among: z.array(z.string().min(1)).optional(),
  /** How two answers are compared; a list is ordered, a set is not. Default `text`. */
  form: z.enum(['text', 'list', 'set', 'date', 'clock']).optional(),
  caseSensitive: z.boolean().optional(),
});

const numericGraderSchema = z.object({
  kind: z.literal('numeric'),
  value: z.number(),
  /** Largest absolute error that still counts as right, in `unit`. */
  tolerance: z.number().nonnegative(),
  /** A reply in another unit of the same dimension is converted; one without a unit is taken in this. */
  unit: z.string().min(1).optional(),
});

const choiceGraderSchema = z
  .object({
    kind: z.literal('choice'),
    letter: z.string().regex(/^[A-J]$/),
    /** Texts of A, B, C, … in order. */
    options: z.array(z.string().min(1)).min(2).max(10),
  })
  .refine((grader) => grader.letter.charCodeAt(0) - 65 < grader.options.length, {
    message: 'letter names no option',
  });

const regexGraderSchema = z.object({
  kind: z.literal('regex'),
  pattern: z.string().min(1),
  flags: z
    .string()
    .regex(/^[imsu]*$/)
    .optional(),
  /** `answer`: the whole final answer must match; `reply`: somewhere in the reply. Default `answer`. */
  scope: z.enum(['answer', 'reply']).optional(),
});

const jsonGraderSchema = z
  .object({
    kind: z.literal('json'),
    /** The value that the reply must equal (keys in any order). */
    value: z.json().optional(),
    /** A JSON Schema that the reply must satisfy. */
    schema: z.record(z.string(), z.json()).optional(),
    /** Arrays compare as multisets. */
    unordered: z.boolean().optional(),
  })
  .refine((grader) => grader.value !== undefined || grader.schema !== undefined, {
    message: 'a json grader needs a value or a schema',
  });

const constraintsGraderSchema = z.object({
  kind: z.literal('constraints'),
  checks: z.array(constraintSchema).min(1),
});

const codeGraderSchema = z.object({
  kind: z.literal('code'),
  /** The function that the reply must define. */
  functionName: z.string().regex(/^[A-Za-z_$][\w$]*$/),
  /** Each expression is evaluated beside the reply's code; its value must equal `expected`. */
  tests: z.array(z.object({ expression: z.string().min(1), expected: z.json() })).min(1),
  /** For the code and all tests together. Default 2,000 ms. */
  timeLimitMs: z.number().int().positive().max(10_000).optional(),
  /** Default 32 MiB. */
  memoryLimitBytes: z
    .number()
    .int()
    .min(2 ** 20)
    .max(2 ** 28)
    .optional(),
});

const judgeGraderSchema = z.object({
  kind: z.literal('judge'),
  /** What was asked: the judge sees no other context. */
  task: z.string().min(1),
  rubric: z.string().min(1),
});

/** How a reply is graded: plain data, as it is stored beside the anchor. */
export const graderSchema = z.discriminatedUnion('kind', [
  exactGraderSchema,
  numericGraderSchema,
  choiceGraderSchema,
  regexGraderSchema,
  jsonGraderSchema,
  constraintsGraderSchema,
  codeGraderSchema,
  judgeGraderSchema,
]);

export type Grader = z.infer<typeof graderSchema>;
export type GraderKind = Grader['kind'];
export type GraderOf<Kind extends GraderKind> = Extract<Grader, { kind: Kind }>;
