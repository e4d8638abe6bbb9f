import { seededRandom } from '@zerorouter/latent-space';
import type { RunContext } from '../run/run-context.js';

/** Labelled answers that a baseline may use for one judged model, by query number. */
export interface Labels {
  readonly query: Int32Array;
  readonly score: Float64Array;
  /** Mean known cost of these calls; NaN when none is known. */
  readonly meanCostUsd: number;
}

/** Answers of one or several subjects to the allowed queries; the same query twice is averaged. */
export function labelsOf(
  { data }: RunContext,
  subjects: readonly number[],
  allowed: (query: number) => boolean,
): Labels {
  const sums = new Map<number, { sum: number; count: number }>();
  let cost = 0;
  let priced = 0;
  for (const s of subjects) {
    const { query, score, costUsd } = data.answers[s]!;
    query.forEach((q, i) => {
      if (!allowed(q)) return;
      const known = sums.get(q);
      if (known === undefined) sums.set(q, { sum: score[i]!, count: 1 });
      else {
        known.sum += score[i]!;
        known.count++;
      }
      if (Number.isNaN(costUsd[i]!)) return;
      cost += costUsd[i]!;
      priced++;
    });
  }
  const query = Int32Array.from(sums.keys()).sort();
  return {
    query,
    score: Float64Array.from(query, (q) => {
      const { sum, count } = sums.get(q)!;
      return sum / count;
    }),
    meanCostUsd: priced === 0 ? NaN : cost / priced,
  };
}

/** Rows of the embeddings of some queries. */
export function gather(
  { embeddings, width }: RunContext,
  queries: ArrayLike<number>,
): Float32Array {
  const rows = new Float32Array(queries.length * width);
  for (let i = 0; i < queries.length; i++)
    rows.set(embeddings.subarray(queries[i]! * width, (queries[i]! + 1) * width), i * width);
  return rows;
}

/** At most `count` of some queries, in ascending order; seeded. */
export function sampleQueries(queries: ArrayLike<number>, count: number, seed: number): number[] {
  if (queries.length <= count) return Array.from(queries);
  const order = seededRandom(seed).permutation(queries.length);
  return Array.from(order.subarray(0, count), (i) => queries[i]!).sort((a, b) => a - b);
}
