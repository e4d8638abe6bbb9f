import type { MatrixKernel } from '../../linear-algebra/matrix-kernel.js';

/** Per query the nearest candidates, nearest first: rows of k. */
export interface Neighbours {
  readonly k: number;
  readonly index: Int32Array;
}

/** Similarities that are held at a time. */
const CHUNK_CELLS = 8_000_000;

/**
 * The k candidates with the largest inner product (cosine, for unit rows) to each query; fewer when
 * there are fewer. Ties go to the earlier candidate.
 *
 * @param leaveOneOut query i is candidate i, and is not its own neighbour.
 * @throws RangeError when there is no candidate.
 */
export async function nearestNeighbours(
  queries: Float32Array,
  candidates: Float32Array,
  width: number,
  k: number,
  kernel: MatrixKernel,
  leaveOneOut = false,
): Promise<Neighbours> {
  const n = queries.length / width;
  const m = candidates.length / width;
  const wanted = Math.min(k, leaveOneOut ? m - 1 : m);
  if (wanted < 1) throw new RangeError(`${m} candidates give no neighbour`);
  const index = new Int32Array(n * wanted);
  const chunk = Math.max(1, Math.floor(CHUNK_CELLS / m));
  const best = new Float32Array(wanted);
  for (let begin = 0; begin < n; begin += chunk) {
    const rows = Math.min(chunk, n - begin);
    const similarity = await kernel.multiply(
      queries.slice(begin * width, (begin + rows) * width),
      candidates,
      { m: rows, k: width, n: m },
      'right',
    );
    for (let i = 0; i < rows; i++) {
      const row = begin + i;
      const at = row * wanted;
      let held = 0;
      for (let j = 0; j < m; j++) {
        const value = similarity[i * m + j];
        if ((held === wanted && value <= best[wanted - 1]) || (leaveOneOut && j === row)) continue;
        let place = held < wanted ? held++ : wanted - 1;
        while (place > 0 && best[place - 1] < value) {
          best[place] = best[place - 1];
          index[at + place] = index[at + place - 1];
          place--;
        }
        best[place] = value;
        index[at + place] = j;
      }
    }
  }
  return { k: wanted, index };
}

/**
 * Mean label of the first `k` neighbours, shrunk toward `center` by `strength` pseudo-answers:
 * (Σ y + strength·center)/(k + strength).
 */
export function neighbourMeans(
  neighbours: Neighbours,
  k: number,
  labels: ArrayLike<number>,
  center: number,
  strength: number,
): Float64Array {
  const used = Math.min(k, neighbours.k);
  return Float64Array.from({ length: neighbours.index.length / neighbours.k }, (_, i) => {
    let sum = strength * center;
    for (let j = 0; j < used; j++) sum += labels[neighbours.index[i * neighbours.k + j]];
    return sum / (used + strength);
  });
}
