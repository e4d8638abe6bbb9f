export interface Projection {
  /** Two coordinates a point, in the points' order. */
  points: [number, number][];
  /** Shares of the variance that the two axes carry. */
  explained: [number, number];
}

const MOST_SWEEPS = 60;

/**
 * Principal components of standardised coordinates: the two directions in which the points differ most.
 * A coordinate that is the same everywhere says nothing and counts as 0. Signs are fixed by the largest
 * loading, so that the same points give the same map.
 */
export function project(rows: readonly (readonly number[])[]): Projection {
  const dimensions = rows[0]?.length ?? 0;
  const standardised = standardise(rows, dimensions);
  const { values, vectors } = eigenOfSymmetric(covariance(standardised, dimensions));
  const order = values.map((_, i) => i).sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0));
  const total = values.reduce((sum, value) => sum + Math.max(0, value), 0) || 1;
  const axes = [order[0], order[1]].map((k) =>
    k === undefined ? [] : signed(vectors.map((row) => row[k] ?? 0)),
  );
  const share = (k: number | undefined) =>
    k === undefined ? 0 : Math.max(0, values[k] ?? 0) / total;
  return {
    points: standardised.map((row) => [dot(row, axes[0] ?? []), dot(row, axes[1] ?? [])]),
    explained: [share(order[0]), share(order[1])],
  };
}

function standardise(rows: readonly (readonly number[])[], dimensions: number): number[][] {
  const columns = Array.from({ length: dimensions }, (_, k) => {
    const mean = rows.reduce((sum, row) => sum + (row[k] ?? 0), 0) / rows.length;
    const variance = rows.reduce((sum, row) => sum + ((row[k] ?? 0) - mean) ** 2, 0) / rows.length;
    return { mean, deviation: Math.sqrt(variance) };
  });
  return rows.map((row) =>
    columns.map(({ mean, deviation }, k) =>
      deviation > 1e-12 ? ((row[k] ?? 0) - mean) / deviation : 0,
    ),
  );
}

function covariance(rows: readonly number[][], dimensions: number): number[][] {
  return Array.from({ length: dimensions }, (_, a) =>
    Array.from(
      { length: dimensions },
      (_, b) => rows.reduce((sum, row) => sum + row[a]! * row[b]!, 0) / rows.length,
    ),
  );
}

/** Jacobi rotations: exact enough for the few dozen dimensions of a latent space, and never astray. */
function eigenOfSymmetric(matrix: number[][]): { values: number[]; vectors: number[][] } {
  const n = matrix.length;
  const a = matrix.map((row) => [...row]);
  const vectors = a.map((_, i) => Array.from({ length: n }, (_, j) => Number(i === j)));
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let off = 0;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) off += a[p]![q]! ** 2;
    if (off < 1e-20) break;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(a, vectors, p, q);
  }
  return { values: a.map((row, i) => row[i]!), vectors };
}

function rotate(a: number[][], vectors: number[][], p: number, q: number): void {
  const apq = a[p]![q]!;
  if (Math.abs(apq) < 1e-15) return;
  const theta = (a[q]![q]! - a[p]![p]!) / (2 * apq);
  const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.sqrt(theta ** 2 + 1));
  const c = 1 / Math.sqrt(t ** 2 + 1);
  const s = t * c;
  const turn = (row: number[]) => {
    const [x, y] = [row[p]!, row[q]!];
    row[p] = c * x - s * y;
    row[q] = s * x + c * y;
  };
  a.forEach(turn);
  const [rowP, rowQ] = [a[p]!, a[q]!];
  for (let k = 0; k < a.length; k++) {
    const [x, y] = [rowP[k]!, rowQ[k]!];
    rowP[k] = c * x - s * y;
    rowQ[k] = s * x + c * y;
  }
  vectors.forEach(turn);
}

function signed(axis: number[]): number[] {
  const largest = axis.reduce(
    (best, value) => (Math.abs(value) > Math.abs(best) ? value : best),
    0,
  );
  return largest < 0 ? axis.map((value) => -value) : axis;
}

function dot(row: readonly number[], axis: readonly number[]): number {
  return row.reduce((sum, value, k) => sum + value * (axis[k] ?? 0), 0);
}
