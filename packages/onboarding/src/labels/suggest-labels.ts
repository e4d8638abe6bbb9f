import type { Ability } from '@zerorouter/latent-space';
import { sampleTraffic } from './label-traffic.js';
import type { TrafficQuery } from './label-traffic.js';
import { LabelValue, weighWidths } from './label-value.js';

/** A query of the traffic on which models may be graded. */
export interface GradableQuery extends TrafficQuery {
  /** Per model: whether a grade of it may be asked for. */
  readonly askable: readonly boolean[];
}

export interface LabelSuggestion {
  /** Index of the query. */
  readonly query: number;
  /** Index of the model whose grade helps. */
  readonly model: number;
  /** Expected fall of the regret per query of the traffic, the grades suggested before it being there. */
  readonly gain: number;
}

export interface SuggestOptions {
  /** Most suggestions. */
  readonly limit: number;
  readonly seed: number;
  /** Awaited every few milliseconds, so that others have their turn. */
  readonly pause: () => Promise<void>;
}

/** Values that are computed between two pauses, roughly. */
const BETWEEN_PAUSES = 128;

/**
 * The queries whose grades are expected to improve the choices of the traffic most: each query once, with the model to
 * grade. Greedy: the best one is taken, its model's covariance shrinks as the grade is expected to shrink it, and the
 * rest is valued anew, so that no two tell the same. Lazily (Minoux 1978): a value from before is taken for an upper
 * bound of what it has become, and only the best one is computed again. Fewer than `limit` come back where no other
 * grade is worth anything.
 * @param abilities per model.
 */
export async function suggestLabels(
  abilities: readonly Ability[],
  queries: readonly GradableQuery[],
  { limit, seed, pause }: SuggestOptions,
): Promise<LabelSuggestion[]> {
  const weights = weighWidths(abilities, sampleTraffic(queries, seed));
  const outlooks = abilities.map((ability, m) => new LabelValue(ability, weights[m]));
  const models = abilities.length;
  const values = new Float64Array(queries.length * models);
  let computed = 0;
  for (const [q, { item, askable }] of queries.entries())
    for (let m = 0; m < models; m++) {
      if (!askable[m]) continue;
      values[q * models + m] = outlooks[m].valueOf(item);
      if (++computed % BETWEEN_PAUSES === 0) await pause();
    }

  /** How many grades of its model each value reckons with, and how many have been suggested. */
  const reckoned = new Int32Array(values.length);
  const suggested = new Int32Array(models);
  const best = Int32Array.from(queries, (_, q) => bestModel(values, q, models));
  const suggestions: LabelSuggestion[] = [];
  while (suggestions.length < limit) {
    if (++computed % BETWEEN_PAUSES === 0) await pause();
    const query = bestQuery(values, best, models);
    if (query === null) break;
    const model = best[query];
    const place = query * models + model;
    const { item } = queries[query];
    if (reckoned[place] < suggested[model]) {
      values[place] = outlooks[model].valueOf(item);
      reckoned[place] = suggested[model];
    } else {
      suggestions.push({ query, model, gain: values[place] });
      outlooks[model].expect(item);
      suggested[model]++;
      values.fill(0, query * models, (query + 1) * models);
    }
    best[query] = bestModel(values, query, models);
  }
  return suggestions;
}

function bestModel(values: Float64Array, query: number, models: number): number {
  let best = 0;
  for (let m = 1; m < models; m++)
    if (values[query * models + m] > values[query * models + best]) best = m;
  return best;
}

/** Null where no grade is worth anything. */
function bestQuery(values: Float64Array, best: Int32Array, models: number): number | null {
  let found: number | null = null;
  let most = 0;
  for (let q = 0; q < best.length; q++) {
    const value = values[q * models + best[q]];
    if (value <= most) continue;
    most = value;
    found = q;
  }
  return found;
}
