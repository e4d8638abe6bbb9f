import type { EncoderIdentity } from './errors.js';
import { boundText, cutWindows } from './windows.js';

/**
 * What every kind of encoder is brought to: a tokenizer, and an ONNX graph from `tokens` int64
 * [W, T] (W windows of one length T) to `embeddings` float32 [W, dimension].
 */
export interface TextModel extends EncoderIdentity {
  /** The most tokens that one window holds, special tokens included. */
  readonly maxTokens: number;
  /** The most tokens of the text itself that one window holds. */
  readonly maxContentTokens: number;
  /** The bytes of the ONNX graph. */
  readonly model: Uint8Array;
  /** Tokens of a text without special tokens, uncut. */
  tokenize(text: string): number[];
  /** A window as the graph reads it: with special tokens around it, and never empty. */
  frame(window: readonly number[]): number[];
}

/** The windows of a text, and how many tokens the whole text has. */
export interface TextWindows {
  /** W ≥ 1 windows of one length, in order from head to tail. */
  readonly tokens: number[][];
  /**
   * Tokens of the text, special tokens not counted; above `MAX_TEXT_LENGTH` code units
   * extrapolated from the head and tail by length.
   */
  readonly tokenCount: number;
}

/** Tokenises a text and cuts it into windows; a text without tokens gives one blank window. */
export function readWindows(model: TextModel, text: string, maxWindows: number): TextWindows {
  const parts = boundText(text);
  const tokens = parts.flatMap((part) => model.tokenize(part));
  const read = parts.reduce((length, part) => length + part.length, 0);
  const windows = cutWindows(tokens, model.maxContentTokens, maxWindows);
  return {
    tokens: (windows.length === 0 ? [[]] : windows).map((window) => model.frame(window)),
    tokenCount: read === 0 ? 0 : Math.round((tokens.length * text.length) / read),
  };
}

/** The feed of the graph's input `tokens`. */
export function tokensFeed(windows: readonly (readonly number[])[]): {
  type: 'int64';
  data: BigInt64Array;
  shape: number[];
} {
  return {
    type: 'int64',
    data: BigInt64Array.from(windows.flat(), BigInt),
    shape: [windows.length, windows[0]?.length ?? 0],
  };
}
