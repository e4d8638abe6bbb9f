// Bound once: a global looked up in an inner loop is slow wherever code runs in a sandbox.
const { sqrt } = Math;

/**
 * Cholesky without allocation for the many small systems of a calibration: every matrix here is a
 * prior precision plus a positive semidefinite information, so pivots are positive and no jitter is
 * needed. All matrices are n × n, row-major; only the lower triangle is read.
 */

/** A = LLᵀ, L written over the lower triangle of A. */
export function factorInPlace(a: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) {
    const row = i * n;
    for (let j = 0; j <= i; j++) {
      const other = j * n;
      let sum = a[row + j];
      for (let k = 0; k < j; k++) sum -= a[row + k] * a[other + k];
      a[row + j] = i === j ? sqrt(sum) : sum / a[other + j];
    }
  }
}

/** Solves LLᵀx = b, x written over b. */
export function solveInPlace(factor: Float64Array, n: number, b: Float64Array): void {
  for (let i = 0; i < n; i++) {
    let sum = b[i];
    for (let k = 0; k < i; k++) sum -= factor[i * n + k] * b[k];
    b[i] = sum / factor[i * n + i];
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = b[i];
    for (let k = i + 1; k < n; k++) sum -= factor[k * n + i] * b[k];
    b[i] = sum / factor[i * n + i];
  }
}

/** (LLᵀ)⁻¹, whole, written to `inverse` from `offset` on; L is overwritten by L⁻¹. */
export function invertInPlace(
  factor: Float64Array,
  n: number,
  inverse: Float64Array,
  offset: number,
): void {
  for (let j = 0; j < n; j++) {
    factor[j * n + j] = 1 / factor[j * n + j];
    for (let i = j + 1; i < n; i++) {
      let sum = 0;
      for (let k = j; k < i; k++) sum -= factor[i * n + k] * factor[k * n + j];
      factor[i * n + j] = sum / factor[i * n + i];
    }
  }
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = i; k < n; k++) sum += factor[k * n + i] * factor[k * n + j];
      inverse[offset + i * n + j] = sum;
      inverse[offset + j * n + i] = sum;
    }
}
