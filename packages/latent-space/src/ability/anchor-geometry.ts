import type { ItemParameters } from '../response-model/response-model.js';

const { exp, sqrt, max } = Math;

/** An anchor that several models may have answered. */
export interface SharedAnchor {
  /** As the predictor places it. */
  readonly item: ItemParameters;
  /** Embedding of its text, any scale. */
  readonly embedding: ArrayLike<number>;
}

/** Where the anchors of one call lie, and how alike they are. */
export interface AnchorGeometry {
  /** Mean of d̂. */
  readonly center: number;
  /** Mean of the unit embeddings. */
  readonly meanEmbedding: Float32Array;
  /** Unit vectors from that mean, anchors × width row-major. */
  readonly directions: Float32Array;
  /** Cosine to the mean embedding: of another domain below the first, of this one above the second. */
  readonly reach: readonly [away: number, home: number];
  /** k between anchors, row-major. */
  readonly similarity: Float64Array;
}

/** β: how quickly neighbours forget each other. */
const SHARPNESS = 2;

/** The share of anchors that lie farther out than "of this domain", and the least width of its edge. */
const HOME_QUANTILE = 0.1;
const LEAST_SPREAD = 0.05;

/** k(x, x′) = exp(β(cos − 1)). */
export function similarityAt(cosine: number): number {
  return exp(SHARPNESS * (cosine - 1));
}

export function placeAnchors(anchors: readonly SharedAnchor[]): AnchorGeometry {
  const width = anchors[0].embedding.length;
  const meanEmbedding = new Float32Array(width);
  for (const { embedding } of anchors) {
    if (embedding.length !== width)
      throw new RangeError(`an embedding has ${embedding.length} coordinates, another ${width}`);
    const unit = directionFrom(embedding, null);
    for (let j = 0; j < width; j++) meanEmbedding[j] += unit[j] / anchors.length;
  }
  const directions = new Float32Array(anchors.length * width);
  anchors.forEach(({ embedding }, i) =>
    directions.set(directionFrom(embedding, meanEmbedding), i * width),
  );
  const n = anchors.length;
  const similarity = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let cosine = 0;
      for (let k = 0; k < width; k++)
        cosine += directions[i * width + k] * directions[j * width + k];
      similarity[i * n + j] = similarity[j * n + i] = similarityAt(cosine);
    }
  const center = meanOf(anchors.map(({ item }) => item.difficulty));
  const nearness = anchors
    .map(({ embedding }) => cosineBetween(embedding, meanEmbedding))
    .sort((a, b) => a - b);
  const home = nearness[Math.floor(HOME_QUANTILE * n)];
  const spread = max(LEAST_SPREAD, nearness[n >> 1] - home);
  return { center, meanEmbedding, directions, similarity, reach: [home - 2 * spread, home] };
}

/** Cosine between two vectors; 0 where one of them has no length. */
export function cosineBetween(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let j = 0; j < a.length; j++) {
    ab += a[j] * b[j];
    aa += a[j] * a[j];
    bb += b[j] * b[j];
  }
  return aa > 0 && bb > 0 ? ab / sqrt(aa * bb) : 0;
}

/** Unit vector of an embedding, or of its difference to `origin`; zeros where there is none. */
export function directionFrom(
  embedding: ArrayLike<number>,
  origin: Float32Array | null,
): Float32Array {
  let norm = 0;
  for (let j = 0; j < embedding.length; j++) norm += embedding[j] ** 2;
  const scale = norm > 0 ? 1 / sqrt(norm) : 0;
  const direction = Float32Array.from(
    { length: embedding.length },
    (_, j) => embedding[j] * scale - (origin === null ? 0 : origin[j]),
  );
  norm = 0;
  for (const value of direction) norm += value * value;
  // The only anchor is its own mean: it has no direction.
  if (norm < 1e-12) return direction.fill(0);
  return direction.map((value) => value / sqrt(norm));
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
