import type { MatrixKernel } from '../linear-algebra/matrix-kernel.js';
import { gatherRows } from '../linear-algebra/rows.js';
import { forward } from './network.js';
import { dimensionsOf, outputsOf, readItem } from './response-head.js';
import type { PredictorEnsemble } from './train-predictor.js';

/** Predicted item parameters, item after item. */
export interface PredictedItems {
  readonly discrimination: Float32Array;
  readonly difficulty: Float32Array;
  readonly logOutputTokens: Float32Array;
}

/** Rows that a network reads at a time. */
const CHUNK = 1024;

/**
 * Cross-fitted predictions: each row by the one member that did not learn from it, so that they are as
 * uncertain as predictions of new queries; a little more so than the ensemble's mean.
 * @param fold of every item, as given to training: member `fold[row]` speaks for the row.
 */
export async function predictOutOfFold(
  { layout, shape, members }: PredictorEnsemble,
  fold: ArrayLike<number>,
  inputs: Float32Array,
  rows: ArrayLike<number>,
  kernel: MatrixKernel,
): Promise<PredictedItems> {
  const dimensions = dimensionsOf(layout);
  const width = outputsOf(layout);
  const discrimination = new Float32Array(rows.length * dimensions);
  const difficulty = new Float32Array(rows.length);
  const logOutputTokens = new Float32Array(rows.length);
  for (const [k, member] of members.entries()) {
    const own = Int32Array.from({ length: rows.length }, (_, i) => i).filter(
      (i) => fold[rows[i]] === k,
    );
    for (let begin = 0; begin < own.length; begin += CHUNK) {
      const chunk = own.subarray(begin, begin + CHUNK);
      const x = gatherRows(
        inputs,
        shape.inputs,
        chunk.map((i) => rows[i]),
      );
      const { outputs } = await forward(shape, member, x, chunk.length, null, kernel);
      for (let c = 0; c < chunk.length; c++) {
        const item = readItem(outputs, c * width, layout);
        discrimination.set(item.discrimination, chunk[c] * dimensions);
        difficulty[chunk[c]] = item.difficulty;
        logOutputTokens[chunk[c]] = item.logOutputTokens;
      }
    }
  }
  return { discrimination, difficulty, logOutputTokens };
}
