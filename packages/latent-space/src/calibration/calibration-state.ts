import type { LatentLayout } from '../predictor/response-head.js';
import type { ArrangedCells } from './arrange-cells.js';
import type { ConnectedParts } from './connected-parts.js';
import type { SubjectGroups } from './subject-prior.js';

/**
 * Priors of the items, estimated by empirical Bayes:
 *   log α_k ~ N(logDiscriminationMean[k], logDiscriminationVariance)  for the general dimensions,
 *   α_k ~ N(0, facetVariance)  for the facets,
 *   d ~ N(difficultyMean[g], difficultyVariance[g])  for an item of group g.
 */
export interface ItemPriors {
  readonly logDiscriminationMean: Float64Array;
  logDiscriminationVariance: number;
  facetVariance: number;
  readonly difficultyMean: Float64Array;
  readonly difficultyVariance: Float64Array;
}

/** What stays the same while a calibration runs. */
export interface CalibrationProblem {
  readonly cells: ArrangedCells;
  readonly layout: LatentLayout;
  readonly groups: SubjectGroups;
  /** Group of each item, whose difficulties share a prior. */
  readonly itemGroup: Int32Array;
  readonly parts: ConnectedParts;
}

/** What is being estimated. */
export interface CalibrationState {
  /** θ, subjects × D, row-major. */
  readonly theta: Float64Array;
  /** φ = (log α of the general dimensions, α of the facets, d), items × (D + 1), row-major. */
  readonly phi: Float64Array;
  readonly priors: ItemPriors;
}
