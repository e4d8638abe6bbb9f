import { dimensionsOf } from '../predictor/response-head.js';
import type { CalibratedItems } from './calibrate-items.js';

/**
 * Mean and variance of the logit z = αᵀθ − d of a subject on an item, both known with error:
 *   Var(z) = xᵀV x + αᵀCα,  x = ∂z/∂φ = (α_k θ_k for log α, θ_k for facets, −1).
 */
export function cellLogit(
  calibrated: CalibratedItems,
  item: number,
  subject: number,
): { mean: number; variance: number } {
  const { layout, abilities, abilityCovariances, discrimination, difficulty } = calibrated;
  const dimensions = dimensionsOf(layout);
  const size = dimensions + 1;
  const slope = new Float64Array(size).fill(-1);
  let mean = -difficulty[item];
  for (let k = 0; k < dimensions; k++) {
    const alpha = discrimination[item * dimensions + k];
    const theta = abilities[subject * dimensions + k];
    mean += alpha * theta;
    slope[k] = k < layout.general ? alpha * theta : theta;
  }
  const alphas = discrimination.subarray(item * dimensions, (item + 1) * dimensions);
  return {
    mean,
    variance:
      quadraticAt(calibrated.itemCovariances, item * size * size, slope) +
      quadraticAt(abilityCovariances, subject * dimensions * dimensions, alphas),
  };
}

/** xᵀAx of the matrix that begins at `offset`. */
function quadraticAt(matrix: Float64Array, offset: number, x: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < x.length; j++)
    for (let k = 0; k < x.length; k++) sum += x[j] * matrix[offset + j * x.length + k] * x[k];
  return sum;
}
