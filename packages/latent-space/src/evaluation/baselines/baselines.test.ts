import { describe, expect, it } from '@jest/globals';
import { plainMatrixKernel } from '../../linear-algebra/matrix-kernel.js';
import { seededRandom } from '../../random/seeded-random.js';
import { sigmoid } from '../../response-model/response-model.js';
import { clusterAccuracies, shrunkMean } from './cluster-accuracies.js';
import { fitLogisticHeads, predictLogisticHeads } from './logistic-heads.js';
import { nearestNeighbours, neighbourMeans } from './nearest-neighbours.js';
import { quantileBinMeans } from './quantile-bins.js';
import { fitOffset, fitOffsetModel } from './shared-difficulty.js';

describe('nearestNeighbours', () => {
  const candidates = Float32Array.from([1, 0, 0, 1, 0.8, 0.6, -1, 0]);

  it('orders candidates by inner product', async () => {
    const queries = Float32Array.from([1, 0, 0.6, 0.8]);
    const near = await nearestNeighbours(queries, candidates, 2, 3, plainMatrixKernel);
    // (1,0): 1, 0, .8, −1. (.6,.8): .6, .8, .96, −.6.
    expect(near.k).toBe(3);
    expect(Array.from(near.index)).toEqual([0, 2, 1, 2, 1, 0]);
  });

  it('leaves a candidate out of its own neighbours', async () => {
    const near = await nearestNeighbours(candidates, candidates, 2, 1, plainMatrixKernel, true);
    expect(Array.from(near.index)).toEqual([2, 2, 0, 1]);
    await expect(
      nearestNeighbours(
        candidates.slice(0, 2),
        candidates.slice(0, 2),
        2,
        1,
        plainMatrixKernel,
        true,
      ),
    ).rejects.toThrow(RangeError);
  });

  it('agrees with sorting on random vectors', async () => {
    const random = seededRandom(2);
    const some = Float32Array.from({ length: 60 * 5 }, () => random.normal());
    const near = await nearestNeighbours(some.slice(0, 50), some, 5, 7, plainMatrixKernel);
    for (let q = 0; q < 10; q++) {
      const product = (j: number) => {
        let sum = 0;
        for (let d = 0; d < 5; d++) sum += some[q * 5 + d] * some[j * 5 + d];
        return sum;
      };
      const sorted = Array.from({ length: 60 }, (_, j) => j).sort(
        (a, b) => product(b) - product(a),
      );
      expect(Array.from(near.index.subarray(q * 7, q * 7 + 7))).toEqual(sorted.slice(0, 7));
    }
  });

  it('averages labels with pseudo-answers', async () => {
    const near = { k: 2, index: Int32Array.from([0, 2, 1, 3]) };
    expect(Array.from(neighbourMeans(near, 2, [1, 0, 1, 1], 0.5, 2))).toEqual([0.75, 0.5]);
    expect(Array.from(neighbourMeans(near, 1, [1, 0, 1, 1], 0.5, 0))).toEqual([1, 0]);
  });
});

describe('clusterAccuracies', () => {
  it('shrinks each cluster toward the mean and leaves an empty one there', () => {
    expect(Array.from(clusterAccuracies([0, 0, 1], [1, 1, 0], 3, 0.5, 2))).toEqual([
      0.75,
      expect.closeTo(1 / 3),
      0.5,
    ]);
    expect(shrunkMean([1, 1], 0.5, 2)).toBe(0.75);
    expect(shrunkMean([], 0.3, 2)).toBeCloseTo(0.3);
  });
});

describe('shared difficulty and one offset a model', () => {
  it('recovers slope and offsets', () => {
    const random = seededRandom(4);
    const truth = [-1, 0, 1.5];
    const easiness: number[] = [];
    const model: number[] = [];
    const score: number[] = [];
    for (let q = 0; q < 3000; q++) {
      const e = random.normal();
      truth.forEach((offset, m) => {
        easiness.push(e);
        model.push(m);
        score.push(random.uniform() < sigmoid(1.4 * e + offset) ? 1 : 0);
      });
    }
    const fitted = fitOffsetModel({ easiness, model, score, models: 3 });
    expect(Math.abs(fitted.slope - 1.4)).toBeLessThan(0.1);
    truth.forEach((offset, m) => expect(Math.abs(fitted.offset[m] - offset)).toBeLessThan(0.15));
    expect(fitted.prior.mean).toBeCloseTo(
      fitted.offset.reduce((sum, value) => sum + value, 0) / 3,
      12,
    );
  });

  it('is the prior without answers, and finite when all are right', () => {
    expect(fitOffset([], [], 1, { mean: 0.4, variance: 1 })).toBeCloseTo(0.4, 9);
    const sure = fitOffset([0, 0], [1, 1], 1, { mean: 0, variance: 1 });
    // 2(1 − σ(o)) = o.
    expect(2 * (1 - sigmoid(sure))).toBeCloseTo(sure, 6);
  });
});

describe('logistic heads', () => {
  it('meet the condition of the ridge-penalised optimum', async () => {
    const random = seededRandom(8);
    const rows = 200;
    const inputs = Float32Array.from({ length: rows * 3 }, () => random.normal());
    const cell = Array.from({ length: 2 * rows }, (_, c) => c);
    const cells = {
      rows,
      models: 2,
      row: cell.map((c) => c % rows),
      model: cell.map((c) => Math.floor(c / rows)),
      score: cell.map((c) => {
        const row = c % rows;
        const z = c < rows ? 2 * inputs[3 * row] : -1.5 * inputs[3 * row + 1] + 1;
        return random.uniform() < sigmoid(z) ? 1 : 0;
      }),
    };
    const heads = await fitLogisticHeads(inputs, 3, cells, 2, plainMatrixKernel);
    const forecasts = await predictLogisticHeads(heads, inputs, plainMatrixKernel);
    for (let m = 0; m < 2; m++)
      for (let j = 0; j < 3; j++) {
        let gradient = -2 * heads.weights[j * 2 + m];
        for (let i = 0; i < rows; i++)
          gradient +=
            (cells.score[m * rows + i] - forecasts[i * 2 + m]) *
            (inputs[i * 3 + j] - heads.center[j]);
        expect(Math.abs(gradient)).toBeLessThan(0.05);
      }
    expect(heads.weights[0]).toBeGreaterThan(1);
    expect(heads.weights[3]).toBeLessThan(-0.8);
  });
});

describe('quantileBinMeans', () => {
  it('gives the mean of the bin', () => {
    const costs = quantileBinMeans([1, 2, 3, 4], [10, 20, 30, 50], 2, [0, 2.5, 3, 9]);
    expect(Array.from(costs)).toEqual([15, 15, 40, 40]);
    expect(quantileBinMeans([], [], 2, [1])[0]).toBeNaN();
  });
});
