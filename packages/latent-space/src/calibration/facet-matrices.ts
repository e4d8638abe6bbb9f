/** Mean of xxᵀ over the given rows, x the `facets` columns from `general` on. */
export function secondMoment(
  matrix: Float64Array,
  width: number,
  general: number,
  facets: number,
  rows: ArrayLike<number>,
): Float64Array {
  const moment = new Float64Array(facets * facets);
  for (let r = 0; r < rows.length; r++) {
    const at = rows[r] * width + general;
    for (let i = 0; i < facets; i++)
      for (let j = 0; j <= i; j++) moment[i * facets + j] += matrix[at + i] * matrix[at + j];
  }
  for (let i = 0; i < facets; i++)
    for (let j = 0; j <= i; j++) {
      moment[i * facets + j] /= rows.length;
      moment[j * facets + i] = moment[i * facets + j];
    }
  return moment;
}

/** x ← Bx for the facet columns of the given rows. */
export function multiplyRows(
  matrix: Float64Array,
  width: number,
  general: number,
  facets: number,
  by: Float64Array,
  rows: ArrayLike<number>,
): void {
  const product = new Float64Array(facets);
  for (let r = 0; r < rows.length; r++) {
    const at = rows[r] * width + general;
    product.fill(0);
    for (let i = 0; i < facets; i++)
      for (let k = 0; k < facets; k++) product[i] += by[i * facets + k] * matrix[at + k];
    matrix.set(product, at);
  }
}
