import type { LatentLayout } from '../predictor/response-head.js';
import { dimensionsOf } from '../predictor/response-head.js';
import { assignDimensions } from './assign-dimensions.js';
import { linkAbility } from './apply-link.js';
import { correlation, facetMoment, logMeanRatio, logSpreadRatio, pool } from './link-moments.js';
import { abilityRow, estimateShift } from './link-shift.js';
import { nearestRotation } from './singular-values.js';

/** What two spaces of one layout have in common, row for row. Either part may be empty. */
export interface CommonParts {
  /** θ of the common subjects, subjects × D in each space. */
  readonly abilities: { readonly old: ArrayLike<number>; readonly new: ArrayLike<number> };
  /** α, items × D, and d of the common items in each space. */
  readonly items?: {
    readonly old: {
      readonly discrimination: ArrayLike<number>;
      readonly difficulty: ArrayLike<number>;
    };
    readonly new: {
      readonly discrimination: ArrayLike<number>;
      readonly difficulty: ArrayLike<number>;
    };
  };
}

/**
 * A change of coordinates from a new space to an old one, as plain data: θ_old = Aθ_new + t and, so
 * that no probability changes, α_old = A⁻ᵀα_new, d_old = d_new + α_oldᵀt. A is a permutation with
 * positive slopes on the general dimensions and a rotation with one positive scale on the facets.
 */
export interface SpaceLink {
  readonly layout: LatentLayout;
  /** General dimension k of the old space is dimension `permutation[k]` of the new one. */
  readonly permutation: readonly number[];
  readonly slope: readonly number[];
  /** Orthogonal, facets × facets, row-major. */
  readonly rotation: readonly number[];
  readonly facetScale: number;
  /** t, D numbers: only what a predictor's output layer can carry exactly. */
  readonly intercept: readonly number[];
  /**
   * What is left, D numbers: old abilities lie at Aθ_new + t + offset. Not 0 on general dimensions
   * with one difficulty per query only: there d would have to move by α·offset, which is no linear
   * function of a network that says log α. Old abilities are carried over instead (`carryAbility`).
   */
  readonly offset: readonly number[];
  readonly subjects: number;
  readonly items: number;
  /** Root mean square of what remains between the common subjects' abilities, per dimension. */
  readonly residual: readonly number[];
  /** Pearson's r of the common subjects' abilities once they are linked, per dimension; null below three. */
  readonly correlation: readonly (number | null)[];
}

/**
 * Finds the link of a new space to an old one (Kolen & Brennan 2014, ch. 6): general dimensions by
 * permutation (greatest correlation) and mean–sigma, facets by orthogonal Procrustes (Schönemann 1966)
 * and one scale. Several general dimensions are never rotated: α > 0 fixes their directions. Estimates
 * from subjects and from items are pooled by their precision.
 *
 * @throws RangeError with fewer than two common subjects and fewer than two common items.
 */
export function linkSpaces(layout: LatentLayout, common: CommonParts): SpaceLink {
  const { general, facets } = layout;
  const dimensions = dimensionsOf(layout);
  const { abilities, items } = common;
  const subjectCount = abilities.old.length / dimensions;
  const itemCount = items === undefined ? 0 : items.old.difficulty.length;
  checkCommon(common, dimensions, subjectCount, itemCount);
  const theta = {
    old: columns(abilities.old, dimensions),
    new: columns(abilities.new, dimensions),
  };
  const alpha = {
    old: columns(items?.old.discrimination ?? [], dimensions),
    new: columns(items?.new.discrimination ?? [], dimensions),
  };

  const similarity = new Float64Array(general * general);
  for (let j = 0; j < general; j++)
    for (let k = 0; k < general; k++)
      similarity[j * general + k] =
        correlation(theta.old[j], theta.new[k]) +
        correlation(alpha.old[j].map(Math.log), alpha.new[k].map(Math.log));
  const permutation = Array.from(assignDimensions(similarity, general));
  const slope = permutation.map((from, k) =>
    Math.exp(
      pool([
        logSpreadRatio([theta.old[k]], [theta.new[from]]),
        logMeanRatio(alpha.new[from], alpha.old[k]),
      ]),
    ),
  );

  const facetsOf = (all: number[][]) => all.slice(general);
  const centred = { old: facetsOf(theta.old).map(center), new: facetsOf(theta.new).map(center) };
  const loadings = { old: facetsOf(alpha.old), new: facetsOf(alpha.new) };
  const moment = facetMoment(centred.old, centred.new);
  facetMoment(loadings.old, loadings.new).forEach((value, j) => (moment[j] += value));
  const rotation = Array.from(nearestRotation(moment, facets));
  const facetScale =
    facets === 0
      ? 1
      : Math.exp(
          pool([
            logSpreadRatio(centred.old, turn(rotation, centred.new)),
            // Loadings scale the other way round.
            logSpreadRatio(turn(rotation, loadings.new), loadings.old),
          ]),
        );

  const bare = { layout, permutation, slope, rotation, facetScale };
  const zero = new Array<number>(dimensions).fill(0);
  const unshifted = { ...bare, intercept: zero };
  const shift = estimateShift(unshifted, common, subjectCount, itemCount);
  const carried = (k: number) => k >= general || layout.vectorDifficulty === true;
  const intercept = shift.map((value, k) => (carried(k) ? value : 0));
  const offset = shift.map((value, k) => (carried(k) ? 0 : value));
  const linked = columns(
    Array.from(
      { length: subjectCount },
      (_, s) => linkAbility(unshifted, abilityRow(abilities.new, s, dimensions)).mean,
    ).flat(),
    dimensions,
  );
  const residual = linked.map((column, k) => {
    const squares = column.map((value, s) => (theta.old[k][s] - value - shift[k]) ** 2);
    return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / Math.max(1, subjectCount));
  });
  return {
    ...bare,
    intercept,
    offset,
    subjects: subjectCount,
    items: itemCount,
    residual,
    correlation: linked.map((column, k) =>
      subjectCount < 3 ? null : correlation(theta.old[k], column),
    ),
  };
}

function checkCommon(
  { abilities, items }: CommonParts,
  dimensions: number,
  subjectCount: number,
  itemCount: number,
): void {
  if (abilities.old.length !== abilities.new.length || !Number.isInteger(subjectCount))
    throw new RangeError(
      `common abilities have ${abilities.old.length} and ${abilities.new.length} numbers in ${dimensions} dimensions`,
    );
  if (
    items !== undefined &&
    (items.new.difficulty.length !== itemCount ||
      items.old.discrimination.length !== itemCount * dimensions ||
      items.new.discrimination.length !== itemCount * dimensions)
  )
    throw new RangeError(`common items disagree in number or dimensions (${itemCount} items)`);
  if (subjectCount < 2 && itemCount < 2)
    throw new RangeError(
      `linking needs two common subjects or items, not ${subjectCount} and ${itemCount}`,
    );
}

function columns(matrix: ArrayLike<number>, width: number): number[][] {
  return Array.from({ length: width }, (_, k) =>
    Array.from({ length: matrix.length / width }, (_, row) => matrix[row * width + k]),
  );
}

function center(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  return values.map((value) => value - mean);
}

/** R applied to columns. */
function turn(rotation: readonly number[], all: readonly number[][]): number[][] {
  const n = all.length;
  return all.map((column, j) =>
    column.map((_, row) => all.reduce((sum, own, k) => sum + rotation[j * n + k] * own[row], 0)),
  );
}
