import type {
  DistanceCalibration,
  GuaranteeCells,
  MatrixKernel,
  PredictedItems,
  PredictorEnsemble,
  PredictorSettings,
  PredictorTraining,
  Random,
  UncertaintyCalibration,
} from '@zerorouter/latent-space';
import {
  areaUnderCurve,
  calibrateDistance,
  columnMeans,
  dimensionsOf,
  familiarityOf,
  learnFamiliarity,
  predictOutOfFold,
  shrunkLogits,
  trainPredictor,
} from '@zerorouter/latent-space';
import type { EncodedQueries } from '../encode-queries.js';
import { awayFolds } from './cross-fit.js';
import { guaranteeCells } from './guarantee.js';
import type { CellFigures } from './held-out.js';
import { heldOutFigures, logitsOf } from './held-out.js';
import type { MergedOutcomes } from './merge-data-sets.js';
import { familiarityViews, measureScaling } from './network-inputs.js';

export interface AwayFromHome extends DistanceCalibration {
  /** Forecasts of whole kinds of benchmark that were held out; absent when there were too few. */
  readonly figures?: CellFigures & {
    bySource: Record<string, CellFigures>;
    /**
     * How well familiarity tells queries that were learnt from from those of other kinds: area under the
     * ROC curve, mean over the folds.
     */
    familiarityAuc: number;
  };
  /** Those forecasts as the guaranteed tier sees them. */
  readonly cells?: GuaranteeCells;
}

/** Taken when the data have too few kinds of benchmark: what six public sources gave. */
const ASSUMED: DistanceCalibration = { variance: 2, shrinkage: 0.75 };

/**
 * How much less is known of queries unlike those of the calibration: trains the same ensemble with
 * whole kinds of benchmark held out from each member, and fits to what happened there how much
 * variance is added, and how far discrimination falls back to the mean item's. Familiarity is measured
 * as it would have been: against the member's own queries.
 */
export async function measureAway(options: {
  merged: MergedOutcomes;
  encoded: EncodedQueries;
  training: Omit<PredictorTraining, 'fold'>;
  settings: PredictorSettings;
  uncertainty: UncertaintyCalibration;
  random: Random;
  kernel: MatrixKernel;
  onEpoch: (done: number, total: number) => void;
}): Promise<AwayFromHome> {
  const { merged, encoded, training, settings, uncertainty, random, kernel } = options;
  const { rows } = training;
  const fold = await awayFolds(merged, encoded, settings.members, kernel);
  if (fold === null) return ASSUMED;
  const predictor = await trainPredictor(
    { ...training, fold },
    settings,
    random,
    kernel,
    options.onEpoch,
  );
  const predicted = await predictOutOfFold(predictor, fold, training.inputs, rows, kernel);
  const { familiarity, area } = await familiarityAway(
    encoded,
    rows,
    fold,
    settings.members,
    random,
    kernel,
  );
  const asPredicted = logitsOf(merged, rows, predicted, predictor.abilities);
  const { logit: typicalLogit } = logitsOf(
    merged,
    rows,
    likeMeanItem(predicted, predictor),
    predictor.abilities,
  );
  const near = Array.from(rows, (row) => familiarity[row]!);
  const { variance, shrinkage } = calibrateDistance(asPredicted, typicalLogit, near, uncertainty);
  const heldOut = {
    ...asPredicted,
    logit: shrunkLogits(asPredicted, typicalLogit, near, shrinkage),
  };
  const varianceOf = (row: number) =>
    uncertainty.difficultyVariance + (1 - familiarity[row]!) ** 2 * variance;
  const { all, bySource } = heldOutFigures(
    merged,
    fold,
    heldOut,
    uncertainty.logitScale,
    varianceOf,
  );
  return {
    variance,
    shrinkage,
    figures: {
      ...all,
      bySource,
      familiarityAuc: area,
    },
    cells: guaranteeCells(heldOut, uncertainty.logitScale, varianceOf),
  };
}

/**
 * Familiarity of each query, by its row, against the queries of the other folds, and how well it tells
 * these from the fold that was held out.
 */
async function familiarityAway(
  encoded: EncodedQueries,
  rows: Int32Array,
  fold: Int32Array,
  folds: number,
  random: Random,
  kernel: MatrixKernel,
): Promise<{ familiarity: Float32Array; area: number }> {
  const familiarity = new Float32Array(encoded.count);
  const areas: number[] = [];
  for (let f = 0; f < folds; f++) {
    const held = rows.filter((row) => fold[row] === f);
    const learnt = rows.filter((row) => fold[row] !== f);
    if (held.length === 0) continue;
    const scaling = measureScaling(encoded, learnt);
    const views = (own: Int32Array) => familiarityViews(encoded, scaling, own);
    const map = await learnFamiliarity(views(learnt), random, kernel);
    const away = await familiarityOf(map, views(held), kernel);
    const home = await familiarityOf(map, views(learnt), kernel);
    held.forEach((row, i) => (familiarity[row] = away[i]!));
    const isHome = [...learnt.map(() => 1), ...held.map(() => 0)];
    areas.push(areaUnderCurve(isHome, [...home, ...away]));
  }
  return { familiarity, area: areas.reduce((sum, area) => sum + area, 0) / areas.length };
}

/** The items with the mean item's discrimination, and a difficulty that leaves the mean model where it is. */
function likeMeanItem(
  predicted: PredictedItems,
  { layout, abilities }: PredictorEnsemble,
): PredictedItems {
  const dimensions = dimensionsOf(layout);
  const item = columnMeans(predicted.discrimination, dimensions);
  const model = columnMeans(abilities, dimensions);
  const difficulty = predicted.difficulty.map((value, row) => {
    for (let k = 0; k < dimensions; k++)
      value -= (predicted.discrimination[row * dimensions + k]! - item[k]!) * model[k]!;
    return value;
  });
  const discrimination = predicted.discrimination.map((_, at) => item[at % dimensions]!);
  return { ...predicted, discrimination, difficulty };
}
