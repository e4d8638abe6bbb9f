import type { MatrixKernel } from '../linear-algebra/matrix-kernel.js';
import type { NetworkParameters } from './network.js';
import { forward } from './network.js';
import { dimensionsOf, outputsOf, readItem } from './response-head.js';
import type { TrainedPredictor } from './train-predictor.js';

/** Predicted item parameters, item after item. */
export interface PredictedItems {
  readonly discrimination: Float32Array;
  readonly difficulty: Float32Array;
  readonly logOutputTokens: Float32Array;
}

/** Rows that a network reads at a time. */
const CHUNK = 1024;

/** Runs the whole ensemble over rows of inputs: the mean of its members. */
export async function predictItems(
  predictor: Omit<TrainedPredictor, 'outOfFoldLoss'>,
  inputs: Float32Array,
  rows: ArrayLike<number>,
  kernel: MatrixKernel,
): Promise<PredictedItems> {
  const items = emptyItems(rows.length, dimensionsOf(predictor.layout));
  const all = Int32Array.from({ length: rows.length }, (_, i) => i);
  for (const member of predictor.members)
    await addMember(
      predictor,
      member,
      inputs,
      rows,
      all,
      1 / predictor.members.length,
      items,
      kernel,
    );
  return items;
}

/**
 * Cross-fitted predictions: each row by the one member that did not learn from it, so that they are as
 * uncertain as predictions of new queries; a little more so than the ensemble's mean.
 * @param fold of every item, as given to training: member `fold[row]` speaks for the row.
 */
export async function predictOutOfFold(
  predictor: Omit<TrainedPredictor, 'outOfFoldLoss'>,
  fold: ArrayLike<number>,
  inputs: Float32Array,
  rows: ArrayLike<number>,
  kernel: MatrixKernel,
): Promise<PredictedItems> {
  const items = emptyItems(rows.length, dimensionsOf(predictor.layout));
  for (const [k, member] of predictor.members.entries()) {
    const own = Int32Array.from({ length: rows.length }, (_, i) => i).filter(
      (i) => fold[rows[i]] === k,
    );
    await addMember(predictor, member, inputs, rows, own, 1, items, kernel);
  }
  return items;
}

function emptyItems(count: number, dimensions: number): PredictedItems {
  return {
    discrimination: new Float32Array(count * dimensions),
    difficulty: new Float32Array(count),
    logOutputTokens: new Float32Array(count),
  };
}

/** Adds `share` of one member's predictions for the rows at `positions` to `items`. */
async function addMember(
  { layout, shape }: Omit<TrainedPredictor, 'outOfFoldLoss'>,
  member: NetworkParameters,
  inputs: Float32Array,
  rows: ArrayLike<number>,
  positions: Int32Array,
  share: number,
  items: PredictedItems,
  kernel: MatrixKernel,
): Promise<void> {
  const dimensions = dimensionsOf(layout);
  const width = outputsOf(layout);
  for (let begin = 0; begin < positions.length; begin += CHUNK) {
    const chunk = positions.subarray(begin, begin + CHUNK);
    const x = gatherRows(
      inputs,
      shape.inputs,
      chunk.map((i) => rows[i]),
    );
    const { outputs } = await forward(shape, member, x, chunk.length, null, kernel);
    for (let c = 0; c < chunk.length; c++) {
      const i = chunk[c];
      const item = readItem(outputs, c * width, layout);
      for (let j = 0; j < dimensions; j++)
        items.discrimination[i * dimensions + j] += share * item.discrimination[j];
      items.difficulty[i] += share * item.difficulty;
      items.logOutputTokens[i] += share * item.logOutputTokens;
    }
  }
}

/** The given rows of a row-major matrix, one after the other. */
export function gatherRows(matrix: Float32Array, width: number, rows: Int32Array): Float32Array {
  const gathered = new Float32Array(rows.length * width);
  for (let i = 0; i < rows.length; i++)
    gathered.set(matrix.subarray(rows[i] * width, (rows[i] + 1) * width), i * width);
  return gathered;
}
