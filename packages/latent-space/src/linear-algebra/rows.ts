/** The given rows of a row-major matrix, one after the other. */
export function gatherRows(
  matrix: Float32Array,
  width: number,
  rows: ArrayLike<number>,
): Float32Array {
  const gathered = new Float32Array(rows.length * width);
  for (let i = 0; i < rows.length; i++)
    gathered.set(matrix.subarray(rows[i] * width, (rows[i] + 1) * width), i * width);
  return gathered;
}

/** Rows scaled to unit length; a row of zeros stays. */
export function unitRows(matrix: Float32Array, width: number): Float32Array {
  const unit = matrix.slice();
  for (let at = 0; at < unit.length; at += width) {
    let norm = 0;
    for (let j = 0; j < width; j++) norm += unit[at + j] ** 2;
    norm = Math.sqrt(norm) || 1;
    for (let j = 0; j < width; j++) unit[at + j] /= norm;
  }
  return unit;
}

/** Mean of each column of a row-major matrix with at least one row. */
export function columnMeans(matrix: ArrayLike<number>, width: number): Float32Array {
  const sums = new Float64Array(width);
  for (let at = 0; at < matrix.length; at++) sums[at % width] += matrix[at];
  return Float32Array.from(sums, (sum) => (sum * width) / matrix.length);
}
