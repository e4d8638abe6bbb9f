import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TextModel } from '../text-model.js';
import { cachedUseLite } from './cache.js';
import {
  USE_LITE_DIMENSION,
  USE_LITE_MAX_TOKENS,
  USE_LITE_VERSION,
  type Precision,
} from './graph.js';
import { UseLiteTokenizer } from './tokenizer.js';
import { useLiteDirectory } from './weights.js';

export interface UseLiteConfig {
  readonly kind: 'use-lite';
  /** int8 is about twice as fast and keeps a cosine above 0.998 to fp32. */
  readonly precision: Precision;
  /** Folder for the ONNX file that is built from the weights at the first use. */
  readonly cacheDir: string;
}

/** `use-lite-int8@1`: encoder, precision, and the version of the builder. */
export function useLiteId(precision: Precision): string {
  return `use-lite-${precision}@${USE_LITE_VERSION}`;
}

export async function loadUseLite({ precision, cacheDir }: UseLiteConfig): Promise<TextModel> {
  const vocabulary = JSON.parse(await readFile(join(useLiteDirectory(), 'vocab.json'), 'utf8')) as [
    piece: string,
    score: number | null,
  ][];
  const tokenizer = new UseLiteTokenizer(vocabulary);
  const blank = vocabulary.findIndex(([piece]) => piece === '▁');
  const { bytes } = await cachedUseLite(cacheDir, precision);
  return {
    id: useLiteId(precision),
    dimension: USE_LITE_DIMENSION,
    maxTokens: USE_LITE_MAX_TOKENS,
    maxContentTokens: USE_LITE_MAX_TOKENS,
    model: bytes,
    tokenize: (text) => tokenizer.encode(text),
    // The mean over no tokens is undefined: an empty text reads as a single space.
    frame: (window) => (window.length === 0 ? [blank] : [...window]),
  };
}
