import { seededRandom } from '@zerorouter/latent-space';
import type { RunContext } from '../run/run-context.js';

/** Two halves by question stem, seeded: anchors from one, judged on the other. */
export function halves(
  { data, seed }: Pick<RunContext, 'data' | 'seed'>,
  queries: readonly number[],
): [number[], number[]] {
  const stems = [...new Set(queries.map((q) => data.queries[q]!.stem))];
  const place = seededRandom(seed).permutation(stems.length);
  const first = new Set(stems.filter((_, i) => 2 * place[i]! < stems.length));
  return [
    queries.filter((q) => first.has(data.queries[q]!.stem)),
    queries.filter((q) => !first.has(data.queries[q]!.stem)),
  ];
}
