import { z } from 'zod';

/** Tokens of one call, as its provider counts them. Null = not told. */
export interface TokenUsage {
  inputTokens: number | null;
  /** Of the input tokens, those that the provider found in its prompt cache. */
  cachedTokens: number | null;
  /** Reasoning tokens included. */
  outputTokens: number | null;
  reasoningTokens: number | null;
}

/** As a column of Postgres takes it, whatever a provider says. */
const countSchema = z
  .number()
  .int()
  .nonnegative()
  .max(2 ** 31 - 1)
  .nullish()
  .catch(null);
const detailsSchema = z
  .object({ cached_tokens: countSchema, reasoning_tokens: countSchema })
  .partial()
  .nullish()
  .catch(null);

/** The chat API's names, the Responses API's, and how DeepSeek names what it found in its cache. */
const usageSchema = z
  .object({
    prompt_tokens: countSchema,
    completion_tokens: countSchema,
    prompt_tokens_details: detailsSchema,
    completion_tokens_details: detailsSchema,
    input_tokens: countSchema,
    output_tokens: countSchema,
    input_tokens_details: detailsSchema,
    output_tokens_details: detailsSchema,
    prompt_cache_hit_tokens: countSchema,
  })
  .partial();

/** Reads the `usage` of an answer. @returns null when it tells no tokens at all */
export function readUsage(usage: unknown): TokenUsage | null {
  const { data } = usageSchema.safeParse(usage);
  if (data === undefined) return null;
  const inputTokens = data.prompt_tokens ?? data.input_tokens ?? null;
  const outputTokens = data.completion_tokens ?? data.output_tokens ?? null;
  if (inputTokens === null && outputTokens === null) return null;
  const input = data.prompt_tokens_details ?? data.input_tokens_details;
  const output = data.completion_tokens_details ?? data.output_tokens_details;
  return {
    inputTokens,
    cachedTokens: input?.cached_tokens ?? data.prompt_cache_hit_tokens ?? null,
    outputTokens,
    reasoningTokens: output?.reasoning_tokens ?? null,
  };
}
