import { z } from 'zod';

/** Plain text, or parts of which some are text and some are thoughts. */
const contentSchema = z
  .union([z.string(), z.array(z.object({ type: z.string(), text: z.string().optional() }))])
  .nullish();

const messageSchema = z.object({
  content: contentSchema,
  refusal: z.string().nullish(),
  // Servers name the text of thoughts differently; that there is some is all that counts here.
  reasoning: z.unknown().optional(),
  reasoning_content: z.unknown().optional(),
});

const countSchema = z.number().int().nonnegative().nullish().catch(null);
const usageSchema = z
  .object({
    prompt_tokens: countSchema,
    completion_tokens: countSchema,
    completion_tokens_details: z.object({ reasoning_tokens: countSchema }).nullish(),
  })
  .nullish();

/** One object of an answer: a chunk of a stream (`delta`), or all of it (`message`). */
export const chatChunkSchema = z.object({
  id: z.unknown().optional(),
  model: z.unknown().optional(),
  choices: z
    .array(
      z.object({
        index: z.number().optional(),
        delta: messageSchema.nullish(),
        message: messageSchema.nullish(),
        finish_reason: z.string().nullish(),
      }),
    )
    .nullish(),
  usage: usageSchema,
  error: z.unknown().optional(),
});
export type ChatChunk = z.infer<typeof chatChunkSchema>;

/** What a chunk adds to the answer. */
export interface ChunkParts {
  text: string;
  refusal: string;
  /** Whether it holds a token of any kind, thoughts included. */
  speaks: boolean;
  finishReason: string | null;
}

/** Reads the first choice; further ones are not asked for. */
export function chunkParts(chunk: ChatChunk): ChunkParts {
  const choice = chunk.choices?.find(({ index = 0 }) => index === 0);
  const message = choice?.delta ?? choice?.message;
  const content = message?.content ?? '';
  const text =
    typeof content === 'string'
      ? content
      : content.map((part) => (part.type === 'text' ? (part.text ?? '') : '')).join('');
  const refusal = message?.refusal ?? '';
  const thinks = [message?.reasoning, message?.reasoning_content].some(isSomething);
  return {
    text,
    refusal,
    speaks: content.length > 0 || refusal !== '' || thinks,
    finishReason: choice?.finish_reason ?? null,
  };
}

const isSomething = (value: unknown): boolean =>
  value !== undefined && value !== null && value !== '';
