import { expectedSigmoid, forecastCorrectness, seededRandom } from '@zerorouter/latent-space';
import type { Ability, ItemParameters } from '@zerorouter/latent-space';

/** One query of the traffic, and what decides about it besides P(correct). */
export interface TrafficQuery {
  readonly item: ItemParameters;
  /** w_a: utility of being right. */
  readonly accuracyWeight: number;
  /** Per model: utility less w_a·P(correct), which is what cost and latency take; null = it may not be chosen. */
  readonly handicaps: readonly (number | null)[];
}

/** Most queries that stand for the traffic. */
const SAMPLE = 200;

/** At most {@link SAMPLE} of the queries that leave a choice, drawn by the seed. */
export function sampleTraffic<Query extends TrafficQuery>(
  queries: readonly Query[],
  seed: number,
): Query[] {
  const open = queries.filter(
    ({ handicaps, accuracyWeight }) =>
      accuracyWeight > 0 && handicaps.filter((handicap) => handicap !== null).length > 1,
  );
  const drawn = seededRandom(seed).permutation(open.length).slice(0, SAMPLE);
  return Array.from(drawn, (i) => open[i]);
}

/** E[U] of a model; −∞ where it may not be chosen. */
export function expectedUtility(query: TrafficQuery, model: number, ability: Ability): number {
  const handicap = query.handicaps[model];
  if (handicap === null) return -Infinity;
  return query.accuracyWeight * forecastCorrectness(query.item, ability).probability + handicap;
}

/** U of a model if its ability were known to be `theta`; −∞ where it may not be chosen. */
export function utilityAt(query: TrafficQuery, model: number, theta: ArrayLike<number>): number {
  const { item, accuracyWeight, handicaps } = query;
  const handicap = handicaps[model];
  if (handicap === null) return -Infinity;
  let logit = -item.difficulty;
  for (let k = 0; k < theta.length; k++) logit += item.discrimination[k] * theta[k];
  return accuracyWeight * expectedSigmoid(logit, item.difficultyVariance) + handicap;
}
