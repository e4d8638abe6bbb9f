import type { ModelPrices } from '@zerorouter/contracts';

/** Tokens that chat formats put around one message, at most. */
const FRAME_TOKENS = 64;

/**
 * The most tokens that any tokenizer makes of a text: no byte-level vocabulary has a token shorter than a
 * byte. The frame of the chat format is counted in.
 */
export function mostInputTokens(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0)!;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes + FRAME_TOKENS;
}

/** USD of one call by its own counts; null where it does not tell them. */
export function callCost(
  { inputTokens, outputTokens }: { inputTokens: number | null; outputTokens: number | null },
  prices: ModelPrices,
): number | null {
  if (inputTokens === null || outputTokens === null) return null;
  return (inputTokens * prices.input_per_mtok + outputTokens * prices.output_per_mtok) / 1e6;
}

/** USD of one call if its input counted as much, and its answer were as long, as they can. */
export function worstCallCost(call: {
  /** As {@link mostInputTokens} counts. */
  readonly inputTokens: number;
  /** Longest answer that the call asks for. */
  readonly maxTokens: number;
  readonly prices: ModelPrices;
}): number {
  const { inputTokens, maxTokens, prices } = call;
  return (inputTokens * prices.input_per_mtok + maxTokens * prices.output_per_mtok) / 1e6;
}
