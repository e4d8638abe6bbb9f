import type { MatrixKernel, Random } from '@zerorouter/latent-space';
import { nearestCentroids, sphericalCentroids } from '@zerorouter/latent-space';
import type { EncodedQueries } from '../encode-queries.js';

/** What tells how far from home a query is. */
export interface FamiliarityMap {
  /** Unit centroids of the calibration queries, centroids × width. */
  readonly centroids: Float32Array;
  /** Cosine to the nearest centroid: at or below `away` nothing is familiar, at `home` everything. */
  readonly range: readonly [away: number, home: number];
}

const CENTROIDS = 256;

/** Shares of the calibration queries that mark "home", and the spread that reaches to "away". */
const HOME_QUANTILE = 0.25;
const FAR_QUANTILE = 0.01;

/**
 * Learns the map from the given queries alone: `home` is the cosine that three quarters of
 * them exceed; `away` lies as far below their worst percent as that lies below `home`.
 */
export async function learnFamiliarity(
  encoded: EncodedQueries,
  rows: Int32Array,
  random: Random,
  kernel: MatrixKernel,
): Promise<FamiliarityMap> {
  const width = encoded.embeddingWidth;
  const unit = unitMeans(rowsOf(encoded.mean, width, rows), width);
  const centroids = await sphericalCentroids(
    unit,
    width,
    Math.min(CENTROIDS, Math.max(1, Math.floor(rows.length / 8))),
    random,
    kernel,
  );
  const cosines = (await nearestCentroids(centroids, unit, width, kernel)).cosine.sort();
  const quantile = (share: number) => cosines[Math.floor(share * (cosines.length - 1))]!;
  const home = quantile(HOME_QUANTILE);
  const spread = Math.max(0.02, home - quantile(FAR_QUANTILE));
  return { centroids, range: [home - 2 * spread, home] };
}

/** How familiar the given queries are, each in [0, 1]: what the exported head computes. */
export async function familiarityOf(
  { centroids, range: [away, home] }: FamiliarityMap,
  encoded: EncodedQueries,
  rows: Int32Array,
  kernel: MatrixKernel,
): Promise<Float32Array> {
  const width = encoded.embeddingWidth;
  const unit = unitMeans(rowsOf(encoded.mean, width, rows), width);
  const { cosine } = await nearestCentroids(centroids, unit, width, kernel);
  return cosine.map((value) => Math.min(1, Math.max(0, (value - away) / (home - away))));
}

/** Rows scaled to unit length; a row of zeros stays. */
export function unitMeans(means: Float32Array, width: number): Float32Array {
  const unit = means.slice();
  for (let at = 0; at < unit.length; at += width) {
    let norm = 0;
    for (let j = 0; j < width; j++) norm += unit[at + j]! ** 2;
    norm = Math.sqrt(norm) || 1;
    for (let j = 0; j < width; j++) unit[at + j]! /= norm;
  }
  return unit;
}

function rowsOf(matrix: Float32Array, width: number, rows: Int32Array): Float32Array {
  const picked = new Float32Array(rows.length * width);
  rows.forEach((row, i) => picked.set(matrix.subarray(row * width, (row + 1) * width), i * width));
  return picked;
}
