import { dimensionsOf } from '../predictor/response-head.js';
import type { CalibrationProblem, CalibrationState } from './calibration-state.js';
import type { ItemPosteriors } from './item-posteriors.js';
import { PROBIT } from './item-posteriors.js';
import { factorInPlace, invertInPlace, solveInPlace } from './small-cholesky.js';
import { conditionalMean, conditionalPrecision, groupSums } from './subject-prior.js';

// Bound once: a global looked up in an inner loop is slow wherever code runs in a sandbox.
const { abs, exp, log1p, max, sqrt } = Math;

/** A step this short lies where the quadratic model holds: it is taken without looking. */
const TRUSTED_STEP = 0.05;

/** After so many halvings a step cannot help: the subject is at its mode, to rounding. */
const MOST_HALVINGS = 12;

/** One subject at a time, the others of its group held: log posterior, gradient, Hessian, step. */
export interface SubjectStepper {
  /** ∂ log posterior/∂θ of the subject last linearised. */
  readonly gradient: Float64Array;
  linearize(subject: number): number;
  /** Expected log-likelihood, without the prior, of the subject last linearised. */
  logLikelihood(): number;
  /** One damped Newton step. */
  step(subject: number): void;
  /** Laplace covariance of the subject last linearised, given the others of its group. */
  covariance(into: Float64Array, offset: number): void;
}

/**
 * Damped Newton on θ_s given what is known of the items, (α_i, d_i) ~ N(mean, V_i): the expected log
 * posterior
 *   Σ_i [y z − log(1 + e^{κz})/κ] + log p(θ_s | the others of its group),
 *   z = αᵀθ − d,  κ = 1/√(1 + πv/8),  v = xᵀV_i x,  x = (θ, −1).
 * log(1 + e^{κz})/κ is E[log(1 + eᶻ)] in the probit–logit approximation; its derivatives are σ(κz) in z
 * and (π/16)·κ·H(σ(κz)) in v, H the Bernoulli entropy.
 *
 * Items have a few dozen cells each, so their errors must be averaged over: with V = 0 (joint maximum)
 * a facet can follow a single subject, whose every answer it then explains.
 */
export function subjectStepper(
  problem: CalibrationProblem,
  state: CalibrationState,
  items: ItemPosteriors,
): SubjectStepper {
  const { cells, layout, groups } = problem;
  const { subjectStart, itemOf, subjectScore } = cells;
  const { theta } = state;
  const { mean, spread } = items;
  const dimensions = dimensionsOf(layout);
  const rho = groups.correlation;
  const sums = groupSums(theta, dimensions, groups);

  const gradient = new Float64Array(dimensions);
  const information = new Float64Array(dimensions * dimensions);
  const factor = new Float64Array(dimensions * dimensions);
  const move = new Float64Array(dimensions);
  const center = new Float64Array(dimensions);
  const candidate = new Float64Array(dimensions);
  const size = dimensions + 1;
  const packedSize = (size * (size + 1)) / 2;
  const x = new Float64Array(size).fill(-1);
  const spreadSlope = new Float64Array(size);
  const cell = new Float64Array(2);
  let precision = 1;
  let likelihood = 0;

  function readPrior(subject: number): void {
    const group = groups.of[subject];
    const size = groups.size[group];
    precision = conditionalPrecision(size, rho);
    for (let k = 0; k < dimensions; k++)
      center[k] = conditionalMean(
        sums[group * dimensions + k] - theta[subject * dimensions + k],
        size,
        rho,
      );
  }

  function logPrior(at: Float64Array, offset: number): number {
    let value = 0;
    for (let k = 0; k < dimensions; k++) value -= (at[offset + k] - center[k]) ** 2;
    return (precision * value) / 2;
  }

  /** Leaves z and v of one cell in `cell`, and Vx in `spreadSlope`. */
  function readCell(item: number, at: Float64Array, offset: number): void {
    const row = item * size;
    for (let k = 0; k < dimensions; k++) x[k] = at[offset + k];
    let z = 0;
    let v = 0;
    let packed = item * packedSize;
    for (let j = 0; j < size; j++) {
      const own = x[j];
      z += mean[row + j] * own;
      let sum = 0;
      for (let k = 0; k < j; k++, packed++) {
        sum += spread[packed] * x[k];
        spreadSlope[k] += spread[packed] * own;
      }
      const diagonal = spread[packed++] * own;
      spreadSlope[j] = sum + diagonal;
      v += own * (2 * sum + diagonal);
    }
    cell[0] = z;
    cell[1] = v;
  }

  function linearize(subject: number): number {
    readPrior(subject);
    const own = subject * dimensions;
    information.fill(0);
    for (let k = 0; k < dimensions; k++) {
      information[k * dimensions + k] = precision;
      gradient[k] = precision * (center[k] - theta[own + k]);
    }
    likelihood = 0;
    const end = subjectStart[subject + 1];
    for (let c = subjectStart[subject]; c < end; c++) {
      readCell(itemOf[c], theta, own);
      const z = cell[0];
      const kappa = 1 / sqrt(1 + PROBIT * cell[1]);
      const u = kappa * z;
      const e = exp(-abs(u));
      const p = u >= 0 ? 1 / (1 + e) : e / (1 + e);
      const logPartition = max(u, 0) + log1p(e);
      likelihood += subjectScore[c] * z - logPartition / kappa;
      const residual = subjectScore[c] - p;
      const pull = PROBIT * kappa * (logPartition - u * p);
      const weight = kappa * p * (1 - p);
      const row = itemOf[c] * size;
      let packed = itemOf[c] * packedSize;
      for (let j = 0; j < dimensions; j++) {
        gradient[j] += residual * mean[row + j] - pull * spreadSlope[j];
        const weighted = weight * mean[row + j];
        for (let k = 0; k <= j; k++, packed++)
          information[j * dimensions + k] += weighted * mean[row + k] + pull * spread[packed];
      }
    }
    return likelihood + logPrior(theta, own);
  }

  function valueAt(subject: number): number {
    let value = logPrior(candidate, 0);
    const end = subjectStart[subject + 1];
    for (let c = subjectStart[subject]; c < end; c++) {
      readCell(itemOf[c], candidate, 0);
      const z = cell[0];
      const kappa = 1 / sqrt(1 + PROBIT * cell[1]);
      value += subjectScore[c] * z - (max(kappa * z, 0) + log1p(exp(-abs(kappa * z)))) / kappa;
    }
    return value;
  }

  function step(subject: number): void {
    const value = linearize(subject);
    factor.set(information);
    factorInPlace(factor, dimensions);
    move.set(gradient);
    solveInPlace(factor, dimensions, move);
    const own = subject * dimensions;
    const group = groups.of[subject] * dimensions;
    let longest = 0;
    for (let k = 0; k < dimensions; k++) longest = max(longest, abs(move[k]));
    let length = 1;
    for (let halving = 0; halving < MOST_HALVINGS; halving++) {
      for (let k = 0; k < dimensions; k++) candidate[k] = theta[own + k] + length * move[k];
      if (longest < TRUSTED_STEP || valueAt(subject) >= value) {
        for (let k = 0; k < dimensions; k++) {
          sums[group + k] += candidate[k] - theta[own + k];
          theta[own + k] = candidate[k];
        }
        break;
      }
      length /= 2;
    }
  }

  function covariance(into: Float64Array, offset: number): void {
    factor.set(information);
    factorInPlace(factor, dimensions);
    invertInPlace(factor, dimensions, into, offset);
  }

  return { gradient, linearize, logLikelihood: () => likelihood, step, covariance };
}
