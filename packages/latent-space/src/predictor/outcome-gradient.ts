import type { CellGroups } from '../calibration/outcome-matrix.js';
import { sigmoid } from '../response-model/response-model.js';
import type { LatentLayout } from './response-head.js';
import { addOutputGradient, dimensionsOf, outputsOf, readItem } from './response-head.js';
import type { PredictorTraining } from './train-predictor.js';

/** Weight of the length target's squared error beside the outcomes' cross-entropy. */
const LENGTH_WEIGHT = 0.1;

/**
 * Weight of each of an item's n answers: 1/(1 + ρ(n − 1)), the design effect of answers that share
 * what the text does not say (Kish 1965). Fifty answers to one query tell its difficulty better than
 * seven, but not seven times better; unweighted, data sets with many models drown the others.
 * @returns one weight per item; all answers of an item have the same.
 */
export function answerWeights(byItem: CellGroups, correlation: number): Float64Array {
  return Float64Array.from({ length: byItem.start.length - 1 }, (_, item) => {
    const answers = byItem.start[item + 1] - byItem.start[item];
    return 1 / (1 + correlation * Math.max(0, answers - 1));
  });
}

/**
 * ∂loss/∂outputs of one member on one batch, rows × outputs; ∂loss/∂θ is added to
 * `abilityGradient`. Per observed cell ∂loss/∂z = w·(σ(z) − y), the weights w summing to one.
 * @param weights of the answers, per item.
 */
export function outcomeGradient(
  training: PredictorTraining,
  byItem: CellGroups,
  weights: Float64Array,
  items: Int32Array,
  outputs: Float32Array,
  abilities: Float32Array,
  abilityGradient: Float32Array,
): Float32Array {
  const { layout, cells, logLengths } = training;
  const dimensions = dimensionsOf(layout);
  const width = outputsOf(layout);
  const gradient = new Float32Array(items.length * width);
  let observed = 0;
  let lengths = 0;
  for (const item of items) {
    observed += weights[item] * (byItem.start[item + 1] - byItem.start[item]);
    if (!Number.isNaN(logLengths[item])) lengths++;
  }
  for (let i = 0; i < items.length; i++) {
    const item = readItem(outputs, i * width, layout);
    const scale = weights[items[i]] / Math.max(Number.MIN_VALUE, observed);
    for (let g = byItem.start[items[i]]; g < byItem.start[items[i] + 1]; g++) {
      const cell = byItem.order[g];
      const row = cells.subject[cell] * dimensions;
      let z = -item.difficulty;
      for (let k = 0; k < dimensions; k++) z += item.discrimination[k] * abilities[row + k];
      const residual = (sigmoid(z) - cells.score[cell]) * scale;
      for (let k = 0; k < dimensions; k++)
        abilityGradient[row + k] += residual * item.discrimination[k];
      addOutputGradient(gradient, outputs, i * width, item, layout, abilities, row, residual);
    }
    const logLength = logLengths[items[i]];
    if (!Number.isNaN(logLength))
      gradient[(i + 1) * width - 1] =
        (LENGTH_WEIGHT * (item.logOutputTokens - logLength)) / lengths;
  }
  return gradient;
}

/** Gradient of the abilities' prior: each subject is drawn to its group's mean, and that to 0. */
export function abilityPriorGradient(
  subjectGroup: ArrayLike<number>,
  layout: LatentLayout,
  abilities: Float32Array,
  weight: number,
): Float32Array {
  const dimensions = dimensionsOf(layout);
  const subjects = abilities.length / dimensions;
  const groups = 1 + Array.from(subjectGroup).reduce((max, g) => Math.max(max, g), -1);
  const means = new Float64Array(groups * dimensions);
  const counts = new Float64Array(groups);
  for (let s = 0; s < subjects; s++) {
    counts[subjectGroup[s]]++;
    for (let k = 0; k < dimensions; k++)
      means[subjectGroup[s] * dimensions + k] += abilities[s * dimensions + k];
  }
  const gradient = new Float32Array(abilities.length);
  for (let s = 0; s < subjects; s++)
    for (let k = 0; k < dimensions; k++) {
      const group = subjectGroup[s];
      // Posterior mean of the group's centre under a unit prior: n/(n + 1) of the sample mean.
      const center = means[group * dimensions + k] / (counts[group] + 1);
      gradient[s * dimensions + k] =
        weight * (abilities[s * dimensions + k] - (counts[group] > 1 ? center : 0));
    }
  return gradient;
}
