import type { NetworkParameters, NetworkShape } from '../predictor/network.js';
import type { LatentLayout } from '../predictor/response-head.js';
import { dimensionsOf, HEAD_SCALES, outputsOf } from '../predictor/response-head.js';
import type { Ability, ItemParameters } from '../response-model/response-model.js';
import { dot } from '../response-model/response-model.js';
import type { SpaceLink } from './link-spaces.js';

/** The part of a link that changes coordinates. */
export type Coordinates = Pick<
  SpaceLink,
  'layout' | 'permutation' | 'slope' | 'rotation' | 'facetScale' | 'intercept'
>;

/** θ_old = Aθ_new + t, C_old = A·C_new·Aᵀ. */
export function linkAbility(
  link: Coordinates,
  ability: Ability,
): { mean: number[]; covariance: number[] } {
  const a = abilityMatrix(link);
  const n = ability.mean.length;
  checkDimensions(link.layout, n);
  const mean = multiply(a, ability.mean, n).map((value, k) => value + link.intercept[k]);
  const covariance = new Array<number>(n * n).fill(0);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++)
      for (let k = 0; k < n; k++)
        for (let l = 0; l < n; l++)
          covariance[i * n + j] += a[i * n + k] * ability.covariance[k * n + l] * a[j * n + l];
  return { mean, covariance };
}

/** α_old = A⁻ᵀα_new, d_old = d_new + α_oldᵀt: αᵀθ − d and Var(αᵀθ) stay what they were. */
export function linkItem(
  link: Coordinates,
  item: ItemParameters,
): { discrimination: number[]; difficulty: number; difficultyVariance: number } {
  const n = item.discrimination.length;
  checkDimensions(link.layout, n);
  const discrimination = multiply(loadingMatrix(link), item.discrimination, n);
  return {
    discrimination,
    difficulty: item.difficulty + dot(discrimination, link.intercept),
    difficultyVariance: item.difficultyVariance,
  };
}

/**
 * An ability measured in the old space, in the linked new one: less the offset that no network carries,
 * and less certain by what the link leaves unexplained between the common subjects.
 */
export function carryAbility(
  link: Pick<SpaceLink, 'offset' | 'residual'>,
  ability: Ability,
): { mean: number[]; covariance: number[] } {
  const n = ability.mean.length;
  if (link.offset.length !== n)
    throw new RangeError(`${n} dimensions, the link has ${link.offset.length}`);
  return {
    mean: Array.from(ability.mean, (value, k) => value - link.offset[k]),
    covariance: Array.from(
      ability.covariance,
      (value, at) => value + (at % (n + 1) === 0 ? link.residual[at / (n + 1)] ** 2 : 0),
    ),
  };
}

/**
 * One member of the predictor's ensemble with its output layer in the old space's coordinates. Exact,
 * up to the rounding of single precision, because every part of a link is linear in the outputs:
 * - α_k/slope is a shift of the output of log α_k;
 * - a rotation and scale of the facets mixes their output columns;
 * - a facet intercept t adds αᵀt, linear in the facets' outputs, to the difficulty's;
 * - with a difficulty vector, d = αᵀb, b ← slope·b + t is linear as well.
 * An intercept of a general dimension beside one difficulty is not, and is refused.
 *
 * @throws RangeError for such an intercept, or when the network's outputs are not the layout's.
 */
export function linkNetwork(
  link: Coordinates,
  shape: NetworkShape,
  network: NetworkParameters,
): NetworkParameters {
  const { layout } = link;
  if (shape.outputs !== outputsOf(layout))
    throw new RangeError(`network has ${shape.outputs} outputs, layout ${outputsOf(layout)}`);
  const unbearable = link.intercept
    .slice(0, layout.general)
    .find((value) => value !== 0 && layout.vectorDifficulty !== true);
  if (unbearable !== undefined)
    throw new RangeError(`intercept ${unbearable} of a general dimension is not linear in outputs`);
  const { matrix, bias } = outputMap(link);
  const width = shape.outputs;
  const outputWeights = new Float32Array(network.outputWeights.length);
  for (let h = 0; h < shape.hidden; h++)
    outputWeights.set(
      multiply(matrix, network.outputWeights.subarray(h * width, (h + 1) * width), width),
      h * width,
    );
  const outputBias = Float32Array.from(
    multiply(matrix, network.outputBias, width),
    (value, o) => value + bias[o],
  );
  return { ...network, outputWeights, outputBias };
}

/** o_old = M·o_new + c over the outputs of one row: discrimination, difficulty, length. */
function outputMap(link: Coordinates): { matrix: Float64Array; bias: Float64Array } {
  const { layout, permutation, slope, rotation, facetScale, intercept } = link;
  const { general, facets } = layout;
  const dimensions = dimensionsOf(layout);
  const width = outputsOf(layout);
  const matrix = new Float64Array(width * width);
  const bias = new Float64Array(width);
  for (let k = 0; k < general; k++) {
    matrix[k * width + permutation[k]] = 1;
    bias[k] = -Math.log(slope[k]) / HEAD_SCALES.logDiscrimination;
  }
  for (let j = 0; j < facets; j++)
    for (let k = 0; k < facets; k++)
      matrix[(general + j) * width + general + k] = rotation[j * facets + k] / facetScale;
  if (layout.vectorDifficulty === true)
    for (let k = 0; k < dimensions; k++) {
      matrix[(dimensions + k) * width + dimensions + permutation[k]] = slope[k];
      bias[dimensions + k] = intercept[k];
    }
  else {
    matrix[dimensions * width + dimensions] = 1;
    for (let j = 0; j < facets; j++)
      for (let k = 0; k < facets; k++)
        matrix[dimensions * width + general + k] +=
          (intercept[general + j] * rotation[j * facets + k]) /
          (facetScale * HEAD_SCALES.difficulty);
  }
  matrix[width * width - 1] = 1;
  return { matrix, bias };
}

/** A of θ_old = Aθ_new + t, D × D. */
function abilityMatrix(link: Coordinates): Float64Array {
  return blockMatrix(link, (k) => link.slope[k], link.facetScale);
}

/** A⁻ᵀ of α_old = A⁻ᵀα_new, D × D. */
function loadingMatrix(link: Coordinates): Float64Array {
  return blockMatrix(link, (k) => 1 / link.slope[k], 1 / link.facetScale);
}

function blockMatrix(
  { layout, permutation, rotation }: Coordinates,
  slopeOf: (k: number) => number,
  scale: number,
): Float64Array {
  const { general, facets } = layout;
  const n = dimensionsOf(layout);
  const matrix = new Float64Array(n * n);
  for (let k = 0; k < general; k++) matrix[k * n + permutation[k]] = slopeOf(k);
  for (let j = 0; j < facets; j++)
    for (let k = 0; k < facets; k++)
      matrix[(general + j) * n + general + k] = scale * rotation[j * facets + k];
  return matrix;
}

function multiply(matrix: Float64Array, x: ArrayLike<number>, n: number): number[] {
  return Array.from({ length: n }, (_, i) => {
    let sum = 0;
    for (let k = 0; k < n; k++) sum += matrix[i * n + k] * x[k];
    return sum;
  });
}

function checkDimensions(layout: LatentLayout, dimensions: number): void {
  if (dimensions !== dimensionsOf(layout))
    throw new RangeError(`${dimensions} dimensions, the link has ${dimensionsOf(layout)}`);
}
