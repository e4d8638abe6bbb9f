/**
 * Dense symmetric positive-definite systems, row-major n × n. Small n (a latent space's dimensions)
 * and large (an information matrix of basis weights) use the same routines.
 */

/**
 * Cholesky factor L (lower, row-major) of A + jitter·I, A = LLᵀ. The jitter grows from 0 by factors
 * of ten until every pivot is positive, so that a singular A is regularised and not refused.
 * @throws RangeError when A is not finite.
 */
export function cholesky(matrix: ArrayLike<number>, n: number): Float64Array {
  let scale = 0;
  for (let i = 0; i < n; i++) scale = Math.max(scale, Math.abs(matrix[i * n + i]));
  if (!Number.isFinite(scale)) throw new RangeError(`matrix of order ${n} is not finite`);
  for (let jitter = 0; ; jitter = jitter === 0 ? 1e-12 * (scale || 1) : jitter * 10) {
    const factor = tryCholesky(matrix, n, jitter);
    if (factor !== null) return factor;
    if (jitter > 1e3 * (scale || 1))
      throw new RangeError(`matrix of order ${n} is not symmetric positive definite`);
  }
}

function tryCholesky(matrix: ArrayLike<number>, n: number, jitter: number): Float64Array | null {
  const factor = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const row = i * n;
    for (let j = 0; j <= i; j++) {
      const other = j * n;
      let sum = matrix[row + j];
      for (let k = 0; k < j; k++) sum -= factor[row + k] * factor[other + k];
      if (i === j) {
        sum += jitter;
        if (!(sum > 0)) return null;
        factor[row + i] = Math.sqrt(sum);
      } else factor[row + j] = sum / factor[other + j];
    }
  }
  return factor;
}

/** Solves LLᵀx = b. */
export function choleskySolve(
  factor: Float64Array,
  n: number,
  right: ArrayLike<number>,
): Float64Array {
  const x = forwardSubstitute(factor, n, right);
  for (let i = n - 1; i >= 0; i--) {
    let sum = x[i];
    for (let k = i + 1; k < n; k++) sum -= factor[k * n + i] * x[k];
    x[i] = sum / factor[i * n + i];
  }
  return x;
}

/** Solves Lx = b; ‖x‖² = bᵀA⁻¹b. */
export function forwardSubstitute(
  factor: Float64Array,
  n: number,
  right: ArrayLike<number>,
): Float64Array {
  const x = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = right[i];
    const row = i * n;
    for (let k = 0; k < i; k++) sum -= factor[row + k] * x[k];
    x[i] = sum / factor[row + i];
  }
  return x;
}

/** A⁻¹ from its Cholesky factor, row-major. */
export function choleskyInverse(factor: Float64Array, n: number): Float64Array {
  const inverse = new Float64Array(n * n);
  const unit = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    unit.fill(0);
    unit[j] = 1;
    const column = choleskySolve(factor, n, unit);
    for (let i = 0; i < n; i++) inverse[i * n + j] = column[i];
  }
  return inverse;
}
