import type { OutcomeCells } from '../calibration/outcome-matrix.js';
import { checkCells, groupCells } from '../calibration/outcome-matrix.js';
import type { MatrixKernel } from '../linear-algebra/matrix-kernel.js';
import type { Random } from '../random/seeded-random.js';
import { sigmoid, softplus } from '../response-model/response-model.js';
import { AdamW, oneCycle } from './adam.js';
import type { NetworkParameters, NetworkShape } from './network.js';
import { backward, forward, initializeNetwork } from './network.js';
import type { LatentLayout } from './response-head.js';
import { addOutputGradient, dimensionsOf, outputsOf, readItem } from './response-head.js';

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
   * Items on which each epoch is judged: the networks and abilities of the best epoch are returned.
   * Absent or empty: those of the last.
   */
  readonly validationRows?: Int32Array;
}

export interface PredictorSettings {
  readonly members: number;
  readonly hidden: number;
  readonly epochs: number;
  /** Stop after this many epochs of the same schedule; what early stopping found. */
  readonly stopAfter?: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly weightDecay: number;
  readonly dropout: number;
  /** Precision of the abilities' prior, in units of one outcome. */
  readonly abilityPrecision: number;
}

export const DEFAULT_PREDICTOR_SETTINGS: PredictorSettings = {
  members: 3,
  hidden: 256,
  epochs: 12,
  batchSize: 256,
  learningRate: 1e-3,
  weightDecay: 0.01,
  dropout: 0.35,
  abilityPrecision: 0.5,
};

export interface TrainedPredictor {
  readonly layout: LatentLayout;
  readonly shape: NetworkShape;
  readonly members: readonly NetworkParameters[];
  /** θ of each subject, subjects × D row-major: all members speak of the same space. */
  readonly abilities: Float32Array;
  /** Mean log-loss on the validation rows after each epoch. */
  readonly validationLoss: readonly number[];
}

/** Predicted item parameters, item after item: the mean of the ensemble and the members' spread. */
export interface PredictedItems {
  readonly discrimination: Float32Array;
  readonly difficulty: Float32Array;
  /** Variance of d̂ between members. */
  readonly difficultySpread: Float32Array;
  readonly logOutputTokens: Float32Array;
}

/**
 * Trains the context-aware predictor through the response model: the loss is the binary
 * cross-entropy of σ(α̂(x)ᵀθ − d̂(x)) over observed cells, with θ learnt beside the networks. Every
 * member of the ensemble sees the same θ, so that their item parameters can be averaged.
 */
export async function trainPredictor(
  training: PredictorTraining,
  settings: PredictorSettings,
  random: Random,
  kernel: MatrixKernel,
  onEpoch: (epoch: number, epochs: number) => void = () => undefined,
): Promise<TrainedPredictor> {
  const { layout, inputs, inputWidth, cells, rows } = training;
  checkCells(cells);
  const shape: NetworkShape = {
    inputs: inputWidth,
    hidden: settings.hidden,
    outputs: outputsOf(layout),
  };
  const byItem = groupCells(cells.item, cells.items);
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
  const epochs = settings.stopAfter ?? settings.epochs;
  const validationLoss: number[] = [];
  let best: Snapshot | null = null;

  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = random.permutation(rows.length);
    for (let batch = 0; batch < batches; batch++) {
      const items = order
        .subarray(batch * settings.batchSize, (batch + 1) * settings.batchSize)
        .map((i) => rows[i]);
      const x = gatherRows(inputs, inputWidth, items);
      const rate = oneCycle(
        epoch * batches + batch,
        settings.epochs * batches,
        settings.learningRate,
      );
      const abilityGradient = abilityPriorGradient(
        training,
        abilities,
        priorWeight * members.length,
      );
      for (let k = 0; k < members.length; k++) {
        const pass = await forward(
          shape,
          members[k],
          x,
          items.length,
          { inputs: settings.dropout / 2, hidden: settings.dropout, random },
          kernel,
        );
        const gradient = outcomeGradient(
          training,
          byItem,
          items,
          pass.outputs,
          abilities,
          abilityGradient,
        );
        const gradients = await backward(shape, members[k], pass, gradient, kernel);
        stepAll(optimizers[k], gradients, rate);
      }
      abilityOptimizer.step(abilityGradient, rate * 5);
    }
    if (training.validationRows !== undefined && training.validationRows.length > 0) {
      const predictor = { layout, shape, members, abilities, validationLoss };
      const loss = await meanLogLoss(training, byItem, training.validationRows, predictor, kernel);
      if (validationLoss.every((earlier) => loss < earlier)) best = snapshot(members, abilities);
      validationLoss.push(loss);
    }
    onEpoch(epoch + 1, epochs);
  }
  return { layout, shape, ...(best ?? { members, abilities }), validationLoss };
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

/** Runs the ensemble over rows of inputs. */
export async function predictItems(
  predictor: TrainedPredictor,
  inputs: Float32Array,
  rows: ArrayLike<number>,
  kernel: MatrixKernel,
): Promise<PredictedItems> {
  const { shape, layout, members } = predictor;
  const dimensions = dimensionsOf(layout);
  const width = outputsOf(layout);
  const n = rows.length;
  const discrimination = new Float32Array(n * dimensions);
  const difficulty = new Float32Array(n);
  const difficultySpread = new Float32Array(n);
  const logOutputTokens = new Float32Array(n);
  const share = 1 / members.length;
  const chunk = 1024;
  for (let begin = 0; begin < n; begin += chunk) {
    const count = Math.min(chunk, n - begin);
    const items = Int32Array.from({ length: count }, (_, i) => rows[begin + i]);
    const x = gatherRows(inputs, shape.inputs, items);
    for (const member of members) {
      const { outputs } = await forward(shape, member, x, count, null, kernel);
      for (let i = 0; i < count; i++) {
        const item = readItem(outputs, i * width, layout);
        for (let j = 0; j < dimensions; j++)
          discrimination[(begin + i) * dimensions + j] += share * item.discrimination[j];
        difficulty[begin + i] += share * item.difficulty;
        difficultySpread[begin + i] += share * item.difficulty ** 2;
        logOutputTokens[begin + i] += share * item.logOutputTokens;
      }
    }
  }
  for (let i = 0; i < n; i++)
    difficultySpread[i] = Math.max(0, difficultySpread[i] - difficulty[i] ** 2);
  return { discrimination, difficulty, difficultySpread, logOutputTokens };
}

/** Weight of the length target's squared error beside the outcomes' cross-entropy. */
const LENGTH_WEIGHT = 0.1;

/**
 * ∂loss/∂outputs of one member on one batch, rows × outputs; ∂loss/∂θ is added to
 * `abilityGradient`. Per observed cell ∂loss/∂z = σ(z) − y.
 */
export function outcomeGradient(
  training: PredictorTraining,
  byItem: { start: Int32Array; order: Int32Array },
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
    observed += byItem.start[item + 1] - byItem.start[item];
    if (!Number.isNaN(logLengths[item])) lengths++;
  }
  const scale = 1 / Math.max(1, observed);
  for (let i = 0; i < items.length; i++) {
    const item = readItem(outputs, i * width, layout);
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
function abilityPriorGradient(
  training: PredictorTraining,
  abilities: Float32Array,
  weight: number,
): Float32Array {
  const dimensions = dimensionsOf(training.layout);
  const subjects = abilities.length / dimensions;
  const { subjectGroup } = training;
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

async function meanLogLoss(
  training: PredictorTraining,
  byItem: { start: Int32Array; order: Int32Array },
  rows: Int32Array,
  predictor: TrainedPredictor,
  kernel: MatrixKernel,
): Promise<number> {
  const items = await predictItems(predictor, training.inputs, rows, kernel);
  const dimensions = dimensionsOf(predictor.layout);
  let loss = 0;
  let count = 0;
  for (let i = 0; i < rows.length; i++)
    for (let g = byItem.start[rows[i]]; g < byItem.start[rows[i] + 1]; g++) {
      const cell = byItem.order[g];
      const row = training.cells.subject[cell] * dimensions;
      let z = -items.difficulty[i];
      for (let k = 0; k < dimensions; k++)
        z += items.discrimination[i * dimensions + k] * predictor.abilities[row + k];
      loss += softplus(z) - training.cells.score[cell] * z;
      count++;
    }
  return loss / Math.max(1, count);
}

function gatherRows(matrix: Float32Array, width: number, rows: Int32Array): Float32Array {
  const gathered = new Float32Array(rows.length * width);
  for (let i = 0; i < rows.length; i++)
    gathered.set(matrix.subarray(rows[i] * width, (rows[i] + 1) * width), i * width);
  return gathered;
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
