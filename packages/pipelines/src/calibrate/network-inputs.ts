import type { EncodedQueries } from '../encode-queries.js';

/** How raw encodings become network inputs; the same numbers go into the exported head. */
export interface InputScaling {
  readonly embeddingScale: number;
  readonly featureMean: Float32Array;
  readonly featureDeviation: Float32Array;
  readonly featureClip: number;
  readonly featureScale: number;
}

/** Standardised features farther out than this say "unusual", not "how unusual". */
const FEATURE_CLIP = 4;

/**
 * Dozens of features stand beside hundreds of embedding coordinates: scaled up, the network learns
 * from both at once. 3 was better than 1 on held-out queries of five of six data sets.
 */
const FEATURE_SCALE = 3;

/** Embeddings have unit norm: √width brings a coordinate to unit scale. */
export function measureScaling(encoded: EncodedQueries): InputScaling {
  const width = encoded.features.length / encoded.count;
  const featureMean = new Float32Array(width);
  const featureDeviation = new Float32Array(width);
  for (let j = 0; j < width; j++) {
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < encoded.count; i++) {
      const value = encoded.features[i * width + j]!;
      sum += value;
      squares += value * value;
    }
    const mean = sum / encoded.count;
    featureMean[j] = mean;
    // A feature that never varied says nothing; one that hardly did must not explode elsewhere.
    featureDeviation[j] = Math.max(
      0.02,
      Math.sqrt(Math.max(0, squares / encoded.count - mean ** 2)),
    );
  }
  return {
    embeddingScale: Math.sqrt(encoded.embeddingWidth),
    featureMean,
    featureDeviation,
    featureClip: FEATURE_CLIP,
    featureScale: FEATURE_SCALE,
  };
}

/** [mean | last | first window] · scale, then clipped standardised features; count × inputs. */
export function networkInputs(
  encoded: EncodedQueries,
  scaling: InputScaling,
): { inputs: Float32Array; width: number } {
  const embedding = encoded.embeddingWidth;
  const features = scaling.featureMean.length;
  const width = 3 * embedding + features;
  const inputs = new Float32Array(encoded.count * width);
  for (let i = 0; i < encoded.count; i++) {
    let at = i * width;
    for (const part of [encoded.mean, encoded.last, encoded.first])
      for (let j = 0; j < embedding; j++)
        inputs[at++] = part[i * embedding + j]! * scaling.embeddingScale;
    for (let j = 0; j < features; j++) {
      const standardised =
        (encoded.features[i * features + j]! - scaling.featureMean[j]!) /
        scaling.featureDeviation[j]!;
      inputs[at++] =
        scaling.featureScale *
        Math.max(-scaling.featureClip, Math.min(scaling.featureClip, standardised));
    }
  }
  return { inputs, width };
}
