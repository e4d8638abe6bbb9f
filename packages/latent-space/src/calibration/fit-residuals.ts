import { dimensionsOf } from '../predictor/response-head.js';
import { PROBABILITY_FLOOR, sigmoid } from '../response-model/response-model.js';
import type { FittedParameters } from './item-fit.js';
import type { OutcomeCells } from './outcome-matrix.js';

/** P of one cell under fitted parameters, kept off 0 and 1. */
export function fittedProbability(
  { layout, abilities, discrimination, difficulty }: FittedParameters,
  item: number,
  subject: number,
): number {
  const dimensions = dimensionsOf(layout);
  let z = -difficulty[item];
  for (let k = 0; k < dimensions; k++)
    z += discrimination[item * dimensions + k] * abilities[subject * dimensions + k];
  return Math.min(1 - PROBABILITY_FLOOR, Math.max(PROBABILITY_FLOOR, sigmoid(z)));
}

/** Weighted (infit) and unweighted (outfit) mean square residuals of each group of cells. */
export function residualMoments(
  cells: OutcomeCells,
  fitted: FittedParameters,
  groupOf: ArrayLike<number>,
  groups: number,
): { answers: number; infit: number | null; outfit: number | null }[] {
  const answers = new Int32Array(groups);
  const squares = new Float64Array(groups);
  const information = new Float64Array(groups);
  const standardised = new Float64Array(groups);
  for (let c = 0; c < cells.item.length; c++) {
    const g = groupOf[c];
    const p = fittedProbability(fitted, cells.item[c], cells.subject[c]);
    const square = (cells.score[c] - p) ** 2;
    answers[g]++;
    squares[g] += square;
    information[g] += p * (1 - p);
    standardised[g] += square / (p * (1 - p));
  }
  return Array.from(answers, (n, g) => ({
    answers: n,
    infit: n === 0 ? null : squares[g] / information[g],
    outfit: n === 0 ? null : standardised[g] / n,
  }));
}
