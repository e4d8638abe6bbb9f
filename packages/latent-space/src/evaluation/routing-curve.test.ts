import { describe, expect, it } from '@jest/globals';
import {
  accuracyAtCost,
  averageImprovementInQuality,
  costAtAccuracy,
  costWeights,
  nonDecreasingHull,
  realise,
  routeQueries,
  singleModelPoints,
} from './routing-curve.js';

const point = (costUsd: number, accuracy: number) => ({ costUsd, accuracy });

describe('nonDecreasingHull', () => {
  const hull = nonDecreasingHull([
    point(1, 0.2),
    point(2, 0.3),
    point(3, 0.8),
    point(4, 0.7),
    point(5, 0.9),
    point(1, 0.1),
  ]);

  it('drops what a mixture of cheaper and dearer beats, and what is dearer and no better', () => {
    expect(hull).toEqual([point(1, 0.2), point(3, 0.8), point(5, 0.9)]);
    expect(nonDecreasingHull([point(2, 0.5)])).toEqual([point(2, 0.5)]);
  });

  it('is read in both directions', () => {
    expect(accuracyAtCost(hull, 2)).toBeCloseTo(0.5, 12);
    expect(accuracyAtCost(hull, 9)).toBe(0.9);
    expect(accuracyAtCost(hull, 0.5)).toBeNull();
    expect(costAtAccuracy(hull, 0.5)).toBeCloseTo(2, 12);
    expect(costAtAccuracy(hull, 0.1)).toBe(1);
    expect(costAtAccuracy(hull, 0.91)).toBeNull();
  });

  it('has the area of its trapezoids, flat beyond either end', () => {
    // (1→3: mean .5)·2 + (3→5: mean .85)·2, over 4.
    expect(averageImprovementInQuality(hull, 1, 5)).toBeCloseTo((2 * 0.5 + 2 * 0.85) / 4, 12);
    expect(averageImprovementInQuality(hull, 1, 7)).toBeCloseTo(
      (2 * 0.5 + 2 * 0.85 + 2 * 0.9) / 6,
      12,
    );
    expect(averageImprovementInQuality(hull, 3, 3)).toBeCloseTo(0.8, 12);
    expect(() => averageImprovementInQuality([], 0, 1)).toThrow(RangeError);
  });
});

describe('routing', () => {
  const forecasts = {
    probability: Float64Array.from([0.9, 0.6, 0.8, 0.8, 0.3, 0.7]),
    costUsd: Float64Array.from([3, 1, 3, 1, 3, 1]),
  };
  const outcomes = {
    queries: 3,
    models: 2,
    score: Float64Array.from([1, 0, 1, 1, 0, 1]),
    costUsd: Float64Array.from([4, 1, 2, 1, 3, 1]),
  };

  it('trades accuracy against cost, and gives ties to the cheaper', () => {
    expect(Array.from(routeQueries(forecasts, 2, 0))).toEqual([0, 1, 1]);
    // .9 − .2·3 = .3 < .6 − .2·1 = .4.
    expect(Array.from(routeQueries(forecasts, 2, 0.2))).toEqual([1, 1, 1]);
    expect(Array.from(routeQueries(forecasts, 2, Infinity))).toEqual([1, 1, 1]);
  });

  it('pays what the chosen models really cost', () => {
    const { costUsd, accuracy } = realise(outcomes, Int32Array.from([0, 1, 1]));
    expect(costUsd).toBeCloseTo((4 + 1 + 1) / 3, 12);
    expect(accuracy).toBeCloseTo(1, 12);
    const [dear, cheap] = singleModelPoints(outcomes);
    expect([dear.costUsd, dear.accuracy]).toEqual([expect.closeTo(3), expect.closeTo(2 / 3)]);
    expect([cheap.costUsd, cheap.accuracy]).toEqual([expect.closeTo(1), expect.closeTo(2 / 3)]);
  });

  it('never costs more, by its own forecast, when cost weighs more', () => {
    const weights = costWeights(2);
    expect([weights[0], weights.at(-1)]).toEqual([0, Infinity]);
    const believed = weights.map((weight) =>
      routeQueries(forecasts, 2, weight).reduce(
        (sum, m, q) => sum + forecasts.costUsd[2 * q + m],
        0,
      ),
    );
    for (let w = 1; w < believed.length; w++)
      expect(believed[w]).toBeLessThanOrEqual(believed[w - 1]);
  });
});
