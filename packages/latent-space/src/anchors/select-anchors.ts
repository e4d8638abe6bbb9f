import type { Random } from '../random/seeded-random.js';
import type { ItemParameters } from '../response-model/response-model.js';

/** How anchors are chosen among candidate queries. */
export type AnchorDesign = 'adaptive' | 'log-det' | 'stratified' | 'random';

/** `count` of the candidates, uniformly. */
export function randomAnchors(candidates: number, count: number, random: Random): number[] {
  return Array.from(random.permutation(candidates).subarray(0, count));
}

/**
 * Stratified by difficulty: the candidates are cut into `count` quantiles of d̂ and one is drawn
 * from each, in random order, so that every prefix spreads over the range too.
 *
 * @param excluded candidates that may not be chosen.
 */
export function stratifiedAnchors(
  items: readonly ItemParameters[],
  count: number,
  random: Random,
  excluded: ReadonlySet<number> = new Set(),
): number[] {
  const order = items
    .map((_, i) => i)
    .filter((i) => !excluded.has(i))
    .sort((a, b) => items[a].difficulty - items[b].difficulty || a - b);
  const n = Math.min(count, order.length);
  const picks: number[] = [];
  for (let stratum = 0; stratum < n; stratum++) {
    const from = Math.floor((stratum * order.length) / n);
    const to = Math.floor(((stratum + 1) * order.length) / n);
    picks.push(order[from + random.integer(to - from)]);
  }
  return Array.from(random.permutation(n), (i) => picks[i]);
}
