import { describe, expect, it } from '@jest/globals';
import { expectedCalibrationError, reliabilityBins } from './calibration-error.js';
import { forecastFigures } from './judged-cells.js';

describe('expectedCalibrationError', () => {
  it('weighs the gap of each bin by its cells', () => {
    const scores = [1, 0, 1, 1];
    const forecasts = [0.1, 0.1, 0.9, 1];
    // Bin [0, ½): mean forecast .1, mean score .5; bin [½, 1]: .95 and 1.
    expect(expectedCalibrationError(scores, forecasts, 2)).toBeCloseTo(0.5 * 0.4 + 0.5 * 0.05, 12);
    expect(reliabilityBins(scores, forecasts, 2).map((bin) => bin.cells)).toEqual([2, 2]);
    expect(expectedCalibrationError([], [], 2)).toBeNaN();
  });
});

describe('forecastFigures', () => {
  /** Two models on twelve queries of two benchmarks: queries 0–5 and 6–11. */
  const queries = 12;
  const cell = Array.from({ length: 2 * queries }, (_, c) => c);
  const cells = {
    queries,
    models: 2,
    query: Int32Array.from(cell, (c) => c % queries),
    model: Int32Array.from(cell, (c) => Math.floor(c / queries)),
    // Model 0 solves the second half, model 1 the first ten.
    score: Float64Array.from(cell, (c) => (c < queries ? (c >= 6 ? 1 : 0) : c < 22 ? 1 : 0)),
    benchmark: Int32Array.from({ length: queries }, (_, q) => (q < 6 ? 0 : 1)),
  };

  it('ranks within a model, and a model that never errs does not count', () => {
    // Model 0 is ranked perfectly; model 1's two failures have the highest forecasts.
    const forecasts = Float64Array.from(cell, (c) => (1 + (c % queries)) / 14);
    expect(forecastFigures(cells, forecasts).auc).toBeCloseTo((1 + 0) / 2, 12);
    const always = { ...cells, score: cells.score.map((score, c) => (c < queries ? score : 1)) };
    expect(forecastFigures(always, forecasts).auc).toBe(1);
  });

  it('does not rank what is too few or all alike within a benchmark', () => {
    const forecasts = new Float64Array(2 * queries).fill(0.5);
    expect(forecastFigures(cells, forecasts).aucWithinBenchmark).toBeNull();
    const one = { ...cells, benchmark: new Int32Array(queries) };
    expect(forecastFigures(one, forecasts).aucWithinBenchmark).toBe(0.5);
  });

  it('compares mean forecast and mean score of each model', () => {
    const forecasts = Float64Array.from(cell, (c) => (c < queries ? 0.5 : 0.5));
    const figures = forecastFigures(cells, forecasts);
    // Model 0 scores ½, model 1 10/12.
    expect(figures.accuracyMae).toBeCloseTo((0 + (10 / 12 - 0.5)) / 2, 12);
    // Half-width 1.645·√(¼/12) = .237: model 1 is outside.
    expect(figures.accuracyCoverage).toBe(0.5);
    expect(figures.logLoss).toBeCloseTo(Math.log(2), 12);
    expect(figures.brier).toBeCloseTo(0.25, 12);
    expect([figures.queries, figures.models, figures.cells]).toEqual([12, 2, 24]);
  });
});
