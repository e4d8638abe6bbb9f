// Bound once: a global looked up in an inner loop is slow wherever code runs in a sandbox.
const { exp, log1p, sqrt, min, max } = Math;

/**
 * The response model: P(model m solves query i) = σ(α_iᵀθ_m − d_i), multidimensional two-parameter
 * item response theory (Reckase 2009, eq. 4.5). The paper writes σ(α_iᵀ(θ_m − b_i)); only α_iᵀb_i
 * enters the likelihood, so one scalar d_i = α_iᵀb_i is kept per query.
 */

/** A query in the latent space. `difficultyVariance` is Var(d̂) in logit². */
export interface ItemParameters {
  readonly discrimination: ArrayLike<number>;
  readonly difficulty: number;
  readonly difficultyVariance: number;
}

/** A model's ability θ ~ N(mean, covariance); the covariance is D × D, row-major. */
export interface Ability {
  readonly mean: ArrayLike<number>;
  readonly covariance: ArrayLike<number>;
}

/** P(correct) with its uncertainty; `interval` is the central 90% interval, all on [0, 1]. */
export interface CorrectnessForecast {
  readonly probability: number;
  readonly standardDeviation: number;
  readonly interval: readonly [low: number, high: number];
}

/** The 95th percentile of N(0, 1): half-width of a central 90% interval in standard deviations. */
const NORMAL_95 = 1.6448536269514722;

/** Forecasts keep clear of 0 and 1, where a log-loss is infinite and no evidence could be enough. */
export const PROBABILITY_FLOOR = 1e-6;

export function sigmoid(x: number): number {
  // Both branches keep exp() from overflowing.
  if (x >= 0) return 1 / (1 + exp(-x));
  const e = exp(x);
  return e / (1 + e);
}

/** log(1 + eˣ) without overflow. */
export function softplus(x: number): number {
  return x > 0 ? x + log1p(exp(-x)) : log1p(exp(x));
}

/** aᵀb over the length of `a`. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k] * b[k];
  return sum;
}

/** αᵀCα: the variance that an uncertain ability gives to the logit. */
export function quadraticForm(alpha: ArrayLike<number>, covariance: ArrayLike<number>): number {
  const dimensions = alpha.length;
  let sum = 0;
  for (let j = 0; j < dimensions; j++) {
    let row = 0;
    for (let k = 0; k < dimensions; k++) row += covariance[j * dimensions + k] * alpha[k];
    sum += alpha[j] * row;
  }
  return sum;
}

/**
 * E[σ(z)] for z ~ N(mean, variance) ≈ σ(mean / √(1 + π·variance/8)) (MacKay 1992).
 * Kept within [{@link PROBABILITY_FLOOR}, 1 − {@link PROBABILITY_FLOOR}].
 */
export function expectedSigmoid(mean: number, variance: number): number {
  const p = sigmoid(mean / sqrt(1 + (Math.PI * variance) / 8));
  return min(1 - PROBABILITY_FLOOR, max(PROBABILITY_FLOOR, p));
}

/**
 * P(correct) of a model of ability θ on a query, both uncertain: the logit is
 * N(αᵀE[θ] − d, αᵀCα + Var(d)).
 * @throws RangeError when item and ability have different dimensions.
 */
export function forecastCorrectness(item: ItemParameters, ability: Ability): CorrectnessForecast {
  const dimensions = item.discrimination.length;
  if (ability.mean.length !== dimensions)
    throw new RangeError(
      `item has ${dimensions} latent dimensions, ability has ${ability.mean.length}`,
    );
  const mean = dot(item.discrimination, ability.mean) - item.difficulty;
  const variance = quadraticForm(item.discrimination, ability.covariance) + item.difficultyVariance;
  const probability = expectedSigmoid(mean, variance);
  return {
    probability,
    // Delta method on the probability scale, at the shrunken mean.
    standardDeviation: probability * (1 - probability) * sqrt(variance),
    interval: expectedInterval(mean, variance),
  };
}

/** Central 90% interval of σ(z) for z ~ N(mean, variance), widened to hold E[σ(z)]. */
export function expectedInterval(mean: number, variance: number): [low: number, high: number] {
  const probability = expectedSigmoid(mean, variance);
  const reach = NORMAL_95 * sqrt(variance);
  return [min(probability, sigmoid(mean - reach)), max(probability, sigmoid(mean + reach))];
}
