import type { MatrixKernel } from '../linear-algebra/matrix-kernel.js';
import { gatherRows } from '../linear-algebra/rows.js';
import type { Random } from '../random/seeded-random.js';

/** Vectors placed at a time: bounds the memory of their cosines. */
const CHUNK = 2048;

/** A sample of this size is enough to place centroids. */
const SAMPLE = 6000;

/**
 * Spherical k-means (Dhillon & Modha 2001): unit centroids of unit vectors, so that the cosine to
 * the nearest says how close a query is to anything the space was calibrated on.
 *
 * @param vectors unit rows, n × width.
 * @returns at most `count` unit centroids, row-major.
 */
export async function sphericalCentroids(
  vectors: Float32Array,
  width: number,
  count: number,
  random: Random,
  kernel: MatrixKernel,
  iterations = 8,
): Promise<Float32Array> {
  const order = random.permutation(vectors.length / width);
  const k = Math.min(count, order.length);
  const centroids = gatherRows(vectors, width, order.subarray(0, k));
  const sample = gatherRows(vectors, width, order.subarray(0, Math.min(order.length, SAMPLE)));
  for (let iteration = 0; iteration < iterations; iteration++) {
    const { index } = await nearestCentroids(centroids, sample, width, kernel);
    const sums = new Float32Array(k * width);
    for (let i = 0; i < index.length; i++)
      for (let j = 0; j < width; j++) sums[index[i] * width + j] += sample[i * width + j];
    for (let c = 0; c < k; c++) {
      let norm = 0;
      for (let j = 0; j < width; j++) norm += sums[c * width + j] ** 2;
      if (norm === 0) continue;
      const scale = 1 / Math.sqrt(norm);
      for (let j = 0; j < width; j++) centroids[c * width + j] = sums[c * width + j] * scale;
    }
  }
  return centroids;
}

/** For each unit vector the centroid with the largest cosine, and that cosine. */
export async function nearestCentroids(
  centroids: Float32Array,
  vectors: Float32Array,
  width: number,
  kernel: MatrixKernel,
): Promise<{ index: Int32Array; cosine: Float32Array }> {
  const n = vectors.length / width;
  const k = centroids.length / width;
  const index = new Int32Array(n);
  const cosine = new Float32Array(n).fill(-Infinity);
  for (let begin = 0; begin < n; begin += CHUNK) {
    const m = Math.min(CHUNK, n - begin);
    const rows = vectors.slice(begin * width, (begin + m) * width);
    const products = await kernel.multiply(rows, centroids, { m, k: width, n: k }, 'right');
    for (let i = 0; i < m; i++)
      for (let c = 0; c < k; c++)
        if (products[i * k + c] > cosine[begin + i]) {
          cosine[begin + i] = products[i * k + c];
          index[begin + i] = c;
        }
  }
  return { index, cosine };
}
