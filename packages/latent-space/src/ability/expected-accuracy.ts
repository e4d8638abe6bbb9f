import type { Ability, ItemParameters } from '../response-model/response-model.js';
import {
  dot,
  expectedSigmoid,
  forecastCorrectness,
  quadraticForm,
} from '../response-model/response-model.js';
import type { AnchorAnswer } from './estimate-ability.js';

export interface ExpectedAccuracy {
  /** Expected mean score over the reference traffic. */
  readonly value: number;
  /** Central 90% interval. */
  readonly interval: readonly [low: number, high: number];
}

const NORMAL_95 = 1.6448536269514722;

/**
 * gp-IRT (Polo et al. 2024, tinyBenchmarks): a convex mix of what the model implies on the
 * reference traffic and of that estimate corrected by the anchors' mean residual,
 *   Â = mean_ref p̂ + λ·mean_anchors(y − p̂).
 * λ is the weight that minimises the mean squared error when the model's own bias has standard
 * deviation {@link MODEL_BIAS}: with few anchors the model is believed, with many the anchors.
 * On randomly drawn anchors the correction is unbiased; on designed ones p̂ takes the design out.
 *
 * @param reference the traffic that the accuracy is about.
 */
export function expectedAccuracy(
  ability: Ability,
  answers: readonly AnchorAnswer[],
  reference: readonly ItemParameters[],
): ExpectedAccuracy {
  if (reference.length === 0) throw new RangeError('expected accuracy needs reference traffic');
  let implied = 0;
  const dimensions = ability.mean.length;
  const direction = new Float64Array(dimensions);
  for (const item of reference) {
    const { probability } = forecastCorrectness(item, ability);
    implied += probability / reference.length;
    const slope = (probability * (1 - probability)) / reference.length;
    for (let k = 0; k < dimensions; k++) direction[k] += slope * item.discrimination[k];
  }
  // Delta method: gradient of the mean probability along θ.
  const abilityVariance = quadraticForm(direction, ability.covariance);

  let residual = 0;
  let noise = 0;
  for (const { item, score } of answers) {
    const mean = dot(item.discrimination, ability.mean) - item.difficulty;
    const p = expectedSigmoid(mean, item.difficultyVariance);
    residual += (score - p) / answers.length;
    noise += (p * (1 - p)) / answers.length ** 2;
  }
  const bias = MODEL_BIAS ** 2;
  const weight = answers.length === 0 ? 0 : bias / (bias + noise);
  const value = Math.min(1, Math.max(0, implied + weight * residual));
  // Ability error and anchor noise share the same answers: the larger stands for both.
  const variance = (1 - weight) ** 2 * bias + Math.max(abilityVariance, weight ** 2 * noise);
  const half = NORMAL_95 * Math.sqrt(variance);
  return { value, interval: [Math.max(0, value - half), Math.min(1, value + half)] };
}

/**
 * Standard deviation of a model-implied accuracy around the true one with θ known. Assumed, not
 * measured: the coverage of the interval on held-out families has to set it.
 */
const MODEL_BIAS = 0.04;
