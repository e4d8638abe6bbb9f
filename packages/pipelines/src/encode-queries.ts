import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Encoder } from '@zerorouter/encoder';
import { TEXT_FEATURE_NAMES, textFeatures } from '@zerorouter/latent-space';
import type { ProgressListener } from './progress.js';

/** Encoded texts: what the predictor's network reads, before features are standardised. */
export interface EncodedQueries {
  readonly count: number;
  readonly embeddingWidth: number;
  /** Mean over a text's windows, count × embeddingWidth. */
  readonly mean: Float32Array;
  readonly last: Float32Array;
  readonly first: Float32Array;
  /** Structural features, count × features. */
  readonly features: Float32Array;
}

/**
 * Encodes texts, several at a time; each by itself, so that no text depends on another.
 * @param cacheDir where embeddings are kept by the hash of encoder and texts, so that calibrating
 *   again does not encode again; null = nowhere.
 */
export async function encodeQueries(
  encoder: Encoder,
  texts: readonly string[],
  cacheDir: string | null,
  onProgress: ProgressListener,
): Promise<EncodedQueries> {
  const width = encoder.dimension;
  const featureWidth = TEXT_FEATURE_NAMES.length;
  const features = new Float32Array(texts.length * featureWidth);
  texts.forEach((text, row) => features.set(textFeatures(text), row * featureWidth));
  const cache = cacheDir === null ? null : new EmbeddingCache(cacheDir, encoder, texts);
  let pooled = cache?.read() ?? null;
  if (pooled === null) {
    pooled = await poolWindows(encoder, texts, onProgress);
    cache?.write(pooled);
  }
  const part = (index: number) =>
    pooled.subarray(index * texts.length * width, (index + 1) * texts.length * width);
  return {
    count: texts.length,
    embeddingWidth: width,
    mean: part(0),
    last: part(1),
    first: part(2),
    features,
  };
}

/** Mean, last and first window of every text: three blocks of texts × dimension. */
async function poolWindows(
  encoder: Encoder,
  texts: readonly string[],
  onProgress: ProgressListener,
): Promise<Float32Array> {
  const width = encoder.dimension;
  const block = texts.length * width;
  const pooled = new Float32Array(3 * block);
  let next = 0;
  let done = 0;
  const encodeSome = async (): Promise<void> => {
    while (next < texts.length) {
      const row = next++;
      const windows = await encoder.embedWindows(texts[row]!);
      const count = windows.length / width;
      for (let w = 0; w < count; w++)
        for (let j = 0; j < width; j++) pooled[row * width + j]! += windows[w * width + j]! / count;
      pooled.set(windows.subarray((count - 1) * width), block + row * width);
      pooled.set(windows.subarray(0, width), 2 * block + row * width);
      if (++done % 100 === 0 || done === texts.length)
        onProgress({ stage: 'encoding texts', done, total: texts.length });
    }
  };
  await Promise.all(Array.from({ length: 8 }, encodeSome));
  return pooled;
}

/** Embeddings of one list of texts by one encoder, in one file. */
class EmbeddingCache {
  readonly #path: string;
  readonly #length: number;

  constructor(
    private readonly directory: string,
    encoder: Encoder,
    texts: readonly string[],
  ) {
    const hash = createHash('sha256').update(`${encoder.id} ${encoder.dimension} 3\n`);
    for (const text of texts) hash.update(`${text.length} ${text}`);
    this.#path = join(directory, `${hash.digest('hex').slice(0, 32)}.f32`);
    this.#length = 3 * texts.length * encoder.dimension;
  }

  read(): Float32Array | null {
    try {
      const bytes = readFileSync(this.#path);
      if (bytes.byteLength !== 4 * this.#length) return null;
      return new Float32Array(bytes.buffer, bytes.byteOffset, this.#length);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  write(pooled: Float32Array): void {
    mkdirSync(this.directory, { recursive: true });
    const partial = `${this.#path}.${process.pid}.partial`;
    writeFileSync(partial, new Uint8Array(pooled.buffer, pooled.byteOffset, pooled.byteLength));
    renameSync(partial, this.#path);
  }
}
