import type { Belief } from './assumed-density.js';

// Bound once: a global looked up in an inner loop is slow wherever code runs in a sandbox.
const { abs, sqrt } = Math;

/**
 * √((x − μ)ᵀC⁻¹(x − μ)): how far a point is from a belief, in its own deviations. A direction in which the belief
 * has no width counts as infinitely far, unless the point does not differ in it.
 */
export function mahalanobis(point: readonly number[], { mean, covariance }: Belief): number {
  const n = mean.length;
  const rest = Array.from(covariance);
  const x = point.map((value, k) => value - mean[k]);
  let sum = 0;
  // Cholesky by outer products: each pivot takes its part out of what is left of matrix and vector.
  for (let k = 0; k < n; k++) {
    const pivot = rest[k * n + k];
    if (!(pivot > 0)) {
      if (abs(x[k]) > 1e-12) return Infinity;
      continue;
    }
    sum += x[k] ** 2 / pivot;
    for (let row = k + 1; row < n; row++) {
      const factor = rest[row * n + k] / pivot;
      x[row] -= factor * x[k];
      for (let column = k + 1; column < n; column++)
        rest[row * n + column] -= factor * rest[k * n + column];
    }
  }
  return sqrt(sum);
}
