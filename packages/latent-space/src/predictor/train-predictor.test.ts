import { describe, expect, it } from '@jest/globals';
import { areaUnderCurve } from '../evaluation/metrics.js';
import { groupCells } from '../calibration/outcome-matrix.js';
import { plainMatrixKernel } from '../linear-algebra/matrix-kernel.js';
import { seededRandom } from '../random/seeded-random.js';
import { sigmoid, softplus } from '../response-model/response-model.js';
import { backward, forward, initializeNetwork } from './network.js';
import type { NetworkParameters } from './network.js';
import { outputsOf, readItem } from './response-head.js';
import { answerWeights, outcomeGradient } from './outcome-gradient.js';
import { predictOutOfFold } from './predict-out-of-fold.js';
import { DEFAULT_PREDICTOR_SETTINGS, trainPredictor } from './train-predictor.js';

/** A world with known parameters: difficulty and discrimination are smooth functions of the inputs. */
function simulateWorld(items: number, subjects: number, seed: number) {
  const random = seededRandom(seed);
  const width = 6;
  const inputs = Float32Array.from({ length: items * width }, () => random.normal());
  const theta = Float64Array.from({ length: subjects }, () => 1.5 * random.normal());
  const difficulty = Float64Array.from(
    { length: items },
    (_, i) => 1.5 * inputs[i * width] + Math.abs(inputs[i * width + 1]) - 0.8,
  );
  const item: number[] = [];
  const subject: number[] = [];
  const score: number[] = [];
  for (let i = 0; i < items; i++)
    for (let s = 0; s < subjects; s++) {
      if (random.uniform() < 0.2) continue;
      item.push(i);
      subject.push(s);
      score.push(random.uniform() < sigmoid(theta[s] - difficulty[i]) ? 1 : 0);
    }
  return {
    width,
    inputs,
    theta,
    difficulty,
    cells: { items, subjects, item, subject, score },
  };
}

const layout = { general: 1, facets: 1 };

describe('readItem', () => {
  it('reads discrimination, difficulty and length from head outputs', () => {
    const item = readItem(Float32Array.of(9, 1, -0.5, 0.25, 2), 1, { general: 1, facets: 1 });
    expect(item.discrimination[0]).toBeCloseTo(Math.exp(0.5), 6);
    expect(item.discrimination[1]).toBeCloseTo(-0.5, 6);
    expect(item.difficulty).toBeCloseTo(0.5, 6);
    expect(item.logOutputTokens).toBeCloseTo(7, 6);
    const paper = { general: 2, facets: 0, vectorDifficulty: true };
    // d = αᵀb with α = 1/√2.
    expect(readItem(Float32Array.of(0, 0, 1, 3, 0), 0, paper).difficulty).toBeCloseTo(
      4 / Math.SQRT2,
      6,
    );
  });
});

describe('trainPredictor', () => {
  it.each([
    ['one difficulty and a facet', { general: 1, facets: 1 }],
    ['the paper’s difficulty vector', { general: 2, facets: 0, vectorDifficulty: true }],
  ])('has the gradient of its own loss, by finite differences: %s', async (_name, layout) => {
    const world = simulateWorld(12, 5, 1);
    const random = seededRandom(2);
    const width = outputsOf(layout);
    const shape = { inputs: world.width, hidden: 7, outputs: width };
    const network = initializeNetwork(shape, random);
    const abilities = Float32Array.from({ length: 10 }, () => random.normal());
    const logLengths = Array.from({ length: 12 }, (_, i) => (i % 3 === 0 ? NaN : 4 + i / 5));
    const training = {
      layout,
      inputs: world.inputs,
      inputWidth: world.width,
      cells: world.cells,
      logLengths,
      subjectGroup: [0, 1, 2, 3, 4],
      rows: Int32Array.from({ length: 12 }, (_, i) => i),
    };
    const byItem = groupCells(world.cells.item, 12);
    const weights = answerWeights(byItem, 0.3);
    const weightSum = world.cells.item.reduce((sum, item) => sum + weights[item], 0);
    const runNetwork = async () =>
      (await forward(shape, network, world.inputs, 12, null, plainMatrixKernel)).outputs;
    const loss = async (): Promise<number> => {
      const outputs = await runNetwork();
      let sum = 0;
      for (let c = 0; c < world.cells.item.length; c++) {
        const item = readItem(outputs, world.cells.item[c] * width, layout);
        const s = world.cells.subject[c] * 2;
        const z =
          item.discrimination[0] * abilities[s] +
          item.discrimination[1] * abilities[s + 1] -
          item.difficulty;
        sum +=
          (weights[world.cells.item[c]] / weightSum) * (softplus(z) - world.cells.score[c] * z);
      }
      const known = logLengths.filter((value) => !Number.isNaN(value)).length;
      logLengths.forEach((target, i) => {
        if (!Number.isNaN(target))
          sum +=
            (0.1 * (readItem(outputs, i * width, layout).logOutputTokens - target) ** 2) /
            2 /
            known;
      });
      return sum;
    };
    const pass = await forward(shape, network, world.inputs, 12, null, plainMatrixKernel);
    const abilityGradient = new Float32Array(10);
    const outputGradient = outcomeGradient(
      training,
      byItem,
      weights,
      training.rows,
      pass.outputs,
      abilities,
      abilityGradient,
    );
    const gradients = await backward(shape, network, pass, outputGradient, plainMatrixKernel);
    const check = async (values: Float32Array, gradient: Float32Array, index: number) => {
      const step = 2e-3;
      const at = values[index];
      values[index] = at + step;
      const above = await loss();
      values[index] = at - step;
      const below = await loss();
      values[index] = at;
      expect(gradient[index]).toBeCloseTo((above - below) / (2 * step), 3);
    };
    for (const name of Object.keys(network) as (keyof NetworkParameters)[])
      for (let index = 0; index < network[name].length; index += 5)
        await check(network[name], gradients[name], index);
    for (let index = 0; index < 10; index++) await check(abilities, abilityGradient, index);
  });

  it('learns the difficulty of unseen items and the order of the abilities', async () => {
    const world = simulateWorld(600, 15, 7);
    const rows = (from: number, to: number) =>
      Int32Array.from({ length: to - from }, (_, i) => from + i);
    const random = seededRandom(4);
    const fold = rows(0, 600).map((i) => i % 2);
    const predictor = await trainPredictor(
      {
        layout,
        inputs: world.inputs,
        inputWidth: world.width,
        cells: world.cells,
        logLengths: new Float64Array(600).fill(NaN),
        subjectGroup: rows(0, 15),
        rows: rows(0, 500),
        fold,
      },
      {
        ...DEFAULT_PREDICTOR_SETTINGS,
        members: 2,
        hidden: 32,
        epochs: 25,
        batchSize: 32,
        learningRate: 3e-3,
        dropout: 0.1,
      },
      random,
      plainMatrixKernel,
    );
    const unseen = await predictOutOfFold(
      predictor,
      fold,
      world.inputs,
      rows(500, 600),
      plainMatrixKernel,
    );
    const truth = world.difficulty.slice(500);
    expect(correlation(unseen.difficulty, truth)).toBeGreaterThan(0.85);
    const general = world.theta.map((_, s) => predictor.abilities[s * 2]);
    expect(correlation(general, world.theta)).toBeGreaterThan(0.95);
    // Against chance, the ranking of one middling model's answers has to be clearly better.
    const middle = [...world.theta.keys()].sort(
      (a, b) => Math.abs(world.theta[a]) - Math.abs(world.theta[b]),
    )[0];
    const own = world.cells.item
      .map((_, c) => c)
      .filter((c) => world.cells.subject[c] === middle && world.cells.item[c] >= 500);
    const area = areaUnderCurve(
      own.map((c) => world.cells.score[c]),
      own.map((c) => -unseen.difficulty[world.cells.item[c] - 500]),
    );
    expect(area).toBeGreaterThan(0.7);
  });

  it('never shows an item to the member of its fold', async () => {
    const world = simulateWorld(80, 6, 5);
    const fold = Int32Array.from({ length: 80 }, (_, i) => i % 2);
    const train = async (score: number[]) => {
      const predictor = await trainPredictor(
        {
          layout,
          inputs: world.inputs,
          inputWidth: world.width,
          cells: { ...world.cells, score },
          logLengths: new Float64Array(80).fill(NaN),
          subjectGroup: [0, 1, 2, 3, 4, 5],
          rows: Int32Array.from({ length: 80 }, (_, i) => i),
          fold,
        },
        // One step only: after it the abilities, which the members share, know of both folds.
        { ...DEFAULT_PREDICTOR_SETTINGS, members: 2, hidden: 8, epochs: 1, batchSize: 80 },
        seededRandom(9),
        plainMatrixKernel,
      );
      return predictor;
    };
    const rows = Int32Array.of(0, 2, 4);
    // Answers may keep their sum, so that the abilities' start is the same.
    const swapped = world.cells.score.slice();
    const own = world.cells.item
      .map((_, c) => c)
      .filter((c) => fold[world.cells.item[c]] === 0 && world.cells.subject[c] === 1);
    own.forEach((c, i) => (swapped[c] = world.cells.score[own[own.length - 1 - i]]));
    expect(swapped).not.toEqual(world.cells.score);
    const [one, two] = [await train(world.cells.score), await train(swapped)];
    const difficulty = async (predictor: typeof one, saidBy: Int32Array) =>
      (await predictOutOfFold(predictor, saidBy, world.inputs, rows, plainMatrixKernel)).difficulty;
    expect(await difficulty(one, fold)).toEqual(await difficulty(two, fold));
    // The member of the other fold did learn from them.
    const other = fold.map((f) => 1 - f);
    expect(await difficulty(one, other)).not.toEqual(await difficulty(two, other));
  });

  it('weighs the answers to one query by their design effect', () => {
    const byItem = groupCells([0, 1, 1, 1, 1, 1], 3);
    expect(Array.from(answerWeights(byItem, 0.25))).toEqual([1, 0.5, 1]);
  });

  it('gives the same bits for the same seed', async () => {
    const world = simulateWorld(60, 6, 3);
    const train = () =>
      trainPredictor(
        {
          layout,
          inputs: world.inputs,
          inputWidth: world.width,
          cells: world.cells,
          logLengths: new Float64Array(60).fill(NaN),
          subjectGroup: [0, 0, 1, 2, 3, 4],
          rows: Int32Array.from({ length: 60 }, (_, i) => i),
        },
        { ...DEFAULT_PREDICTOR_SETTINGS, members: 1, hidden: 8, epochs: 3, batchSize: 16 },
        seededRandom(9),
        plainMatrixKernel,
      );
    const [one, two] = [await train(), await train()];
    expect(one.abilities).toEqual(two.abilities);
    expect(one.members[0].inputWeights).toEqual(two.members[0].inputWeights);
  });
});

function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const n = a.length;
  const mean = (x: ArrayLike<number>) => Array.from(x).reduce((sum, v) => sum + v, 0) / n;
  const [ma, mb] = [mean(a), mean(b)];
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < n; i++) {
    ab += (a[i] - ma) * (b[i] - mb);
    aa += (a[i] - ma) ** 2;
    bb += (b[i] - mb) ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}
