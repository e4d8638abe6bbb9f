import { cholesky, choleskyInverse, choleskySolve } from '../linear-algebra/symmetric-positive.js';
import { sigmoid, softplus } from '../response-model/response-model.js';

/** How far answers may move an item from where its text places it (log α and facet loadings). */
export const ITEM_FREEDOM = { logDiscriminationVariance: 0.1, facetVariance: 0.05 } as const;

/**
 * Prior of one item, centred on what its text says: log α_k ~ N(log α̂_k, logDiscriminationVariance)
 * for the `general` first dimensions, whose discrimination is positive; α_k ~ N(α̂_k, facetVariance)
 * for the facets after them; d ~ N(difficulty, difficultyVariance).
 */
export interface ItemPrior {
  readonly discrimination: ArrayLike<number>;
  readonly general: number;
  readonly logDiscriminationVariance: number;
  readonly facetVariance: number;
  readonly difficulty: number;
  readonly difficultyVariance: number;
}

export interface ItemEstimate {
  /** α, D coordinates. */
  readonly discrimination: Float64Array;
  readonly difficulty: number;
  /** Laplace variance of d. */
  readonly difficultyVariance: number;
  readonly converged: boolean;
}

/**
 * Maximum a posteriori item parameters given the abilities of those who answered, by damped
 * Gauss–Newton on φ = (log α or α, d):  Σ_m [y_m z_m − log(1 + e^{z_m})] + log prior,  z_m = αᵀθ_m − d.
 * The Fisher information replaces the Hessian: it is positive definite where the Hessian in log α
 * need not be. No answers: the prior.
 *
 * @param abilities θ of the subjects, row-major, `subjects.length` rows are picked out of it.
 * @param subjects which row of `abilities` gave each score.
 * @param scores in [0, 1], beside `subjects`.
 */
export function estimateItem(
  abilities: Float64Array,
  subjects: ArrayLike<number>,
  scores: ArrayLike<number>,
  prior: ItemPrior,
  options: { maxIterations?: number; tolerance?: number } = {},
): ItemEstimate {
  const { maxIterations = 30, tolerance = 1e-7 } = options;
  const { general } = prior;
  const dimensions = prior.discrimination.length;
  const size = dimensions + 1;
  const center = new Float64Array(size);
  const priorPrecision = new Float64Array(size);
  for (let k = 0; k < dimensions; k++) {
    center[k] = k < general ? Math.log(prior.discrimination[k]) : prior.discrimination[k];
    priorPrecision[k] = 1 / (k < general ? prior.logDiscriminationVariance : prior.facetVariance);
  }
  center[dimensions] = prior.difficulty;
  priorPrecision[dimensions] = 1 / prior.difficultyVariance;
  const point = center.slice();

  const alpha = new Float64Array(dimensions);
  const logPosterior = (at: Float64Array): number => {
    let value = 0;
    for (let j = 0; j < size; j++) value -= (priorPrecision[j] * (at[j] - center[j]) ** 2) / 2;
    readDiscrimination(at, general, alpha);
    for (let a = 0; a < subjects.length; a++) {
      const row = subjects[a] * dimensions;
      let z = -at[dimensions];
      for (let k = 0; k < dimensions; k++) z += alpha[k] * abilities[row + k];
      value += scores[a] * z - softplus(z);
    }
    return value;
  };

  const information = new Float64Array(size * size);
  const gradient = new Float64Array(size);
  const slope = new Float64Array(size);
  const linearize = (at: Float64Array): void => {
    information.fill(0);
    gradient.fill(0);
    readDiscrimination(at, general, alpha);
    for (let j = 0; j < size; j++) {
      information[j * size + j] = priorPrecision[j];
      gradient[j] = -priorPrecision[j] * (at[j] - center[j]);
    }
    for (let a = 0; a < subjects.length; a++) {
      const row = subjects[a] * dimensions;
      let z = -at[dimensions];
      for (let k = 0; k < dimensions; k++) {
        slope[k] = (k < general ? alpha[k] : 1) * abilities[row + k];
        z += alpha[k] * abilities[row + k];
      }
      slope[dimensions] = -1;
      const p = sigmoid(z);
      for (let j = 0; j < size; j++) {
        gradient[j] += (scores[a] - p) * slope[j];
        const weighted = p * (1 - p) * slope[j];
        for (let k = 0; k <= j; k++) information[j * size + k] += weighted * slope[k];
      }
    }
    for (let j = 0; j < size; j++)
      for (let k = 0; k < j; k++) information[k * size + j] = information[j * size + k];
  };

  let value = logPosterior(point);
  let converged = false;
  const candidate = new Float64Array(size);
  for (let iteration = 0; iteration < maxIterations && !converged; iteration++) {
    linearize(point);
    const step = choleskySolve(cholesky(information, size), size, gradient);
    let length = 1;
    let candidateValue: number;
    do {
      for (let j = 0; j < size; j++) candidate[j] = point[j] + length * step[j];
      candidateValue = logPosterior(candidate);
      length /= 2;
    } while (!(candidateValue >= value) && length > 1e-8);
    converged = candidateValue - value < tolerance;
    if (candidateValue >= value) {
      point.set(candidate);
      value = candidateValue;
    }
  }
  linearize(point);
  readDiscrimination(point, general, alpha);
  return {
    discrimination: alpha,
    difficulty: point[dimensions],
    difficultyVariance: choleskyInverse(cholesky(information, size), size)[size * size - 1],
    converged,
  };
}

function readDiscrimination(point: Float64Array, general: number, alpha: Float64Array): void {
  for (let k = 0; k < alpha.length; k++) alpha[k] = k < general ? Math.exp(point[k]) : point[k];
}
