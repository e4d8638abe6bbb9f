import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../random/seeded-random.js';
import { areaUnderCurve, meanLogLoss } from './metrics.js';
import {
  bootstrapAuc,
  bootstrapLogLoss,
  percentileInterval,
  resampleQueries,
} from './paired-bootstrap.js';

const random = seededRandom(5);
const queries = 40;
const cells = {
  queries,
  models: 2,
  query: Int32Array.from({ length: 2 * queries }, (_, c) => c % queries),
  model: Int32Array.from({ length: 2 * queries }, (_, c) => (c < queries ? 0 : 1)),
  score: Float64Array.from({ length: 2 * queries }, () => (random.uniform() < 0.5 ? 1 : 0)),
  benchmark: new Int32Array(queries),
};
// One decimal, so that forecasts tie.
const forecasts = Float64Array.from({ length: 2 * queries }, () => (1 + random.integer(9)) / 10);

describe('resampled queries', () => {
  it('are as many as there are queries, the same for the same seed', () => {
    const { counts } = resampleQueries(7, 3, seededRandom(1));
    for (let draw = 0; draw < 3; draw++)
      expect(counts.subarray(draw * 7, draw * 7 + 7).reduce((sum, n) => sum + n, 0)).toBe(7);
    expect(resampleQueries(7, 3, seededRandom(1)).counts).toEqual(counts);
  });

  it('give the figures of the sample itself when each query stands once', () => {
    const once = { draws: 1, queries, counts: new Uint16Array(queries).fill(1) };
    expect(bootstrapLogLoss(cells, forecasts, once)[0]).toBeCloseTo(
      meanLogLoss(cells.score, forecasts),
      12,
    );
    const area = (from: number) =>
      areaUnderCurve(
        cells.score.subarray(from, from + queries),
        forecasts.subarray(from, from + queries),
      );
    expect(bootstrapAuc(cells, forecasts, once)[0]).toBeCloseTo((area(0) + area(queries)) / 2, 12);
  });

  it('count a query as often as it was drawn', () => {
    const drawn = resampleQueries(queries, 1, seededRandom(3));
    const copies = Array.from(drawn.counts).flatMap((count, q) => new Array<number>(count).fill(q));
    const area = (model: number) =>
      areaUnderCurve(
        copies.map((q) => cells.score[model * queries + q]),
        copies.map((q) => forecasts[model * queries + q]),
      );
    expect(bootstrapAuc(cells, forecasts, drawn)[0]).toBeCloseTo((area(0) + area(1)) / 2, 12);
    const both = [...copies, ...copies.map((q) => q + queries)];
    expect(bootstrapLogLoss(cells, forecasts, drawn)[0]).toBeCloseTo(
      meanLogLoss(
        both.map((c) => cells.score[c]),
        both.map((c) => forecasts[c]),
      ),
      12,
    );
  });

  it('leave a model out of a draw in which it has one outcome only', () => {
    const all = { ...cells, score: cells.score.map((score, c) => (c < queries ? 1 : score)) };
    const once = { draws: 1, queries, counts: new Uint16Array(queries).fill(1) };
    expect(bootstrapAuc(all, forecasts, once)[0]).toBeCloseTo(
      areaUnderCurve(cells.score.subarray(queries), forecasts.subarray(queries)),
      12,
    );
  });
});

describe('percentileInterval', () => {
  it('interpolates, and ignores draws without a figure', () => {
    const values = [NaN, ...Array.from({ length: 101 }, (_, i) => i)];
    expect(percentileInterval(values, 0.9)).toEqual([5, 95].map((v) => expect.closeTo(v, 9)));
    expect(percentileInterval([NaN])).toBeNull();
  });

  it('covers a known mean about as often as it says', () => {
    let covered = 0;
    const draw = seededRandom(9);
    for (let run = 0; run < 200; run++) {
      const sample = { ...cells, score: cells.score.map(() => (draw.uniform() < 0.3 ? 1 : 0)) };
      // A constant forecast's log-loss is linear in the mean score.
      const flat = new Float64Array(2 * queries).fill(0.2);
      const losses = bootstrapLogLoss(sample, flat, resampleQueries(queries, 200, draw));
      const [low, high] = percentileInterval(losses, 0.9)!;
      const truth = -(0.3 * Math.log(0.2) + 0.7 * Math.log(0.8));
      if (low <= truth && truth <= high) covered++;
    }
    expect(covered / 200).toBeGreaterThan(0.82);
    expect(covered / 200).toBeLessThan(0.97);
  });
});
