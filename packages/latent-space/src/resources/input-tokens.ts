/**
 * Characters per token of prose. Tokenizers differ by some ten per cent between models; where a
 * model's own counts are known, its cost and latency fits absorb the difference.
 */
const CHARACTERS_PER_TOKEN = 4;

/** Characters per token of an answer, for lengths that are known in characters only. */
export const ANSWER_CHARACTERS_PER_TOKEN = 3.6;

/** Estimated input tokens of a text, without any model's tokenizer. */
export function estimateInputTokens(text: Pick<string, 'length'>): number {
  return Math.max(1, Math.ceil(text.length / CHARACTERS_PER_TOKEN));
}
