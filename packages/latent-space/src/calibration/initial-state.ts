import { dimensionsOf } from '../predictor/response-head.js';
import type { Random } from '../random/seeded-random.js';
import type { CalibrationProblem, CalibrationState } from './calibration-state.js';
import { initialPriors } from './empirical-bayes.js';
import { standardiseSpace } from './identification.js';

/**
 * Where a calibration starts: general abilities at the logit of each subject's mean score (with noise
 * when several general dimensions must part), facets drawn at random, items at their prior and at the
 * logit of their own mean score.
 */
export function initialState(problem: CalibrationProblem, random: Random): CalibrationState {
  const { cells, layout } = problem;
  const dimensions = dimensionsOf(layout);
  const theta = new Float64Array(cells.subjects * dimensions);
  for (let s = 0; s < cells.subjects; s++) {
    const mean = shrunkenMean(cells.subjectScore, cells.subjectStart[s], cells.subjectStart[s + 1]);
    const level = Math.log(mean / (1 - mean));
    for (let k = 0; k < dimensions; k++)
      theta[s * dimensions + k] =
        k >= layout.general
          ? random.normal()
          : level + (layout.general > 1 ? 0.5 * random.normal() : 0);
  }
  const phi = new Float64Array(cells.items * (dimensions + 1));
  const state = { theta, phi, priors: initialPriors(problem) };
  // Standardises θ while all loadings are 0; then items start at their prior and their own level.
  standardiseSpace(problem, state);
  const priors = initialPriors(problem);
  for (let i = 0; i < cells.items; i++) {
    const at = i * (dimensions + 1);
    phi.fill(0, at, at + dimensions);
    phi.set(priors.logDiscriminationMean, at);
    const mean = shrunkenMean(cells.itemScore, cells.itemStart[i], cells.itemStart[i + 1]);
    phi[at + dimensions] = -Math.log(mean / (1 - mean));
  }
  return { theta, phi, priors };
}

/** A mean score with one pseudo-answer of each kind: away from 0 and 1, ½ without answers. */
function shrunkenMean(scores: Float64Array, from: number, to: number): number {
  let sum = 1;
  for (let c = from; c < to; c++) sum += scores[c];
  return sum / (to - from + 2);
}
