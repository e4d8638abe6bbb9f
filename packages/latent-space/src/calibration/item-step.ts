import { dimensionsOf } from '../predictor/response-head.js';
import type { CalibrationProblem, CalibrationState } from './calibration-state.js';
import type { ItemPosteriors } from './item-posteriors.js';
import { PROBIT } from './item-posteriors.js';
import { factorInPlace, invertInPlace, solveInPlace } from './small-cholesky.js';

// Bound once: a global looked up in an inner loop is slow wherever code runs in a sandbox.
const { abs, exp, log1p, max, min, sqrt } = Math;

/** A coordinate moves at most this far in one step: log α and logits are of unit scale. */
const LONGEST_STEP = 1;

/** A step this short lies where the quadratic model holds: it is taken without looking. */
const TRUSTED_STEP = 0.1;

/** After so many halvings a step cannot help: the item is at its mode, to rounding. */
const MOST_HALVINGS = 12;

/** One item at a time: log posterior, gradient and Fisher information of φ, and the damped step. */
export interface ItemStepper {
  /** ∂ log posterior/∂φ of the item last linearised. */
  readonly gradient: Float64Array;
  /** Fills gradient and information at the item's φ; returns its log posterior there. */
  linearize(item: number): number;
  /** Log-likelihood, without the prior, of the item last linearised. */
  logLikelihood(): number;
  /** One damped Gauss–Newton step. */
  step(item: number): void;
  /** Laplace covariance of the item last linearised or stepped, where that was linearised. */
  covariance(into: Float64Array, offset: number): void;
}

/**
 * Damped Gauss–Newton on φ_i = (log α, α, d) given θ:
 *   Σ_s [y z − log(1 + e^{κz})/κ] + log prior,  z = αᵀθ_s − d,
 * with κ = 1/√(1 + πv/8), v = xᵀVx, x = (θ, −1), V the item's own covariance as `posteriors` knew it:
 * φ is then the centre of a Gaussian posterior and not the mode, which for a few right-or-wrong answers
 * lies too near 0 and would shrink the priors that are estimated from it. V = 0 is the plain mode.
 *
 * The expected information Σ κ·p(1 − p)·xxᵀ + prior precision, x = ∂z/∂φ, replaces the Hessian: it is
 * positive definite where the Hessian in log α need not be. Steps are halved until the objective rises.
 * An item without cells goes to its prior.
 */
export function itemStepper(
  problem: Pick<CalibrationProblem, 'cells' | 'layout' | 'itemGroup'>,
  state: CalibrationState,
  posteriors: ItemPosteriors,
): ItemStepper {
  const { cells, layout, itemGroup } = problem;
  const { itemStart, subjectOf, itemScore } = cells;
  const { theta, phi, priors } = state;
  const { general } = layout;
  const dimensions = dimensionsOf(layout);
  const size = dimensions + 1;

  const gradient = new Float64Array(size);
  const information = new Float64Array(size * size);
  const factor = new Float64Array(size * size);
  const move = new Float64Array(size);
  const alpha = new Float64Array(dimensions);
  const slope = new Float64Array(size);
  const center = new Float64Array(size);
  const precision = new Float64Array(size);
  const candidate = new Float64Array(size);
  const { spread } = posteriors;
  const packedSize = (size * (size + 1)) / 2;
  /** κ of each cell of the item last linearised. */
  const attenuations = new Float64Array(cells.count);
  let likelihood = 0;

  function readPrior(item: number): void {
    for (let k = 0; k < dimensions; k++) {
      center[k] = k < general ? priors.logDiscriminationMean[k] : 0;
      precision[k] = 1 / (k < general ? priors.logDiscriminationVariance : priors.facetVariance);
    }
    center[dimensions] = priors.difficultyMean[itemGroup[item]];
    precision[dimensions] = 1 / priors.difficultyVariance[itemGroup[item]];
  }

  function logPrior(at: Float64Array, offset: number): number {
    let value = 0;
    for (let j = 0; j < size; j++) value -= precision[j] * (at[offset + j] - center[j]) ** 2;
    return value / 2;
  }

  /** False before the first covariance is known. */
  function hasSpread(item: number): boolean {
    return spread[(item + 1) * packedSize - 1] > 0;
  }

  /** xᵀVx for the subject whose abilities begin at `row`. */
  function spreadOf(item: number, row: number): number {
    let v = 0;
    let packed = item * packedSize;
    for (let j = 0; j < size; j++) {
      const own = j < dimensions ? theta[row + j] : -1;
      let sum = 0;
      for (let k = 0; k < j; k++) sum += spread[packed++] * theta[row + k];
      v += own * (2 * sum + spread[packed++] * own);
    }
    return v;
  }

  function linearize(item: number): number {
    readPrior(item);
    const own = item * size;
    for (let k = 0; k < dimensions; k++) alpha[k] = k < general ? exp(phi[own + k]) : phi[own + k];
    const difficulty = phi[own + dimensions];
    information.fill(0);
    for (let j = 0; j < size; j++) {
      information[j * size + j] = precision[j];
      gradient[j] = precision[j] * (center[j] - phi[own + j]);
    }
    slope[dimensions] = -1;
    likelihood = 0;
    const known = hasSpread(item);
    const end = itemStart[item + 1];
    for (let c = itemStart[item]; c < end; c++) {
      const row = subjectOf[c] * dimensions;
      let z = -difficulty;
      for (let k = 0; k < dimensions; k++) {
        const part = alpha[k] * theta[row + k];
        z += part;
        slope[k] = k < general ? part : theta[row + k];
      }
      const kappa = known ? 1 / sqrt(1 + PROBIT * spreadOf(item, row)) : 1;
      attenuations[c] = kappa;
      const u = kappa * z;
      const e = exp(-abs(u));
      const p = u >= 0 ? 1 / (1 + e) : e / (1 + e);
      likelihood += itemScore[c] * z - (max(u, 0) + log1p(e)) / kappa;
      const residual = itemScore[c] - p;
      const weight = kappa * p * (1 - p);
      for (let j = 0; j < size; j++) {
        gradient[j] += residual * slope[j];
        const weighted = weight * slope[j];
        for (let k = 0; k <= j; k++) information[j * size + k] += weighted * slope[k];
      }
    }
    return likelihood + logPrior(phi, own);
  }

  function valueAt(item: number): number {
    for (let k = 0; k < dimensions; k++) alpha[k] = k < general ? exp(candidate[k]) : candidate[k];
    let value = logPrior(candidate, 0);
    const end = itemStart[item + 1];
    for (let c = itemStart[item]; c < end; c++) {
      const row = subjectOf[c] * dimensions;
      let z = -candidate[dimensions];
      for (let k = 0; k < dimensions; k++) z += alpha[k] * theta[row + k];
      const u = attenuations[c] * z;
      value += itemScore[c] * z - (max(u, 0) + log1p(exp(-abs(u)))) / attenuations[c];
    }
    return value;
  }

  function step(item: number): void {
    const value = linearize(item);
    factor.set(information);
    factorInPlace(factor, size);
    move.set(gradient);
    solveInPlace(factor, size, move);
    let longest = 0;
    for (let j = 0; j < size; j++) longest = max(longest, abs(move[j]));
    let length = 1;
    for (let halving = 0; halving < MOST_HALVINGS; halving++) {
      for (let j = 0; j < size; j++)
        candidate[j] =
          phi[item * size + j] + length * max(-LONGEST_STEP, min(LONGEST_STEP, move[j]));
      if (longest < TRUSTED_STEP || valueAt(item) >= value) {
        phi.set(candidate, item * size);
        break;
      }
      length /= 2;
    }
  }

  function covariance(into: Float64Array, offset: number): void {
    factor.set(information);
    factorInPlace(factor, size);
    invertInPlace(factor, size, into, offset);
  }

  return {
    gradient,
    linearize,
    logLikelihood: () => likelihood,
    step,
    covariance,
  };
}
