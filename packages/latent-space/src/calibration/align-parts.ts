import { dimensionsOf } from '../predictor/response-head.js';
import { multiplyRows } from './facet-matrices.js';
import type { ItemPosteriors } from './item-posteriors.js';
import { rotateSpread } from './item-posteriors.js';
import { nearestRotation } from './singular-values.js';
import type { CalibrationProblem, CalibrationState } from './calibration-state.js';

/** Weight, in subjects, of the priors that keep the levels of groups and parts near 0. */
const RIDGE = 0.5;

const ITERATIONS = 20;

/**
 * Places parts that share no cells relative to each other by the models that occur in several: per
 * dimension θ_s = γ_group + δ_part + ε by ridged alternating means, and δ is taken out (θ ← θ − δ,
 * d ← d − α·δ, so that no logit changes). Parts without common models end at mean 0.
 *
 * Without this the levels drift: the likelihood does not hold them, and thousands of items, whose
 * difficulties may correlate with their slopes, outvote the prior of a few subjects.
 */
export function alignLevels(problem: CalibrationProblem, state: CalibrationState): void {
  const { layout, groups, parts } = problem;
  const { theta, phi } = state;
  const dimensions = dimensionsOf(layout);
  const size = dimensions + 1;
  const gamma = new Float64Array(groups.size.length);
  const delta = new Float64Array(parts.count);
  for (let k = 0; k < dimensions; k++) {
    gamma.fill(0);
    delta.fill(0);
    for (let iteration = 0; iteration < ITERATIONS; iteration++) {
      ridgedMeans(gamma, groups.of, delta, parts.ofSubject, theta, dimensions, k);
      ridgedMeans(delta, parts.ofSubject, gamma, groups.of, theta, dimensions, k);
    }
    for (let s = 0; s < parts.ofSubject.length; s++)
      if (parts.ofSubject[s] >= 0) theta[s * dimensions + k] -= delta[parts.ofSubject[s]];
    for (let i = 0; i < parts.ofItem.length; i++) {
      if (parts.ofItem[i] < 0) continue;
      const loading = phi[i * size + k];
      phi[i * size + dimensions] -=
        delta[parts.ofItem[i]] * (k < layout.general ? Math.exp(loading) : loading);
    }
  }
}

/** target[t] ← Σ(θ − other)/(n + ridge) over the subjects whose target is t. */
function ridgedMeans(
  target: Float64Array,
  targetOf: Int32Array,
  other: Float64Array,
  otherOf: Int32Array,
  theta: Float64Array,
  dimensions: number,
  k: number,
): void {
  const count = new Float64Array(target.length).fill(RIDGE);
  target.fill(0);
  for (let s = 0; s < targetOf.length; s++) {
    // A subject without cells has no part, and says nothing.
    if (targetOf[s] < 0 || otherOf[s] < 0) continue;
    target[targetOf[s]] += theta[s * dimensions + k] - other[otherOf[s]];
    count[targetOf[s]]++;
  }
  for (let t = 0; t < target.length; t++) target[t] /= count[t];
}

/**
 * Facets are free up to a rotation in each part: part after part, they are rotated onto the models of
 * the earlier parts that occur in it again (orthogonal Procrustes; θ ← Rθ, α ← Rα). A part without
 * common models stays as it is.
 */
export function alignFacets(
  problem: CalibrationProblem,
  state: CalibrationState,
  posteriors: ItemPosteriors,
): void {
  const { layout, groups, parts } = problem;
  const { general, facets } = layout;
  if (facets === 0 || parts.count < 2) return;
  const { theta, phi } = state;
  const dimensions = dimensionsOf(layout);
  const known = new Float64Array(groups.size.length * facets);
  for (let part = 0; part < parts.count; part++) {
    const moment = new Float64Array(facets * facets);
    const own = Array.from(parts.ofSubject.keys()).filter((s) => parts.ofSubject[s] === part);
    for (const s of own)
      for (let j = 0; j < facets; j++)
        for (let k = 0; k < facets; k++)
          moment[j * facets + k] +=
            known[groups.of[s] * facets + j] * theta[s * dimensions + general + k];
    if (moment.some((value) => value !== 0)) {
      const rotation = nearestRotation(moment, facets);
      multiplyRows(theta, dimensions, general, facets, rotation, own);
      const items = Array.from(parts.ofItem.keys()).filter((i) => parts.ofItem[i] === part);
      multiplyRows(phi, dimensions + 1, general, facets, rotation, items);
      rotateSpread(posteriors, layout, rotation, items);
    }
    for (const s of own)
      for (let k = 0; k < facets; k++)
        known[groups.of[s] * facets + k] += theta[s * dimensions + general + k];
  }
}
