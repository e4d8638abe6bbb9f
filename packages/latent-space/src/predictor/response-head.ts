// Bound once: a global looked up in an inner loop is slow wherever code runs in a sandbox.
const { exp } = Math;

/**
 * Which coordinates of the latent space are which. The first `general` dimensions have positive
 * discrimination (more ability never hurts); the `facets` that follow have loadings of either sign:
 * strengths that trade off against each other between models of equal general ability.
 */
export interface LatentLayout {
  readonly general: number;
  readonly facets: number;
  /**
   * The paper's form: a difficulty vector b, d = αᵀb, of which only d is identified. Kept so that both
   * can be compared; needs `facets` = 0.
   */
  readonly vectorDifficulty?: boolean;
}

/** The latent space of the ZeroRouter paper: D = 20, a difficulty vector per query. */
export const PAPER_LAYOUT: LatentLayout = { general: 20, facets: 0, vectorDifficulty: true };

export function dimensionsOf(layout: LatentLayout): number {
  return layout.general + layout.facets;
}

/** Outputs of a network: discrimination, difficulty (one, or a vector), length level. */
export function outputsOf(layout: LatentLayout): number {
  return dimensionsOf(layout) + difficultyOutputs(layout) + 1;
}

export function difficultyOutputs(layout: LatentLayout): number {
  return layout.vectorDifficulty === true ? dimensionsOf(layout) : 1;
}

/** log α_k = log(1/√general) + o/2; d = 2·o: a unit output is a typical change. */
export const HEAD_SCALES = { logDiscrimination: 0.5, difficulty: 2 } as const;

/** The level of log output tokens that an untrained head says: about 150 tokens. */
export const LENGTH_CENTER = 5;

/** Item parameters read from one row of a network's outputs. */
export interface HeadItem {
  readonly discrimination: Float64Array;
  readonly difficulty: number;
  readonly logOutputTokens: number;
}

export function readItem(outputs: Float32Array, offset: number, layout: LatentLayout): HeadItem {
  const dimensions = dimensionsOf(layout);
  const discrimination = new Float64Array(dimensions);
  const base = -0.5 * Math.log(Math.max(1, layout.general));
  for (let k = 0; k < dimensions; k++) {
    const o = outputs[offset + k];
    discrimination[k] = k < layout.general ? exp(base + HEAD_SCALES.logDiscrimination * o) : o;
  }
  let difficulty = 0;
  if (layout.vectorDifficulty === true)
    for (let k = 0; k < dimensions; k++)
      difficulty += discrimination[k] * outputs[offset + dimensions + k];
  else difficulty = HEAD_SCALES.difficulty * outputs[offset + dimensions];
  const length = offset + dimensions + difficultyOutputs(layout);
  return { discrimination, difficulty, logOutputTokens: LENGTH_CENTER + outputs[length] };
}

/**
 * Adds residual·∂z/∂outputs of z = αᵀθ − d to one row of the outputs' gradient.
 * @param theta abilities, of which the row at `thetaOffset` is meant.
 */
export function addOutputGradient(
  gradient: Float32Array,
  outputs: Float32Array,
  offset: number,
  item: HeadItem,
  layout: LatentLayout,
  theta: Float32Array,
  thetaOffset: number,
  residual: number,
): void {
  const dimensions = dimensionsOf(layout);
  const vector = layout.vectorDifficulty === true;
  for (let k = 0; k < dimensions; k++) {
    const ability = theta[thetaOffset + k];
    const alpha = item.discrimination[k];
    const distance = vector ? ability - outputs[offset + dimensions + k] : ability;
    gradient[offset + k] +=
      residual * distance * (k < layout.general ? HEAD_SCALES.logDiscrimination * alpha : 1);
    if (vector) gradient[offset + dimensions + k] -= residual * alpha;
  }
  if (!vector) gradient[offset + dimensions] -= residual * HEAD_SCALES.difficulty;
}
