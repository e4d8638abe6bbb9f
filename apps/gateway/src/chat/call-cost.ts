import type { ModelPrices, QueryLatents } from '@zerorouter/contracts';
import { ANSWER_CHARACTERS_PER_TOKEN, outputTokensQuantile } from '@zerorouter/latent-space';
import type { ScorableModel } from '@zerorouter/latent-space';
import type { Metered, TokenUsage } from '@zerorouter/providers';
import type { PromptSize } from './prompt-size.js';

/** USD per million tokens. */
export interface TokenPrices {
  input: number;
  cachedInput: number;
  output: number;
}

/** Longest answer that is set money aside for where nothing tells more. */
const USUAL_MOST_OUTPUT = 8_192;
/** Share of answers that are no longer than what is set money aside for. */
const BOUND_QUANTILE = 0.99;

/** List prices go before what the profile says, which may be as old as its space; null = unknown. */
export function tokenPrices(
  prices: ModelPrices | null,
  profile: ScorableModel | undefined,
): TokenPrices | null {
  if (prices !== null) {
    const { input_per_mtok: input, output_per_mtok: output } = prices;
    return { input, output, cachedInput: prices.cached_input_per_mtok ?? input };
  }
  const cost = profile?.cost;
  if (cost?.kind !== 'prices') return null;
  const { inputPerMtok: input, outputPerMtok: output } = cost;
  return { input, output, cachedInput: cost.cachedInputPerMtok ?? input };
}

/**
 * Most that one call costs: its input counted by the byte, and the longest answer that the request
 * allows; where it allows any, what 99 of 100 answers of the model stay below by its forecast.
 */
export function mostUsd(
  prices: TokenPrices,
  { mostTokens, maxOutputTokens }: PromptSize,
  forecast: { latents: QueryLatents; profile: ScorableModel | undefined } | null,
): number {
  const length = forecast?.profile?.length ?? null;
  const output =
    maxOutputTokens ??
    (length === null
      ? USUAL_MOST_OUTPUT
      : outputTokensQuantile(forecast!.latents, length, BOUND_QUANTILE));
  return (mostTokens * prices.input + output * prices.output) / 1e6;
}

/** Tokens as the provider counts them; what it does not tell is counted from characters. */
export function usedTokens(
  { usage, characters }: Metered,
  { tokens }: Pick<PromptSize, 'tokens'>,
): { usage: TokenUsage; estimated: boolean } {
  // Embeddings have no output to tell of.
  if (usage?.inputTokens != null && (usage.outputTokens !== null || characters === 0))
    return { usage, estimated: false };
  const outputTokens = Math.ceil(characters / ANSWER_CHARACTERS_PER_TOKEN);
  return {
    usage: {
      inputTokens: usage?.inputTokens ?? tokens,
      cachedTokens: usage?.cachedTokens ?? null,
      outputTokens: usage?.outputTokens ?? outputTokens,
      reasoningTokens: usage?.reasoningTokens ?? null,
    },
    estimated: true,
  };
}

/** USD of so many tokens. */
export function usageUsd(
  { inputTokens, cachedTokens, outputTokens }: TokenUsage,
  { input, cachedInput, output }: TokenPrices,
): number {
  const all = inputTokens ?? 0;
  const cached = Math.min(cachedTokens ?? 0, all);
  return ((all - cached) * input + cached * cachedInput + (outputTokens ?? 0) * output) / 1e6;
}
