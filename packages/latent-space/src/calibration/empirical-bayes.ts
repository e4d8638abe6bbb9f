import type { CalibrationProblem, CalibrationState, ItemPriors } from './calibration-state.js';
import { dimensionsOf } from '../predictor/response-head.js';

/** Variances stay within what a logit can mean, so that no prior collapses or vanishes early. */
const SMALLEST_VARIANCE = 1e-4;
const LARGEST_VARIANCE = 25;

/** Before any data: α near 1/√D, a facet half as strong, difficulties of a wide range. */
export function initialPriors({ layout, itemGroup }: CalibrationProblem): ItemPriors {
  const dimensions = dimensionsOf(layout);
  const itemGroups = 1 + itemGroup.reduce((max, group) => Math.max(max, group), -1);
  return {
    logDiscriminationMean: new Float64Array(layout.general).fill(-0.5 * Math.log(dimensions)),
    logDiscriminationVariance: 0.25,
    facetVariance: 0.4,
    difficultyMean: new Float64Array(itemGroups),
    difficultyVariance: new Float64Array(itemGroups).fill(4),
  };
}

/**
 * One expectation–maximisation step of the items' priors: mean ← mean of the centres, variance ← mean of
 * squared deviation plus posterior variance (the centres alone are shrunk, and would shrink the prior
 * further each time). One variance for all facets keeps their prior the same in every direction, so that
 * rotations are free; one each lets a facet collapse before it has found its direction.
 * Items without cells say nothing.
 *
 * @param posteriorVariance variances of φ, items × (D + 1).
 */
export function updatePriors(
  { cells, layout, itemGroup }: CalibrationProblem,
  { phi, priors }: CalibrationState,
  posteriorVariance: Float64Array,
): void {
  const { general } = layout;
  const dimensions = dimensionsOf(layout);
  const size = dimensions + 1;
  const items = [];
  for (let i = 0; i < cells.items; i++)
    if (cells.itemStart[i + 1] > cells.itemStart[i]) items.push(i);
  if (items.length === 0) return;

  let logVariance = 0;
  for (let k = 0; k < general; k++) {
    let mean = 0;
    for (const i of items) mean += phi[i * size + k] / items.length;
    priors.logDiscriminationMean[k] = mean;
    for (const i of items)
      logVariance +=
        ((phi[i * size + k] - mean) ** 2 + posteriorVariance[i * size + k]) /
        (items.length * general);
  }
  if (general > 0) priors.logDiscriminationVariance = clamp(logVariance);

  let facetVariance = 0;
  for (let k = general; k < dimensions; k++)
    for (const i of items)
      facetVariance +=
        (phi[i * size + k] ** 2 + posteriorVariance[i * size + k]) / (items.length * layout.facets);
  if (layout.facets > 0) priors.facetVariance = clamp(facetVariance);

  const { difficultyMean, difficultyVariance } = priors;
  const count = new Float64Array(difficultyMean.length);
  const mean = new Float64Array(difficultyMean.length);
  const variance = new Float64Array(difficultyMean.length);
  for (const i of items) {
    count[itemGroup[i]]++;
    mean[itemGroup[i]] += phi[i * size + dimensions];
  }
  for (let g = 0; g < count.length; g++) mean[g] /= Math.max(1, count[g]);
  for (const i of items) {
    const at = i * size + dimensions;
    variance[itemGroup[i]] += (phi[at] - mean[itemGroup[i]]) ** 2 + posteriorVariance[at];
  }
  for (let g = 0; g < count.length; g++) {
    if (count[g] === 0) continue;
    difficultyMean[g] = mean[g];
    difficultyVariance[g] = clamp(variance[g] / count[g]);
  }
}

function clamp(variance: number): number {
  return Math.min(LARGEST_VARIANCE, Math.max(SMALLEST_VARIANCE, variance));
}
