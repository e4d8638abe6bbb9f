import type { CellGroups, OutcomeCells } from '../calibration/outcome-matrix.js';
import { checkCells, groupCells } from '../calibration/outcome-matrix.js';
import type { MatrixKernel } from '../linear-algebra/matrix-kernel.js';
import { gatherRows } from '../linear-algebra/rows.js';
import type { Random } from '../random/seeded-random.js';
import { softplus } from '../response-model/response-model.js';
import { AdamW, oneCycle } from './adam.js';
import type { NetworkParameters, NetworkShape } from './network.js';
import { backward, forward, initializeNetwork } from './network.js';
import { abilityPriorGradient, answerWeights, outcomeGradient } from './outcome-gradient.js';
import { predictOutOfFold } from './predict-out-of-fold.js';
import type { LatentLayout } from './response-head.js';
import { dimensionsOf, outputsOf } from './response-head.js';

export interface PredictorTraining {
  readonly layout: LatentLayout;
  /** Network inputs, items × inputs, row-major. */
  readonly inputs: Float32Array;
  readonly inputWidth: number;
  readonly cells: OutcomeCells;
  /** Expected log output tokens per item with the models' own offsets taken out; NaN = unknown. */
  readonly logLengths: ArrayLike<number>;
  /** Subjects with the same number are one model under several harnesses, and share a prior. */
  readonly subjectGroup: ArrayLike<number>;
  /** Items to learn from; the others' outcomes are not read. */
  readonly rows: Int32Array;
  /**
   * Cross-fitting: member k does not learn from the items of fold k, and is judged on them after each
   * epoch; the networks and abilities of the best epoch are returned. Absent: every member learns from
   * all rows, and those of the last epoch are returned.
   */
  readonly fold?: ArrayLike<number>;
}

export interface PredictorSettings {
  readonly members: number;
  readonly hidden: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly weightDecay: number;
  readonly dropout: number;
  /** Precision of the abilities' prior, in units of one outcome. */
  readonly abilityPrecision: number;
  /** ρ: correlation of the answers to one query, see {@link answerWeights}. */
  readonly answerCorrelation: number;
}

export const DEFAULT_PREDICTOR_SETTINGS: PredictorSettings = {
  members: 4,
  hidden: 256,
  epochs: 12,
  batchSize: 256,
  learningRate: 1e-3,
  weightDecay: 0.01,
  dropout: 0.35,
  abilityPrecision: 0.5,
  answerCorrelation: 0.3,
};

/** Networks and the abilities that they share. */
export interface PredictorEnsemble {
  readonly layout: LatentLayout;
  readonly shape: NetworkShape;
  readonly members: readonly NetworkParameters[];
  /** θ of each subject, subjects × D row-major: all members speak of the same space. */
  readonly abilities: Float32Array;
}

export interface TrainedPredictor extends PredictorEnsemble {
  /** Mean log-loss of the cross-fitted predictions after each epoch; empty without folds. */
  readonly outOfFoldLoss: readonly number[];
}

/**
 * Trains the context-aware predictor through the response model: the loss is the binary
 * cross-entropy of σ(α̂(x)ᵀθ − d̂(x)) over observed cells, with θ learnt beside the networks. Every
 * member of the ensemble sees the same θ, so that their item parameters can be averaged.
 * With folds each query is a held-out one to one member: early stopping, temperature and Var(d̂) come
 * from predictions of all queries, and no query is lost to learning.
 */
export async function trainPredictor(
  training: PredictorTraining,
  settings: PredictorSettings,
  random: Random,
  kernel: MatrixKernel,
  onEpoch: (epoch: number, epochs: number) => void = () => undefined,
): Promise<TrainedPredictor> {
  const { layout, inputs, inputWidth, cells, rows, fold } = training;
  checkCells(cells);
  const shape: NetworkShape = {
    inputs: inputWidth,
    hidden: settings.hidden,
    outputs: outputsOf(layout),
  };
  const byItem = groupCells(cells.item, cells.items);
  const weights = answerWeights(byItem, settings.answerCorrelation);
  const abilities = initializeAbilities(training, random);
  const members = Array.from({ length: settings.members }, () => initializeNetwork(shape, random));
  const optimizers = members.map((member) =>
    mapParameters(member, (array) => new AdamW(array, settings.weightDecay)),
  );
  const abilityOptimizer = new AdamW(abilities, 0);

  let trainingCells = 0;
  for (const row of rows) trainingCells += byItem.start[row + 1] - byItem.start[row];
  const priorWeight = settings.abilityPrecision / Math.max(1, trainingCells);
  const batches = Math.ceil(rows.length / settings.batchSize);
  const outOfFoldLoss: number[] = [];
  let best: Snapshot | null = null;

  for (let epoch = 0; epoch < settings.epochs; epoch++) {
    const order = random.permutation(rows.length);
    for (let batch = 0; batch < batches; batch++) {
      const items = order
        .subarray(batch * settings.batchSize, (batch + 1) * settings.batchSize)
        .map((i) => rows[i]);
      const rate = oneCycle(
        epoch * batches + batch,
        settings.epochs * batches,
        settings.learningRate,
      );
      const abilityGradient = abilityPriorGradient(
        training.subjectGroup,
        layout,
        abilities,
        priorWeight * members.length,
      );
      for (let k = 0; k < members.length; k++) {
        const own = fold === undefined ? items : items.filter((item) => fold[item] !== k);
        if (own.length === 0) continue;
        const pass = await forward(
          shape,
          members[k],
          gatherRows(inputs, inputWidth, own),
          own.length,
          { inputs: settings.dropout / 2, hidden: settings.dropout, random },
          kernel,
        );
        const gradient = outcomeGradient(
          training,
          byItem,
          weights,
          own,
          pass.outputs,
          abilities,
          abilityGradient,
        );
        const gradients = await backward(shape, members[k], pass, gradient, kernel);
        stepAll(optimizers[k], gradients, rate);
      }
      abilityOptimizer.step(abilityGradient, rate * 5);
    }
    if (fold !== undefined) {
      const predictor = { layout, shape, members, abilities };
      const loss = await meanLogLoss(training, byItem, weights, fold, predictor, kernel);
      if (outOfFoldLoss.every((earlier) => loss < earlier)) best = snapshot(members, abilities);
      outOfFoldLoss.push(loss);
    }
    onEpoch(epoch + 1, settings.epochs);
  }
  return { layout, shape, ...(best ?? { members, abilities }), outOfFoldLoss };
}

interface Snapshot {
  members: NetworkParameters[];
  abilities: Float32Array;
}

function snapshot(members: readonly NetworkParameters[], abilities: Float32Array): Snapshot {
  return {
    members: members.map((member) => mapParameters(member, (array) => array.slice())),
    abilities: abilities.slice(),
  };
}

/** Abilities start at the logit of each subject's mean score, with a little noise to break symmetry. */
function initializeAbilities(training: PredictorTraining, random: Random): Float32Array {
  const { cells, layout } = training;
  const dimensions = dimensionsOf(layout);
  const included = new Uint8Array(cells.items);
  for (const row of training.rows) included[row] = 1;
  const sum = new Float64Array(cells.subjects).fill(1);
  const count = new Float64Array(cells.subjects).fill(2);
  for (let c = 0; c < cells.item.length; c++)
    if (included[cells.item[c]] === 1) {
      sum[cells.subject[c]] += cells.score[c];
      count[cells.subject[c]]++;
    }
  const abilities = new Float32Array(cells.subjects * dimensions);
  for (let s = 0; s < cells.subjects; s++) {
    const mean = Math.min(0.97, Math.max(0.03, sum[s] / count[s]));
    const logit = Math.log(mean / (1 - mean)) / Math.sqrt(Math.max(1, layout.general));
    for (let k = 0; k < dimensions; k++)
      abilities[s * dimensions + k] = (k < layout.general ? logit : 0) + 0.3 * random.normal();
  }
  return abilities;
}

/** Weighted mean log-loss of the cross-fitted predictions of the rows. */
async function meanLogLoss(
  training: PredictorTraining,
  byItem: CellGroups,
  weights: Float64Array,
  fold: ArrayLike<number>,
  predictor: PredictorEnsemble,
  kernel: MatrixKernel,
): Promise<number> {
  const { cells, rows } = training;
  const items = await predictOutOfFold(predictor, fold, training.inputs, rows, kernel);
  const dimensions = dimensionsOf(predictor.layout);
  let loss = 0;
  let total = 0;
  for (let i = 0; i < rows.length; i++)
    for (let g = byItem.start[rows[i]]; g < byItem.start[rows[i] + 1]; g++) {
      const cell = byItem.order[g];
      const row = cells.subject[cell] * dimensions;
      let z = -items.difficulty[i];
      for (let k = 0; k < dimensions; k++)
        z += items.discrimination[i * dimensions + k] * predictor.abilities[row + k];
      loss += weights[rows[i]] * (softplus(z) - cells.score[cell] * z);
      total += weights[rows[i]];
    }
  return loss / Math.max(Number.MIN_VALUE, total);
}

type PerParameter<Value> = Record<keyof NetworkParameters, Value>;

function mapParameters<Value>(
  parameters: NetworkParameters,
  map: (array: Float32Array) => Value,
): PerParameter<Value> {
  return {
    inputWeights: map(parameters.inputWeights),
    inputBias: map(parameters.inputBias),
    hiddenWeights: map(parameters.hiddenWeights),
    hiddenBias: map(parameters.hiddenBias),
    outputWeights: map(parameters.outputWeights),
    outputBias: map(parameters.outputBias),
  };
}

function stepAll(
  optimizers: PerParameter<AdamW>,
  gradients: NetworkParameters,
  rate: number,
): void {
  for (const name of Object.keys(optimizers) as (keyof NetworkParameters)[])
    optimizers[name].step(gradients[name], rate);
}
