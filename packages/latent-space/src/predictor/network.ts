import type { MatrixKernel } from '../linear-algebra/matrix-kernel.js';
import type { Random } from '../random/seeded-random.js';

// Bound once: a global looked up in an inner loop is slow wherever code runs in a sandbox.
const { exp } = Math;

/**
 * One member of the predictor's ensemble: a two-layer residual perceptron with linear heads.
 *   h₁ = silu(x·W₁ + b₁),  h₂ = h₁ + silu(h₁·W₂ + b₂),  o = h₂·W₃ + b₃,  silu(a) = a·σ(a)
 * Matrices are row-major, inputs × outputs.
 */
export interface NetworkShape {
  readonly inputs: number;
  readonly hidden: number;
  readonly outputs: number;
}

/** The six parameter arrays, in a fixed order that gradients and optimizer states share. */
export interface NetworkParameters {
  readonly inputWeights: Float32Array;
  readonly inputBias: Float32Array;
  readonly hiddenWeights: Float32Array;
  readonly hiddenBias: Float32Array;
  readonly outputWeights: Float32Array;
  readonly outputBias: Float32Array;
}

/** He-initialised layers and zero heads: training starts from the prior, whatever the seed. */
export function initializeNetwork(shape: NetworkShape, random: Random): NetworkParameters {
  const { inputs, hidden, outputs } = shape;
  const gaussian = (length: number, scale: number) =>
    Float32Array.from({ length }, () => scale * random.normal());
  return {
    inputWeights: gaussian(inputs * hidden, 1 / Math.sqrt(inputs)),
    inputBias: new Float32Array(hidden),
    hiddenWeights: gaussian(hidden * hidden, 1 / Math.sqrt(hidden)),
    hiddenBias: new Float32Array(hidden),
    outputWeights: gaussian(hidden * outputs, 0.02),
    outputBias: new Float32Array(outputs),
  };
}

/** What the backward pass reads of a forward pass. */
export interface ForwardPass {
  readonly rows: number;
  /** Inputs after dropout, rows × inputs. */
  readonly inputs: Float32Array;
  /** h₁ after dropout, and its slope ∂h₁/∂a₁ (silu′ × dropout), rows × hidden. */
  readonly first: Float32Array;
  readonly firstSlope: Float32Array;
  /** silu′ of the second layer's own part, rows × hidden. */
  readonly secondSlope: Float32Array;
  /** h₂ after dropout, and its dropout factor, rows × hidden. */
  readonly second: Float32Array;
  readonly secondFactor: Float32Array;
  /** rows × outputs. */
  readonly outputs: Float32Array;
}

/** Shares of activations dropped while training. */
export interface Dropout {
  readonly inputs: number;
  readonly hidden: number;
  readonly random: Random;
}

/** x (rows × inputs) → outputs, keeping what the backward pass needs. `dropout` null: predicting. */
export async function forward(
  shape: NetworkShape,
  parameters: NetworkParameters,
  x: Float32Array,
  rows: number,
  dropout: Dropout | null,
  kernel: MatrixKernel,
): Promise<ForwardPass> {
  const { inputs: k, hidden: h, outputs: o } = shape;
  const inputs = dropout === null ? x : dropped(x, dropout.inputs, dropout.random);
  const first = await kernel.multiply(inputs, parameters.inputWeights, { m: rows, k, n: h });
  const firstSlope = dropoutFactor(rows * h, dropout);
  for (let i = 0; i < first.length; i++) {
    const a = first[i] + parameters.inputBias[i % h];
    const gate = 1 / (1 + exp(-a));
    first[i] = a * gate * firstSlope[i];
    firstSlope[i] *= gate * (1 + a * (1 - gate));
  }
  const own = await kernel.multiply(first, parameters.hiddenWeights, { m: rows, k: h, n: h });
  const secondSlope = new Float32Array(rows * h);
  const secondFactor = dropoutFactor(rows * h, dropout);
  const second = own;
  for (let i = 0; i < own.length; i++) {
    const a = own[i] + parameters.hiddenBias[i % h];
    const gate = 1 / (1 + exp(-a));
    secondSlope[i] = gate * (1 + a * (1 - gate));
    second[i] = (first[i] + a * gate) * secondFactor[i];
  }
  const outputs = await kernel.multiply(second, parameters.outputWeights, { m: rows, k: h, n: o });
  for (let i = 0; i < outputs.length; i++) outputs[i] += parameters.outputBias[i % o];
  return { rows, inputs, first, firstSlope, secondSlope, second, secondFactor, outputs };
}

/** ∂loss/∂parameters from ∂loss/∂outputs (rows × outputs), by the chain rule. */
export async function backward(
  shape: NetworkShape,
  parameters: NetworkParameters,
  pass: ForwardPass,
  outputGradient: Float32Array,
  kernel: MatrixKernel,
): Promise<NetworkParameters> {
  const { inputs: k, hidden: h, outputs: o } = shape;
  const { rows } = pass;
  const outputWeights = await kernel.multiply(
    pass.second,
    outputGradient,
    { m: h, k: rows, n: o },
    'left',
  );
  const second = await kernel.multiply(
    outputGradient,
    parameters.outputWeights,
    { m: rows, k: o, n: h },
    'right',
  );
  const own = new Float32Array(rows * h);
  for (let i = 0; i < second.length; i++) {
    second[i] *= pass.secondFactor[i];
    own[i] = second[i] * pass.secondSlope[i];
  }
  const hiddenWeights = await kernel.multiply(pass.first, own, { m: h, k: rows, n: h }, 'left');
  const first = await kernel.multiply(
    own,
    parameters.hiddenWeights,
    { m: rows, k: h, n: h },
    'right',
  );
  for (let i = 0; i < first.length; i++) first[i] = (first[i] + second[i]) * pass.firstSlope[i];
  const inputWeights = await kernel.multiply(pass.inputs, first, { m: k, k: rows, n: h }, 'left');
  return {
    inputWeights,
    inputBias: columnSums(first, rows, h),
    hiddenWeights,
    hiddenBias: columnSums(own, rows, h),
    outputWeights,
    outputBias: columnSums(outputGradient, rows, o),
  };
}

function columnSums(matrix: Float32Array, rows: number, columns: number): Float32Array {
  const sums = new Float32Array(columns);
  for (let i = 0; i < rows * columns; i++) sums[i % columns] += matrix[i];
  return sums;
}

/** Inverted dropout: kept activations are scaled up, so that predicting needs no correction. */
function dropoutFactor(length: number, dropout: Dropout | null): Float32Array {
  const factor = new Float32Array(length).fill(1);
  if (dropout !== null) drop(factor, dropout.hidden, dropout.random);
  return factor;
}

function dropped(x: Float32Array, share: number, random: Random): Float32Array {
  const result = x.slice();
  drop(result, share, random);
  return result;
}

function drop(values: Float32Array, share: number, random: Random): void {
  const kept = 1 / (1 - share);
  for (let i = 0; i < values.length; i++)
    values[i] = random.uniform() < share ? 0 : values[i] * kept;
}
