import type { MatrixKernel, Random } from '@zerorouter/latent-space';
import {
  gatherRows,
  nearestCentroids,
  sphericalCentroids,
  unitRows,
} from '@zerorouter/latent-space';
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
  const unit = unitRows(gatherRows(encoded.mean, width, rows), width);
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
  const unit = unitRows(gatherRows(encoded.mean, width, rows), width);
  const { cosine } = await nearestCentroids(centroids, unit, width, kernel);
  return cosine.map((value) => Math.min(1, Math.max(0, (value - away) / (home - away))));
}
