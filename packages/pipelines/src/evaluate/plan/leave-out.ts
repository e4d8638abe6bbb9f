import { seededRandom } from '@zerorouter/latent-space';
import type { EvaluationData } from '../evaluation-data.js';

/** Which models and queries the calibrations never see. */
export interface LeftOut {
  readonly families: readonly string[];
  /** By subject number. */
  readonly subject: Uint8Array;
  /** By query number. */
  readonly query: Uint8Array;
}

const SHARE = 0.2;

/** No data set loses more of its models than this, and each keeps some to learn from. */
const MOST_SHARE = 0.4;
const FEWEST_SEEN = 3;

/**
 * Leaves out about a fifth of each data set's models, by whole families across all data sets, and a
 * fifth of the queries, by question stem across all data sets. Seeded.
 *
 * Families are taken in random order. One is left out when a data set that it occurs in still lacks
 * left-out models and none would lose more than two fifths; a data set of few large families may so
 * keep all its models.
 */
export function leaveOut(data: EvaluationData, seed: number): LeftOut {
  const random = seededRandom(seed);
  const counts = data.dataSets.map(() => new Map<string, number>());
  for (const { source, family } of data.subjects)
    counts[source]!.set(family, (counts[source]!.get(family) ?? 0) + 1);
  const models = counts.map((own) => [...own.values()].reduce((sum, n) => sum + n, 0));
  const left = models.map(() => 0);
  const families = [...new Set(data.subjects.map(({ family }) => family))].sort();
  const chosen: string[] = [];
  for (const index of random.permutation(families.length)) {
    const family = families[index]!;
    const touched = counts.flatMap((own, source) => {
      const count = own.get(family);
      return count === undefined ? [] : [{ source, count }];
    });
    const wanted = touched.some(({ source }) => left[source]! < SHARE * models[source]!);
    const bearable = touched.every(({ source, count }) => {
      const after = left[source]! + count;
      return after <= MOST_SHARE * models[source]! && models[source]! - after >= FEWEST_SEEN;
    });
    if (!wanted || !bearable) continue;
    chosen.push(family);
    for (const { source, count } of touched) left[source]! += count;
  }
  const held = new Set(chosen);

  const stems = [...new Set(data.queries.map(({ stem }) => stem))];
  const place = random.permutation(stems.length);
  const heldStems = new Set(stems.filter((_, i) => place[i]! < SHARE * stems.length));
  return {
    families: chosen.sort(),
    subject: Uint8Array.from(data.subjects, ({ family }) => (held.has(family) ? 1 : 0)),
    query: Uint8Array.from(data.queries, ({ stem }) => (heldStems.has(stem) ? 1 : 0)),
  };
}
