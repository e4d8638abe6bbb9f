import { nearestCentroids, seededRandom, sphericalCentroids } from '@zerorouter/latent-space';
import type { RunContext } from '../run/run-context.js';
import { gather } from './training-labels.js';

export const CLUSTER_COUNTS = [20, 50, 100] as const;

/** UniRoute's clusters: spherical k-means over the training queries, and the cluster of every query. */
export async function clusterQueries(
  context: RunContext,
  training: Uint8Array,
): Promise<Map<number, Int32Array>> {
  const { data, kernel, width, embeddings } = context;
  const rows = data.queries.flatMap((_, q) => (training[q] === 1 ? [q] : []));
  const vectors = gather(context, rows);
  const clusters = new Map<number, Int32Array>();
  for (const count of CLUSTER_COUNTS) {
    const centroids = await sphericalCentroids(
      vectors,
      width,
      count,
      seededRandom(context.seed),
      kernel,
    );
    const { index } = await nearestCentroids(centroids, embeddings, width, kernel);
    clusters.set(count, index);
  }
  return clusters;
}
