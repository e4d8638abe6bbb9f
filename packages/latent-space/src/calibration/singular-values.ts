// Bound once: a global looked up in an inner loop is slow wherever code runs in a sandbox.
const { abs, hypot, sign, sqrt } = Math;

/** A = U·diag(σ)·Vᵀ, n × n row-major, σ descending. Columns of U and V are orthonormal. */
export interface SingularValues {
  readonly u: Float64Array;
  readonly values: Float64Array;
  readonly v: Float64Array;
}

const MOST_SWEEPS = 60;

/**
 * Singular value decomposition of a small square matrix by one-sided Jacobi rotations (Hestenes 1958):
 * columns of A are rotated in pairs until all are orthogonal. For a symmetric positive semidefinite A
 * it is the eigendecomposition, U = V on the range. Columns of U that belong to σ = 0 are completed to
 * a basis.
 */
export function singularValues(matrix: ArrayLike<number>, n: number): SingularValues {
  const a = Float64Array.from(matrix);
  const v = new Float64Array(n * n);
  for (let k = 0; k < n; k++) v[k * n + k] = 1;
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let rotated = false;
    for (let p = 0; p < n; p++)
      for (let q = p + 1; q < n; q++) {
        const pp = columnDot(a, n, p, p);
        const qq = columnDot(a, n, q, q);
        const pq = columnDot(a, n, p, q);
        if (pq === 0 || abs(pq) <= 1e-15 * sqrt(pp * qq)) continue;
        rotated = true;
        const zeta = (qq - pp) / (2 * pq);
        const t = (zeta === 0 ? 1 : sign(zeta)) / (abs(zeta) + hypot(1, zeta));
        const c = 1 / hypot(1, t);
        rotateColumns(a, n, p, q, c, c * t);
        rotateColumns(v, n, p, q, c, c * t);
      }
    if (!rotated) break;
  }
  const norms = Array.from({ length: n }, (_, k) => sqrt(columnDot(a, n, k, k)));
  const order = norms.map((_, k) => k).sort((i, j) => norms[j] - norms[i]);
  const u = new Float64Array(n * n);
  const sorted = new Float64Array(n * n);
  order.forEach((from, to) => {
    for (let i = 0; i < n; i++) {
      u[i * n + to] = norms[from] === 0 ? 0 : a[i * n + from] / norms[from];
      sorted[i * n + to] = v[i * n + from];
    }
  });
  const values = Float64Array.from(order, (k) => norms[k]);
  completeBasis(u, values, n);
  return { u, values, v: sorted };
}

function columnDot(a: Float64Array, n: number, p: number, q: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += a[i * n + p] * a[i * n + q];
  return sum;
}

function rotateColumns(
  a: Float64Array,
  n: number,
  p: number,
  q: number,
  c: number,
  s: number,
): void {
  for (let i = 0; i < n; i++) {
    const left = a[i * n + p];
    const right = a[i * n + q];
    a[i * n + p] = c * left - s * right;
    a[i * n + q] = s * left + c * right;
  }
}

/** Replaces the columns of U whose σ is 0, to rounding, by what Gram–Schmidt leaves of unit vectors. */
function completeBasis(u: Float64Array, values: Float64Array, n: number): void {
  const floor = 1e-13 * (values[0] ?? 0);
  for (let k = 0; k < n; k++) {
    if (values[k] > floor) continue;
    for (let unit = 0; unit < n; unit++) {
      for (let i = 0; i < n; i++) u[i * n + k] = i === unit ? 1 : 0;
      // Twice is enough to be orthogonal to rounding (Kahan).
      for (let pass = 0; pass < 2; pass++)
        for (let j = 0; j < k; j++) {
          const share = columnDot(u, n, j, k);
          for (let i = 0; i < n; i++) u[i * n + k] -= share * u[i * n + j];
        }
      const norm = sqrt(columnDot(u, n, k, k));
      if (norm < 0.5 / sqrt(n)) continue;
      for (let i = 0; i < n; i++) u[i * n + k] /= norm;
      break;
    }
  }
}

/** The orthogonal R that maximises tr(RᵀM): R = UVᵀ of M's decomposition (Schönemann 1966). */
export function nearestRotation(matrix: ArrayLike<number>, n: number): Float64Array {
  const { u, v } = singularValues(matrix, n);
  const rotation = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++)
      for (let k = 0; k < n; k++) rotation[i * n + j] += u[i * n + k] * v[j * n + k];
  return rotation;
}
