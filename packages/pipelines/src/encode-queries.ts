import type { Encoder } from '@zerorouter/encoder';
import { TEXT_FEATURE_NAMES, textFeatures } from '@zerorouter/latent-space';
import { EmbeddingCache } from './embedding-cache.js';
import type { ProgressListener } from './progress.js';

/** Encoded texts: what the predictor's network reads, before features are standardised. */
export interface EncodedQueries {
  readonly count: number;
  readonly embeddingWidth: number;
  /** Mean over a text's windows, count × embeddingWidth. */
  readonly mean: Float32Array;
  readonly last: Float32Array;
  /** The first window alone: the embedding of a text's first `maxTokens` tokens. */
  readonly first: Float32Array;
  /** Structural features, count × features. */
  readonly features: Float32Array;
}

/** Texts between two writes to the cache: what an interrupted run has to encode again, at most. */
const BATCH = 2048;

/** Texts in work at a time: enough to keep every session busy. */
const CONCURRENCY = 8;

/**
 * Encodes texts, several at a time; each by itself, so that no text depends on another.
 * @param cacheDir where the embedding of each text is kept, by encoder and text, so that any later
 *   list of texts encodes only what is new to it; null = nowhere. The bits are the same either way.
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
  const parts = [0, 1, 2].map(() => new Float32Array(texts.length * width)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const place = (row: number, pooled: Float32Array): void =>
    parts.forEach((part, p) => part.set(pooled.subarray(p * width, (p + 1) * width), row * width));

  const cache = cacheDir === null ? null : new EmbeddingCache(cacheDir, encoder, 3 * width);
  const known = new Uint8Array(texts.length);
  cache?.read(texts, (rows, pooled) => {
    for (const row of rows) {
      known[row] = 1;
      place(row, pooled);
    }
  });
  const rowsOf = new Map<string, number[]>();
  texts.forEach((text, row) => {
    if (known[row] === 1) return;
    const rows = rowsOf.get(text);
    if (rows === undefined) rowsOf.set(text, [row]);
    else rows.push(row);
  });
  const missing = [...rowsOf.keys()];
  for (let begin = 0; begin < missing.length; begin += BATCH) {
    const batch = missing.slice(begin, begin + BATCH);
    const pooled = await poolWindows(encoder, batch, (done) =>
      onProgress({ stage: 'encoding texts', done: begin + done, total: missing.length }),
    );
    cache?.write(batch, pooled);
    batch.forEach((text, i) => {
      for (const row of rowsOf.get(text)!)
        place(row, pooled.subarray(3 * i * width, 3 * (i + 1) * width));
    });
  }
  const [mean, last, first] = parts;
  return { count: texts.length, embeddingWidth: width, mean, last, first, features };
}

/** Mean, last and first window of every text, text after text: texts × 3 × dimension. */
async function poolWindows(
  encoder: Encoder,
  texts: readonly string[],
  onDone: (done: number) => void,
): Promise<Float32Array> {
  const width = encoder.dimension;
  const pooled = new Float32Array(3 * texts.length * width);
  let next = 0;
  let done = 0;
  const encodeSome = async (): Promise<void> => {
    while (next < texts.length) {
      const row = next++;
      const windows = await encoder.embedWindows(texts[row]!);
      const count = windows.length / width;
      const own = pooled.subarray(3 * row * width, 3 * (row + 1) * width);
      for (let w = 0; w < count; w++)
        for (let j = 0; j < width; j++) own[j]! += windows[w * width + j]! / count;
      own.set(windows.subarray((count - 1) * width), width);
      own.set(windows.subarray(0, width), 2 * width);
      if (++done % 100 === 0 || done === texts.length) onDone(done);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, encodeSome));
  return pooled;
}
