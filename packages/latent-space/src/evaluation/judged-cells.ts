import { expectedCalibrationError } from './calibration-error.js';
import { areaUnderCurve, brierScore, meanLogLoss } from './metrics.js';

/** Answers that forecasts are judged on, in columns: cell c is model `model[c]` on query `query[c]`. */
export interface JudgedCells {
  readonly queries: number;
  readonly models: number;
  readonly query: Int32Array;
  readonly model: Int32Array;
  /** Score in [0, 1]. */
  readonly score: Float64Array;
  /** Benchmark of each query, numbered from 0. */
  readonly benchmark: Int32Array;
}

/** How good forecasts are; null where a figure is not defined. */
export interface ForecastFigures {
  readonly queries: number;
  readonly models: number;
  readonly cells: number;
  /** Mean over models of the area under the ROC curve over all their queries. */
  readonly auc: number | null;
  /** The same within each benchmark, mean over (model, benchmark) pairs weighted by cells. */
  readonly aucWithinBenchmark: number | null;
  readonly logLoss: number;
  readonly brier: number;
  readonly ece: number;
  /** Mean over models of |mean forecast − mean score|. */
  readonly accuracyMae: number;
  /** Share of models whose mean score lies in the 90% interval that independent answers would give. */
  readonly accuracyCoverage: number;
}

/** Fewer cells than this say nothing of a ranking. */
const FEWEST_RANKED = 10;

const NORMAL_95 = 1.6448536269514722;

/** @param forecasts probability per cell, strictly inside (0, 1). */
export function forecastFigures(cells: JudgedCells, forecasts: Float64Array): ForecastFigures {
  const byModel = cellsByModel(cells);
  const areas: number[] = [];
  let weighted = 0;
  let weight = 0;
  let error = 0;
  let covered = 0;
  let models = 0;
  for (const own of byModel) {
    if (own.length === 0) continue;
    models++;
    const area = areaOver(cells, forecasts, own);
    if (area !== null) areas.push(area);
    for (const part of byBenchmark(cells, own)) {
      const within = areaOver(cells, forecasts, part);
      if (within === null) continue;
      weighted += within * part.length;
      weight += part.length;
    }
    let difference = 0;
    let variance = 0;
    for (const c of own) {
      difference += (forecasts[c] - cells.score[c]) / own.length;
      variance += (forecasts[c] * (1 - forecasts[c])) / own.length ** 2;
    }
    error += Math.abs(difference);
    if (Math.abs(difference) <= NORMAL_95 * Math.sqrt(variance)) covered++;
  }
  return {
    queries: new Set(cells.query).size,
    models,
    cells: cells.score.length,
    auc: areas.length === 0 ? null : areas.reduce((sum, area) => sum + area, 0) / areas.length,
    aucWithinBenchmark: weight === 0 ? null : weighted / weight,
    logLoss: meanLogLoss(cells.score, forecasts),
    brier: brierScore(cells.score, forecasts),
    ece: expectedCalibrationError(cells.score, forecasts),
    accuracyMae: error / models,
    accuracyCoverage: covered / models,
  };
}

/** Cell numbers of each model. */
export function cellsByModel(cells: JudgedCells): number[][] {
  const byModel: number[][] = Array.from({ length: cells.models }, () => []);
  for (let c = 0; c < cells.model.length; c++) byModel[cells.model[c]].push(c);
  return byModel;
}

function byBenchmark(cells: JudgedCells, own: readonly number[]): Iterable<number[]> {
  const parts = new Map<number, number[]>();
  for (const c of own) {
    const benchmark = cells.benchmark[cells.query[c]];
    const part = parts.get(benchmark);
    if (part === undefined) parts.set(benchmark, [c]);
    else part.push(c);
  }
  return parts.values();
}

function areaOver(
  cells: JudgedCells,
  forecasts: Float64Array,
  own: readonly number[],
): number | null {
  if (own.length < FEWEST_RANKED) return null;
  const area = areaUnderCurve(
    own.map((c) => cells.score[c]),
    own.map((c) => forecasts[c]),
  );
  return Number.isNaN(area) ? null : area;
}
