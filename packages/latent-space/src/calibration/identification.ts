import type { LatentLayout } from '../predictor/response-head.js';
import { dimensionsOf } from '../predictor/response-head.js';
import type { CalibrationProblem, CalibrationState } from './calibration-state.js';
import { alignLevels } from './align-parts.js';
import { multiplyRows, secondMoment } from './facet-matrices.js';
import type { ItemPosteriors } from './item-posteriors.js';
import { rotateSpread } from './item-posteriors.js';
import { singularValues } from './singular-values.js';

/** A facet whose abilities spread less than this has collapsed: it is centred but not blown up. */
const SMALLEST_VARIANCE = 1e-8;

/**
 * Fixes what the likelihood leaves free, without changing any αᵀθ − d: the levels of parts that share no
 * cells are placed by their common models (`alignLevels`); every general dimension has mean 0 and
 * standard deviation 1 over subjects with cells; facets have mean 0 and covariance I over them. The
 * prior of log α moves along, that of d is for empirical Bayes to follow.
 *
 * Facets are whitened along their own axes, with no rotation: between sweeps this is nearly the
 * identity, so that what is known of the items stays true.
 */
export function standardiseSpace(problem: CalibrationProblem, state: CalibrationState): void {
  const counted = subjectsWithCells(problem);
  if (counted.length < 2) return;
  const { layout } = problem;
  const { general, facets } = layout;
  if (problem.parts.count > 1) alignLevels(problem, state);
  for (let k = 0; k < general; k++) standardise(layout, state, counted, k);
  for (let k = general; k < general + facets; k++) center(layout, state, counted, k);
  if (facets === 0) return;
  const { theta, phi } = state;
  const dimensions = dimensionsOf(layout);
  const covariance = secondMoment(theta, dimensions, general, facets, counted);
  const { v: axes, values } = singularValues(covariance, facets);
  const deviations = values.map((value) => (value < SMALLEST_VARIANCE ? 1 : Math.sqrt(value)));
  const along = (scaleOf: (k: number) => number) =>
    Float64Array.from({ length: facets * facets }, (_, at) => {
      const i = Math.floor(at / facets);
      const j = at % facets;
      let sum = 0;
      for (let k = 0; k < facets; k++)
        sum += axes[i * facets + k] * scaleOf(k) * axes[j * facets + k];
      return sum;
    });
  const whiten = along((k) => 1 / deviations[k]);
  const stretch = along((k) => deviations[k]);
  multiplyRows(theta, dimensions, general, facets, whiten, allRows(theta, dimensions));
  multiplyRows(phi, dimensions + 1, general, facets, stretch, allRows(phi, dimensions + 1));
}

/**
 * Rotates the facets so that E[ααᵀ] over items is diagonal, the facet that matters most first; the
 * subject farthest from 0 on a facet is positive. What is known of the items turns with them.
 */
export function rotateToPrincipalAxes(
  { layout }: CalibrationProblem,
  { theta, phi }: CalibrationState,
  posteriors: ItemPosteriors,
): void {
  const { general, facets } = layout;
  if (facets === 0) return;
  const dimensions = dimensionsOf(layout);
  const items = allRows(phi, dimensions + 1);
  const loadings = secondMoment(phi, dimensions + 1, general, facets, items);
  const { v: principal } = singularValues(loadings, facets);
  const rotation = new Float64Array(facets * facets);
  for (let i = 0; i < facets; i++)
    for (let j = 0; j < facets; j++) rotation[i * facets + j] = principal[j * facets + i];
  fixSigns(theta, dimensions, general, facets, rotation);
  multiplyRows(theta, dimensions, general, facets, rotation, allRows(theta, dimensions));
  multiplyRows(phi, dimensions + 1, general, facets, rotation, items);
  rotateSpread(posteriors, layout, rotation, items);
}

function allRows(matrix: Float64Array, width: number): Int32Array {
  return Int32Array.from({ length: matrix.length / width }, (_, row) => row);
}

function subjectsWithCells({ parts }: CalibrationProblem): number[] {
  return Array.from(parts.ofSubject.keys()).filter((s) => parts.ofSubject[s] >= 0);
}

/** θ_k ← θ_k − mean, d ← d − α_k·mean. */
function center(
  layout: LatentLayout,
  { theta, phi }: CalibrationState,
  counted: readonly number[],
  k: number,
): void {
  const dimensions = dimensionsOf(layout);
  const size = dimensions + 1;
  let mean = 0;
  for (const s of counted) mean += theta[s * dimensions + k] / counted.length;
  for (let j = k; j < theta.length; j += dimensions) theta[j] -= mean;
  for (let i = 0; i < phi.length; i += size)
    phi[i + dimensions] -= mean * (k < layout.general ? Math.exp(phi[i + k]) : phi[i + k]);
}

/** Centres, then θ_k ← θ_k/s, α_k ← s·α_k with s the standard deviation. */
function standardise(
  layout: LatentLayout,
  state: CalibrationState,
  counted: readonly number[],
  k: number,
): void {
  center(layout, state, counted, k);
  const { theta, phi, priors } = state;
  const dimensions = dimensionsOf(layout);
  let variance = 0;
  for (const s of counted) variance += theta[s * dimensions + k] ** 2 / counted.length;
  if (variance < SMALLEST_VARIANCE) return;
  const deviation = Math.sqrt(variance);
  for (let j = k; j < theta.length; j += dimensions) theta[j] /= deviation;
  const shift = Math.log(deviation);
  for (let i = k; i < phi.length; i += dimensions + 1) phi[i] += shift;
  priors.logDiscriminationMean[k] += shift;
}

/** Turns rows of the rotation so that the subject farthest from 0 on a facet is positive. */
function fixSigns(
  theta: Float64Array,
  dimensions: number,
  general: number,
  facets: number,
  rotation: Float64Array,
): void {
  for (let i = 0; i < facets; i++) {
    let farthest = 0;
    for (let at = general; at < theta.length; at += dimensions) {
      let value = 0;
      for (let k = 0; k < facets; k++) value += rotation[i * facets + k] * theta[at + k];
      if (Math.abs(value) > Math.abs(farthest)) farthest = value;
    }
    if (farthest < 0) for (let k = 0; k < facets; k++) rotation[i * facets + k] *= -1;
  }
}
