import {
  loadSentenceTransformer,
  readSentenceTransformer,
  type SentenceTransformerConfig,
} from './sentence-transformers/load-sentence-transformer.js';
import type { TextModel } from './text-model.js';
import { cachedUseLite } from './use-lite/cache.js';
import { loadUseLite, useLiteId, type UseLiteConfig } from './use-lite/load-use-lite.js';

export type EncoderConfig = UseLiteConfig | SentenceTransformerConfig;

/** @throws EncoderConfigError when the encoder's files are missing or unsupported. */
export function loadTextModel(config: EncoderConfig): Promise<TextModel> {
  return config.kind === 'use-lite' ? loadUseLite(config) : loadSentenceTransformer(config);
}

/**
 * The id of the configured encoder and the path of its ONNX file; `use-lite` is built into its
 * cache folder if need be (a second or two).
 * @throws EncoderConfigError when files are missing.
 */
export async function ensureEncoder(config: EncoderConfig): Promise<{ id: string; path: string }> {
  if (config.kind === 'use-lite') {
    const { path } = await cachedUseLite(config.cacheDir, config.precision);
    return { id: useLiteId(config.precision), path };
  }
  const { id, path } = await readSentenceTransformer(config);
  return { id, path };
}
