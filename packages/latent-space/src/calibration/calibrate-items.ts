import type { LatentLayout } from '../predictor/response-head.js';
import { dimensionsOf } from '../predictor/response-head.js';
import type { Random } from '../random/seeded-random.js';
import { arrangeCells } from './arrange-cells.js';
import type { CalibrationProblem, CalibrationState, ItemPriors } from './calibration-state.js';
import { alignFacets } from './align-parts.js';
import { connectedParts } from './connected-parts.js';
import { updatePriors } from './empirical-bayes.js';
import { rotateToPrincipalAxes, standardiseSpace } from './identification.js';
import { initialState } from './initial-state.js';
import type { ItemPosteriors } from './item-posteriors.js';
import { itemPosteriors, readPosterior } from './item-posteriors.js';
import { itemStepper } from './item-step.js';
import type { OutcomeCells } from './outcome-matrix.js';
import { checkCells } from './outcome-matrix.js';
import { subjectGroups } from './subject-prior.js';
import { subjectStepper } from './subject-step.js';

export interface ItemCalibration {
  readonly layout: LatentLayout;
  readonly cells: OutcomeCells;
  /** Subjects with the same number are one model under several harnesses, and share a prior. */
  readonly subjectGroup: ArrayLike<number>;
  /** Items with the same number share a prior of difficulty (say, a source). Absent: all items do. */
  readonly itemGroup?: ArrayLike<number>;
}

export interface ItemCalibrationSettings {
  readonly maxSweeps?: number;
  /** Converged when a sweep changes the log-likelihood by less than this per cell. */
  readonly tolerance?: number;
  /** ρ: prior correlation of the abilities of one model's subjects. */
  readonly harnessCorrelation?: number;
  /** Called after each sweep with the mean log-likelihood per cell. */
  readonly onSweep?: (sweep: number, logLikelihood: number) => void;
}

/** Item parameters and abilities from outcomes alone. */
export interface CalibratedItems {
  readonly layout: LatentLayout;
  /** θ, subjects × D; mean 0 and standard deviation 1 on general dimensions, white on the facets. */
  readonly abilities: Float64Array;
  /** Laplace covariances, subjects × D × D. */
  readonly abilityCovariances: Float64Array;
  /** α, items × D. */
  readonly discrimination: Float64Array;
  /** d, one an item. */
  readonly difficulty: Float64Array;
  /** Laplace covariances of (log α of general dimensions, α of facets, d), items × (D+1) × (D+1). */
  readonly itemCovariances: Float64Array;
  readonly priors: ItemPriors;
  /** Mean log-likelihood per cell, expected over what is not known of the items. */
  readonly logLikelihood: number;
  readonly sweeps: number;
  readonly converged: boolean;
}

/** Sweeps before the variances of the priors move: facets have to find their direction first. */
const SETTLING_SWEEPS = 8;

/** How far the items' covariances move in a sweep. */
const SPREAD_SHARE = 0.5;

/** Sweeps in a row without change that mean convergence: a likelihood can rest for one and go on. */
const QUIET_SWEEPS = 3;

/**
 * Multidimensional two-parameter calibration, P = σ(αᵀθ − d), from outcomes alone: maximum a posteriori
 * by alternating damped Gauss–Newton over items and damped Newton over subjects, with the items' priors
 * by empirical Bayes (Mislevy 1986) and identification after every sweep. Scores may be soft, cells may
 * be missing; an item or subject without cells gets its prior.
 *
 * The mean of log α is estimated too, starting at log 1/√D: with standardised θ the scale of α belongs
 * to the data, and a fixed centre would bias every item towards it.
 *
 * @throws RangeError for cells out of range, or a layout without dimensions.
 */
export function calibrateItems(
  calibration: ItemCalibration,
  random: Random,
  settings: ItemCalibrationSettings = {},
): CalibratedItems {
  const { maxSweeps = 60, tolerance = 1e-5, harnessCorrelation = 0.5 } = settings;
  const { cells: observed, layout } = calibration;
  checkCells(observed);
  const dimensions = dimensionsOf(layout);
  if (!(dimensions > 0)) throw new RangeError(`a calibration needs dimensions, not ${dimensions}`);
  const cells = arrangeCells(observed);
  const problem: CalibrationProblem = {
    cells,
    layout,
    groups: subjectGroups(calibration.subjectGroup, harnessCorrelation),
    itemGroup: Int32Array.from(calibration.itemGroup ?? new Int32Array(cells.items)),
    parts: connectedParts(cells),
  };
  const state = initialState(problem, random);
  const posteriors = itemPosteriors(cells.items, layout);
  const sweep = sweeper(problem, state, posteriors);

  let logLikelihood = -Infinity;
  let quiet = 0;
  let sweeps = 0;
  while (quiet < QUIET_SWEEPS && sweeps < maxSweeps) {
    sweeps++;
    const value = sweep(sweeps > SETTLING_SWEEPS);
    quiet = Math.abs(value - logLikelihood) < tolerance ? quiet + 1 : 0;
    logLikelihood = value;
    settings.onSweep?.(sweeps, value);
  }
  alignFacets(problem, state, posteriors);
  rotateToPrincipalAxes(problem, state, posteriors);
  return { ...describe(problem, state, posteriors), sweeps, converged: quiet >= QUIET_SWEEPS };
}

/**
 * One sweep: a step of every item, a step of every subject given what is then known of the items,
 * identification and, when `priors` says so, empirical Bayes. Returns the mean log-likelihood per cell.
 */
function sweeper(
  problem: CalibrationProblem,
  state: CalibrationState,
  posteriors: ItemPosteriors,
): (priors: boolean) => number {
  const { cells, layout } = problem;
  const size = dimensionsOf(layout) + 1;
  const posteriorVariance = new Float64Array(cells.items * size);
  const covariance = new Float64Array(size * size);
  const stepItem = itemStepper(problem, state, posteriors);
  return (priors) => {
    for (let i = 0; i < cells.items; i++) {
      stepItem.step(i);
      stepItem.covariance(covariance, 0);
      readPosterior(posteriors, i, layout, state.phi, covariance, SPREAD_SHARE);
      for (let j = 0; j < size; j++) posteriorVariance[i * size + j] = covariance[j * size + j];
    }
    const stepSubject = subjectStepper(problem, state, posteriors);
    let total = 0;
    for (let s = 0; s < cells.subjects; s++) {
      stepSubject.step(s);
      total += stepSubject.logLikelihood();
    }
    standardiseSpace(problem, state);
    if (priors) updatePriors(problem, state, posteriorVariance);
    return total / Math.max(1, cells.count);
  };
}

/** What a calibration hands out, with covariances and log-likelihood at the final parameters. */
function describe(
  problem: CalibrationProblem,
  state: CalibrationState,
  posteriors: ItemPosteriors,
): Omit<CalibratedItems, 'sweeps' | 'converged'> {
  const { cells, layout } = problem;
  const dimensions = dimensionsOf(layout);
  const size = dimensions + 1;
  const stepItem = itemStepper(problem, state, posteriors);
  const itemCovariances = new Float64Array(cells.items * size * size);
  const discrimination = new Float64Array(cells.items * dimensions);
  const difficulty = new Float64Array(cells.items);
  for (let i = 0; i < cells.items; i++) {
    stepItem.linearize(i);
    const own = itemCovariances.subarray(i * size * size, (i + 1) * size * size);
    stepItem.covariance(own, 0);
    readPosterior(posteriors, i, layout, state.phi, own, 1);
    discrimination.set(posteriors.mean.subarray(i * size, i * size + dimensions), i * dimensions);
    difficulty[i] = posteriors.mean[i * size + dimensions];
  }
  const stepSubject = subjectStepper(problem, state, posteriors);
  const abilityCovariances = new Float64Array(cells.subjects * dimensions * dimensions);
  let total = 0;
  for (let s = 0; s < cells.subjects; s++) {
    stepSubject.linearize(s);
    total += stepSubject.logLikelihood();
    stepSubject.covariance(abilityCovariances, s * dimensions * dimensions);
  }
  return {
    layout,
    abilities: state.theta,
    abilityCovariances,
    discrimination,
    difficulty,
    itemCovariances,
    priors: state.priors,
    logLikelihood: total / Math.max(1, cells.count),
  };
}
