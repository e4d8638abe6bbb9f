import type { Ability, ItemParameters } from '../response-model/response-model.js';
import { forecastCorrectness, quadraticForm } from '../response-model/response-model.js';
import { withSensitivity, withSensitivityPrior } from './difficulty-sensitivity.js';
import type { AbilityEstimate } from './estimate-ability.js';
import { estimateAbility } from './estimate-ability.js';

/** The graded answer to one query of the reference traffic. */
export interface ReferenceAnswer {
  /** Which query of the reference. */
  readonly query: number;
  /** In [0, 1]. */
  readonly score: number;
}

export interface ExpectedAccuracy {
  /** Expected mean score over the reference traffic. */
  readonly value: number;
  readonly standardDeviation: number;
  /** Central 90% interval. */
  readonly interval: readonly [low: number, high: number];
}

const NORMAL_95 = 1.6448536269514722;

/**
 * Standard deviation of the mean of p̂ around the truth with θ known. On 138 models of six sources,
 * left out or treated as new, anything from 0 to .04 gave the same error within .001: it is kept small.
 */
const MODEL_BIAS = 0.02;

/**
 * Standard deviation of the errors over that of the posterior: p̂ of uncertain items is nearer to ½ than the
 * truth is, which overstates the chance of single answers and understates what they tell. On the same models
 * 90% intervals of random and adaptive anchors needed a factor of .75 to 1.
 */
const DEVIATION_FACTOR = 0.88;

/**
 * The mean score of a model over the reference traffic, from its answers to some of it (gp-IRT, Polo et
 * al. 2024, tinyBenchmarks, for a finite traffic):
 *   Â = (Σ_answered y + Σ_others p̂ + λ·others·mean_answered(y − p̂)) / all.
 * What was answered is known. Of the others p̂ speaks, from the posterior of θ and of the model's
 * sensitivity to difficulty, and the anchors' mean residual corrects it by the weight λ that minimises the
 * mean squared error when p̂ is off by {@link MODEL_BIAS} on average.
 *
 * The variance is the posterior's (delta method along the mean of p̂), plus the chance of the single
 * answers that nobody asked, plus what λ leaves of the bias, all scaled by {@link DEVIATION_FACTOR}².
 *
 * @param answers each query at most once.
 * @throws RangeError when there is no reference, or an answer is to a query outside it or given twice.
 */
export function expectedAccuracy(
  prior: Ability,
  reference: readonly ItemParameters[],
  answers: readonly ReferenceAnswer[],
): ExpectedAccuracy {
  if (reference.length === 0) throw new RangeError('expected accuracy needs reference traffic');
  const { items, posterior } = referencePosterior(prior, reference, answers);
  const scores = new Map(answers.map(({ query, score }) => [query, score]));
  if (scores.size < answers.length)
    throw new RangeError(`${answers.length} answers to ${scores.size} queries: one is given twice`);

  const dimensions = posterior.mean.length;
  const direction = new Float64Array(dimensions);
  const others = reference.length - scores.size;
  let known = 0;
  let residual = 0;
  let noise = 0;
  let implied = 0;
  let chance = 0;
  items.forEach((item, query) => {
    const { probability } = forecastCorrectness(item, posterior);
    const spread = probability * (1 - probability);
    const score = scores.get(query);
    if (score === undefined) {
      implied += probability;
      chance += spread;
      for (let k = 0; k < dimensions; k++) direction[k] += spread * item.discrimination[k];
    } else {
      known += score;
      residual += (score - probability) / scores.size;
      noise += spread / scores.size ** 2;
    }
  });
  const bias = MODEL_BIAS ** 2;
  const weight = scores.size === 0 ? 0 : bias / (bias + noise);
  const value = (known + implied + weight * others * residual) / reference.length;
  const share = others / reference.length;
  const variance =
    (quadraticForm(direction, posterior.covariance) + chance) / reference.length ** 2 +
    share ** 2 * (1 - weight) * bias;
  const standardDeviation = DEVIATION_FACTOR * Math.sqrt(variance);
  const half = NORMAL_95 * standardDeviation;
  const clip = (accuracy: number) => Math.min(1, Math.max(0, accuracy));
  return {
    value: clip(value),
    standardDeviation,
    interval: [clip(value - half), clip(value + half)],
  };
}

/** The reference with sensitivity as a further coordinate, and the posterior over θ and it. */
export function referencePosterior(
  prior: Ability,
  reference: readonly ItemParameters[],
  answers: readonly ReferenceAnswer[],
): { items: ItemParameters[]; posterior: AbilityEstimate } {
  const items = withSensitivity(reference);
  const answered = answers.map(({ query, score }) => {
    const item = items[query];
    if (item === undefined)
      throw new RangeError(`answer to query ${query} of a reference of ${items.length}`);
    return { item, score };
  });
  return { items, posterior: estimateAbility(answered, withSensitivityPrior(prior)) };
}
