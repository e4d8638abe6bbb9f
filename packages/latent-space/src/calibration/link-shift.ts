import { cholesky, choleskySolve } from '../linear-algebra/symmetric-positive.js';
import { dimensionsOf } from '../predictor/response-head.js';
import { dot } from '../response-model/response-model.js';
import type { Coordinates } from './apply-link.js';
import { linkAbility, linkItem } from './apply-link.js';
import type { CommonParts } from './link-spaces.js';

/**
 * t of least squares: subjects say θ_old − Aθ_new = t, items say d_old − d_new = α_oldᵀt; each is
 * weighted by the variance of what it leaves when it speaks alone.
 */
export function estimateShift(
  link: Coordinates,
  { abilities, items }: CommonParts,
  subjectCount: number,
  itemCount: number,
): number[] {
  const dimensions = dimensionsOf(link.layout);
  const rows: { direction: number[]; value: number }[][] = [[], []];
  for (let s = 0; s < subjectCount; s++) {
    const linked = linkAbility(link, abilityRow(abilities.new, s, dimensions)).mean;
    for (let k = 0; k < dimensions; k++)
      rows[0].push({
        direction: linked.map((_, j) => (j === k ? 1 : 0)),
        value: abilities.old[s * dimensions + k] - linked[k],
      });
  }
  for (let i = 0; i < itemCount; i++) {
    const row = Array.from({ length: dimensions }, (_, k) => i * dimensions + k);
    const { discrimination } = linkItem(link, {
      discrimination: row.map((at) => items!.new.discrimination[at]),
      difficulty: 0,
      difficultyVariance: 0,
    });
    rows[1].push({
      direction: Array.from(discrimination),
      value: items!.old.difficulty[i] - items!.new.difficulty[i],
    });
  }
  const matrix = new Float64Array(dimensions * dimensions);
  const right = new Float64Array(dimensions);
  for (const own of rows) {
    const weight = own.length === 0 ? 0 : 1 / leastSquares(own, dimensions).variance;
    for (const { direction, value } of own)
      for (let j = 0; j < dimensions; j++) {
        right[j] += weight * direction[j] * value;
        for (let k = 0; k < dimensions; k++)
          matrix[j * dimensions + k] += weight * direction[j] * direction[k];
      }
  }
  return Array.from(choleskySolve(cholesky(matrix, dimensions), dimensions, right));
}

/** Residual variance of the least-squares t, kept off 0 for spaces that agree exactly. */
function leastSquares(
  rows: readonly { direction: number[]; value: number }[],
  dimensions: number,
): { variance: number } {
  const matrix = new Float64Array(dimensions * dimensions);
  const right = new Float64Array(dimensions);
  for (const { direction, value } of rows)
    for (let j = 0; j < dimensions; j++) {
      right[j] += direction[j] * value;
      for (let k = 0; k < dimensions; k++)
        matrix[j * dimensions + k] += direction[j] * direction[k];
    }
  const t = choleskySolve(cholesky(matrix, dimensions), dimensions, right);
  let squares = 0;
  for (const { direction, value } of rows) squares += (value - dot(direction, t)) ** 2;
  return { variance: Math.max(1e-9, squares / rows.length) };
}

/** Row of a subjects × D matrix as an ability without uncertainty. */
export function abilityRow(matrix: ArrayLike<number>, row: number, dimensions: number) {
  return {
    mean: Array.from({ length: dimensions }, (_, k) => matrix[row * dimensions + k]),
    covariance: new Float64Array(dimensions * dimensions),
  };
}
