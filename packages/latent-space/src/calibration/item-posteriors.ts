import type { LatentLayout } from '../predictor/response-head.js';
import { dimensionsOf } from '../predictor/response-head.js';
import { multiplyRows } from './facet-matrices.js';

/** π/8 of κ = 1/√(1 + πv/8), the probit–logit approximation. */
export const PROBIT = Math.PI / 8;

/** What is known of the items on the scale of the logit z = αᵀθ − d: (α, d) ~ N(mean, V) each. */
export interface ItemPosteriors {
  /** (α, d), items × (D + 1). */
  readonly mean: Float64Array;
  /** Lower triangle of V, row by row: items × (D + 1)(D + 2)/2. */
  readonly spread: Float64Array;
}

export function itemPosteriors(items: number, layout: LatentLayout): ItemPosteriors {
  const size = dimensionsOf(layout) + 1;
  return {
    mean: new Float64Array(items * size),
    spread: new Float64Array((items * size * (size + 1)) / 2),
  };
}

/**
 * Reads item i's posterior from its mode φ and the Laplace covariance of φ: log α becomes α by the
 * delta method, Var(α) = α²·Var(log α).
 *
 * @param share how far V moves to it: centre and covariance depend on each other, and swing when each
 *   jumps to where the other was.
 */
export function readPosterior(
  into: ItemPosteriors,
  item: number,
  layout: LatentLayout,
  phi: Float64Array,
  covariance: Float64Array,
  share: number,
): void {
  const size = dimensionsOf(layout) + 1;
  const row = item * size;
  let packed = (item * size * (size + 1)) / 2;
  for (let j = 0; j < size; j++)
    into.mean[row + j] = j < layout.general ? Math.exp(phi[row + j]) : phi[row + j];
  for (let j = 0; j < size; j++) {
    const scale = j < layout.general ? into.mean[row + j] : 1;
    for (let k = 0; k <= j; k++, packed++)
      into.spread[packed] +=
        share *
        (covariance[j * size + k] * scale * (k < layout.general ? into.mean[row + k] : 1) -
          into.spread[packed]);
  }
}

/** V ← BVBᵀ for the given items, B the rotation of the facets and the identity elsewhere. */
export function rotateSpread(
  { mean, spread }: ItemPosteriors,
  layout: LatentLayout,
  rotation: Float64Array,
  items: ArrayLike<number>,
): void {
  const { general, facets } = layout;
  const size = dimensionsOf(layout) + 1;
  const v = new Float64Array(size * size);
  const byFacets = Int32Array.from({ length: size }, (_, row) => row);
  for (let n = 0; n < items.length; n++) {
    const first = (items[n] * size * (size + 1)) / 2;
    for (let j = 0, packed = first; j < size; j++)
      for (let k = 0; k <= j; k++, packed++) v[j * size + k] = v[k * size + j] = spread[packed];
    // Rows of (BV)ᵀ = VBᵀ, then rows of its transpose: BVBᵀ.
    multiplyRows(v, size, general, facets, rotation, byFacets);
    transpose(v, size);
    multiplyRows(v, size, general, facets, rotation, byFacets);
    for (let j = 0, packed = first; j < size; j++)
      for (let k = 0; k <= j; k++, packed++) spread[packed] = v[j * size + k];
  }
  multiplyRows(mean, size, general, facets, rotation, items);
}

function transpose(a: Float64Array, n: number): void {
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++) {
      const held = a[i * n + j];
      a[i * n + j] = a[j * n + i];
      a[j * n + i] = held;
    }
}
