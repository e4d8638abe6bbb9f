/**
 * Which part of a tokenised text the encoder reads.
 *
 * An encoder reads at most `maxTokens` tokens at once. A longer text is read through several
 * windows, because its head alone says little: few-shot prompts share their first examples, and
 * the question stands at the end.
 */

/** Texts above this many UTF-16 code units are read by their head and tail alone. */
export const MAX_TEXT_LENGTH = 32_768;

/** Default for the number of windows of one text. */
export const DEFAULT_MAX_WINDOWS = 4;

/**
 * Cuts tokens into windows of one length.
 *
 * Up to `maxTokens` tokens: one window with all of them. Above: W = min(maxWindows,
 * ⌈n / maxTokens⌉) windows of exactly `maxTokens`; the first starts at the head, the last ends at
 * the tail, the others are spaced evenly between (they overlap when n is no multiple). With
 * `maxWindows` 1 only the head is read. No tokens: no window.
 */
export function cutWindows(
  tokens: readonly number[],
  maxTokens: number,
  maxWindows: number,
): number[][] {
  if (!Number.isInteger(maxTokens) || maxTokens < 1) {
    throw new RangeError(`maxTokens must be a positive integer, it is ${maxTokens}`);
  }
  if (!Number.isInteger(maxWindows) || maxWindows < 1) {
    throw new RangeError(`maxWindows must be a positive integer, it is ${maxWindows}`);
  }
  const count = Math.min(maxWindows, Math.ceil(tokens.length / maxTokens));
  const slack = tokens.length - maxTokens;
  return Array.from({ length: count }, (_, window) => {
    const start = count === 1 ? 0 : Math.round((window * slack) / (count - 1));
    return tokens.slice(start, start + maxTokens);
  });
}

/**
 * The parts of a text that are tokenised, in order: the text itself, or, above `MAX_TEXT_LENGTH`,
 * its first and last `MAX_TEXT_LENGTH / 2` code units, so that the work for one text is bounded. A
 * surrogate pair at a cut is dropped whole.
 */
export function boundText(text: string): string[] {
  if (text.length <= MAX_TEXT_LENGTH) return [text];
  const half = MAX_TEXT_LENGTH / 2;
  const headEnd = isHighSurrogate(text.charCodeAt(half - 1)) ? half - 1 : half;
  const tail = text.length - half;
  const tailStart = isLowSurrogate(text.charCodeAt(tail)) ? tail + 1 : tail;
  return [text.slice(0, headEnd), text.slice(tailStart)];
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
