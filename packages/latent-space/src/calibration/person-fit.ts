import { fittedProbability, residualMoments } from './fit-residuals.js';
import type { FittedParameters } from './item-fit.js';
import type { OutcomeCells } from './outcome-matrix.js';

/** How one subject's outcomes agree with the model. Null without answers. */
export interface SubjectFit {
  readonly answers: number;
  readonly infit: number | null;
  readonly outfit: number | null;
  /**
   * Standardised log-likelihood l_z (Drasgow, Levine & Williams 1985): about N(0, 1) for a subject that
   * answers as the model says; far below 0, a subject with another profile of strengths.
   */
  readonly lz: number | null;
}

/**
 * l₀ = Σ y log p + (1 − y) log(1 − p), less its expectation, over its standard deviation
 * √Σ p(1 − p) log²(p/(1 − p)). Soft scores vary less than the deviation assumes: |l_z| is then small.
 */
export function subjectFits(cells: OutcomeCells, fitted: FittedParameters): SubjectFit[] {
  const surprise = new Float64Array(cells.subjects);
  const variance = new Float64Array(cells.subjects);
  for (let c = 0; c < cells.item.length; c++) {
    const p = fittedProbability(fitted, cells.item[c], cells.subject[c]);
    const logit = Math.log(p / (1 - p));
    // y log p + (1 − y) log(1 − p) less its mean is (y − p)·log(p/(1 − p)).
    surprise[cells.subject[c]] += (cells.score[c] - p) * logit;
    variance[cells.subject[c]] += p * (1 - p) * logit ** 2;
  }
  return residualMoments(cells, fitted, cells.subject, cells.subjects).map((moments, s) => ({
    ...moments,
    lz: variance[s] > 0 ? surprise[s] / Math.sqrt(variance[s]) : null,
  }));
}
