import { cholesky, choleskyInverse, choleskySolve } from '../linear-algebra/symmetric-positive.js';
import type { Ability, ItemParameters } from '../response-model/response-model.js';
import { dot, sigmoid, softplus } from '../response-model/response-model.js';

/** One graded answer of the model to be estimated; the score may be soft, in [0, 1]. */
export interface AnchorAnswer {
  readonly item: ItemParameters;
  readonly score: number;
}

export interface AbilityEstimate extends Ability {
  readonly mean: Float64Array;
  /** Laplace covariance at the mode, D × D row-major. */
  readonly covariance: Float64Array;
  readonly iterations: number;
  readonly converged: boolean;
}

/**
 * Maximum a posteriori ability, by damped Newton, with its Laplace covariance.
 *
 * An item known only with Var(d̂) = v says less: its logit is attenuated by κ = 1/√(1 + πv/8), the
 * probit–logit approximation of E[σ(αᵀθ − d)] over d. The log posterior
 *   Σ_i [y_i·κ_i z_i − log(1 + e^{κ_i z_i})] − ½(θ − μ)ᵀP(θ − μ),  z_i = α_iᵀθ − d_i,
 * is concave, so every damped step that raises it leads to the one mode; an undamped step diverges
 * on separable answers. No answers: the prior itself.
 *
 * @throws RangeError when an item's dimension is not the prior's, or a score is outside [0, 1].
 */
export function estimateAbility(
  answers: readonly AnchorAnswer[],
  prior: Ability,
  options: { maxIterations?: number; tolerance?: number } = {},
): AbilityEstimate {
  const { maxIterations = 50, tolerance = 1e-8 } = options;
  const dimensions = prior.mean.length;
  for (const { item, score } of answers) {
    if (item.discrimination.length !== dimensions)
      throw new RangeError(
        `item has ${item.discrimination.length} latent dimensions, prior has ${dimensions}`,
      );
    if (!(score >= 0 && score <= 1)) throw new RangeError(`score ${score} is outside [0, 1]`);
  }
  const priorPrecision = choleskyInverse(cholesky(prior.covariance, dimensions), dimensions);
  const slopes = answers.map(({ item }) => attenuation(item.difficultyVariance));

  const logPosterior = (theta: Float64Array): number => {
    let sum = -quadratic(theta, prior.mean, priorPrecision) / 2;
    for (let i = 0; i < answers.length; i++) {
      const { item, score } = answers[i];
      const z = slopes[i] * (dot(item.discrimination, theta) - item.difficulty);
      sum += score * z - softplus(z);
    }
    return sum;
  };

  const theta = Float64Array.from(prior.mean);
  let value = logPosterior(theta);
  let converged = false;
  let iterations = 0;
  let hessian = negativeHessian(answers, slopes, theta, priorPrecision);
  while (!converged && iterations < maxIterations) {
    iterations++;
    const gradient = gradientOf(answers, slopes, theta, prior.mean, priorPrecision);
    const step = choleskySolve(cholesky(hessian, dimensions), dimensions, gradient);
    const candidate = new Float64Array(dimensions);
    let size = 1;
    let candidateValue: number;
    do {
      for (let k = 0; k < dimensions; k++) candidate[k] = theta[k] + size * step[k];
      candidateValue = logPosterior(candidate);
      size /= 2;
    } while (candidateValue < value && size > 1e-10);
    converged = candidateValue - value < tolerance;
    if (candidateValue >= value) {
      theta.set(candidate);
      value = candidateValue;
    }
    hessian = negativeHessian(answers, slopes, theta, priorPrecision);
  }
  return {
    mean: theta,
    covariance: choleskyInverse(cholesky(hessian, dimensions), dimensions),
    iterations,
    converged,
  };
}

/** κ = 1/√(1 + πv/8): how much an uncertain logit of variance v says, as a slope. */
export function attenuation(variance: number): number {
  return 1 / Math.sqrt(1 + (Math.PI * variance) / 8);
}

function quadratic(
  theta: Float64Array,
  center: ArrayLike<number>,
  precision: Float64Array,
): number {
  const n = theta.length;
  let sum = 0;
  for (let j = 0; j < n; j++)
    for (let k = 0; k < n; k++)
      sum += (theta[j] - center[j]) * precision[j * n + k] * (theta[k] - center[k]);
  return sum;
}

function gradientOf(
  answers: readonly AnchorAnswer[],
  slopes: readonly number[],
  theta: Float64Array,
  center: ArrayLike<number>,
  precision: Float64Array,
): Float64Array {
  const n = theta.length;
  const gradient = new Float64Array(n);
  for (let j = 0; j < n; j++)
    for (let k = 0; k < n; k++) gradient[j] -= precision[j * n + k] * (theta[k] - center[k]);
  for (let i = 0; i < answers.length; i++) {
    const { item, score } = answers[i];
    const residual =
      score - sigmoid(slopes[i] * (dot(item.discrimination, theta) - item.difficulty));
    for (let k = 0; k < n; k++) gradient[k] += slopes[i] * residual * item.discrimination[k];
  }
  return gradient;
}

function negativeHessian(
  answers: readonly AnchorAnswer[],
  slopes: readonly number[],
  theta: Float64Array,
  precision: Float64Array,
): Float64Array {
  const n = theta.length;
  const hessian = Float64Array.from(precision);
  for (let i = 0; i < answers.length; i++) {
    const { discrimination, difficulty } = answers[i].item;
    const p = sigmoid(slopes[i] * (dot(discrimination, theta) - difficulty));
    const weight = slopes[i] * slopes[i] * p * (1 - p);
    for (let j = 0; j < n; j++)
      for (let k = 0; k < n; k++)
        hessian[j * n + k] += weight * discrimination[j] * discrimination[k];
  }
  return hessian;
}
