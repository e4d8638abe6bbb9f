import type { Ability, ItemParameters } from '../response-model/response-model.js';

/**
 * Prior variance of a model's sensitivity to difficulty, per standard deviation of d over the
 * reference. It has the largest marginal likelihood (Laplace, over .02, .05, .15 and .4) of 300
 * answers each of 141 subjects of six sources, whose items were calibrated without their family.
 */
export const SENSITIVITY_VARIANCE = 0.15;

/**
 * Items with one further coordinate, so that a model may find easy queries harder and hard ones easier
 * than the response model says, or the reverse: a slip of form on easy queries, a lucky guess on hard ones.
 *   z = αᵀθ − d + s·(d − d̄)/sd(d),  s ~ N(0, {@link SENSITIVITY_VARIANCE}),
 * the random weight of an explanatory item response model (Rijmen & De Boeck 2002). Without it anchors
 * of middling difficulty seem to tell all that there is to know of the easy and the hard ones.
 *
 * @param items the reference traffic: d̄ and sd(d) are taken over it.
 */
export function withSensitivity(items: readonly ItemParameters[]): ItemParameters[] {
  let mean = 0;
  for (const { difficulty } of items) mean += difficulty / items.length;
  let variance = 0;
  for (const { difficulty } of items) variance += (difficulty - mean) ** 2 / items.length;
  // All alike: the coordinate is zero and s stays at its prior.
  const scale = variance > 0 ? 1 / Math.sqrt(variance) : 0;
  return items.map(({ discrimination, difficulty, difficultyVariance }) => {
    const extended = new Float64Array(discrimination.length + 1);
    extended.set(discrimination);
    extended[discrimination.length] = (difficulty - mean) * scale;
    return { discrimination: extended, difficulty, difficultyVariance };
  });
}

/** θ's prior with s beside it, independent: D + 1 coordinates. */
export function withSensitivityPrior({ mean, covariance }: Ability): Ability {
  const dimensions = mean.length;
  const size = dimensions + 1;
  const extendedMean = new Float64Array(size);
  extendedMean.set(mean);
  const extended = new Float64Array(size * size);
  for (let j = 0; j < dimensions; j++)
    for (let k = 0; k < dimensions; k++) extended[j * size + k] = covariance[j * dimensions + k];
  extended[size * size - 1] = SENSITIVITY_VARIANCE;
  return { mean: extendedMean, covariance: extended };
}
