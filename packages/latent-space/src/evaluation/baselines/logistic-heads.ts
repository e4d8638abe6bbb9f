import type { MatrixKernel } from '../../linear-algebra/matrix-kernel.js';
import { columnMeans } from '../../linear-algebra/rows.js';
import { sigmoid } from '../../response-model/response-model.js';

/** Answers of several models to rows of an input matrix. */
export interface HeadCells {
  readonly rows: number;
  readonly models: number;
  readonly row: ArrayLike<number>;
  readonly model: ArrayLike<number>;
  readonly score: ArrayLike<number>;
}

/** One logistic regression a model: P = σ(wᵀ(x − center) + bias). */
export interface LogisticHeads {
  readonly models: number;
  readonly center: Float32Array;
  /** width × models. */
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

const ITERATIONS = 120;

/**
 * Ridge-penalised logistic regressions for all models at once, by accelerated gradient steps
 * (Nesterov 1983) with the step size from the largest eigenvalue of XᵀX; the bias has a weak prior
 * around `priorBias`. Inputs are centred, so that bias and weights hardly pull at each other.
 *
 * @param inputs rows × width.
 * @param precision of the weights' prior N(0, 1/precision).
 */
export async function fitLogisticHeads(
  inputs: Float32Array,
  width: number,
  cells: HeadCells,
  precision: number,
  kernel: MatrixKernel,
  priorBias = 0,
): Promise<LogisticHeads> {
  const { rows, models } = cells;
  const center = columnMeans(inputs, width);
  const centred = subtract(inputs, center);
  const smoothness = 0.25 * (await largestEigenvalue(centred, rows, width, kernel)) + precision;
  let weights = new Float32Array(width * models);
  let ahead = weights;
  const bias = new Float32Array(models).fill(priorBias);
  const answers = new Float64Array(models).fill(BIAS_PRECISION);
  for (let c = 0; c < cells.score.length; c++) answers[cells.model[c]]++;
  let momentum = 1;
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const logits = await kernel.multiply(centred, ahead, { m: rows, k: width, n: models });
    const residual = new Float32Array(rows * models);
    const biasGradient = Float64Array.from(bias, (value) => BIAS_PRECISION * (priorBias - value));
    for (let c = 0; c < cells.score.length; c++) {
      const at = cells.row[c] * models + cells.model[c];
      const error = cells.score[c] - sigmoid(logits[at] + bias[cells.model[c]]);
      residual[at] = error;
      biasGradient[cells.model[c]] += error;
    }
    const gradient = await kernel.multiply(
      centred,
      residual,
      { m: width, k: rows, n: models },
      'left',
    );
    const next = new Float32Array(width * models);
    for (let j = 0; j < next.length; j++)
      next[j] = ahead[j] + (gradient[j] - precision * ahead[j]) / smoothness;
    // ¼ bounds the curvature of the log-likelihood.
    for (let m = 0; m < models; m++) bias[m] += biasGradient[m] / (0.25 * answers[m] + 1);
    const nextMomentum = (1 + Math.sqrt(1 + 4 * momentum * momentum)) / 2;
    const push = (momentum - 1) / nextMomentum;
    ahead = next.map((value, j) => value + push * (value - weights[j]));
    weights = next;
    momentum = nextMomentum;
  }
  return { models, center, weights, bias };
}

const BIAS_PRECISION = 1;

/** P(correct), rows × models. */
export async function predictLogisticHeads(
  heads: LogisticHeads,
  inputs: Float32Array,
  kernel: MatrixKernel,
): Promise<Float64Array> {
  const { models, center } = heads;
  const width = center.length;
  const rows = inputs.length / width;
  const logits = await kernel.multiply(subtract(inputs, center), heads.weights, {
    m: rows,
    k: width,
    n: models,
  });
  return Float64Array.from(logits, (logit, at) => sigmoid(logit + heads.bias[at % models]));
}

function subtract(inputs: Float32Array, center: Float32Array): Float32Array {
  const width = center.length;
  return inputs.map((value, at) => value - center[at % width]);
}

/** Of XᵀX, by power iteration, with a tenth to spare because it approaches from below. */
async function largestEigenvalue(
  x: Float32Array,
  rows: number,
  width: number,
  kernel: MatrixKernel,
): Promise<number> {
  let vector = Float32Array.from({ length: width }, (_, j) => 1 + (j % 7) / 7);
  let value = 1;
  for (let iteration = 0; iteration < 15; iteration++) {
    const projected = await kernel.multiply(x, vector, { m: rows, k: width, n: 1 });
    const back = await kernel.multiply(x, projected, { m: width, k: rows, n: 1 }, 'left');
    const before = norm(vector);
    value = norm(back) / before;
    const length = norm(back) || 1;
    vector = back.map((entry) => entry / length);
  }
  return 1.1 * value;
}

function norm(vector: Float32Array): number {
  let sum = 0;
  for (const entry of vector) sum += entry * entry;
  return Math.sqrt(sum);
}
