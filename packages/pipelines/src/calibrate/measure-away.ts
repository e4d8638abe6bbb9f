import type {
  GuaranteeCells,
  MatrixKernel,
  PredictorSettings,
  PredictorTraining,
  Random,
  UncertaintyCalibration,
} from '@zerorouter/latent-space';
import { calibrateVarianceAway, predictOutOfFold, trainPredictor } from '@zerorouter/latent-space';
import type { EncodedQueries } from '../encode-queries.js';
import { awayFolds } from './cross-fit.js';
import { familiarityOf, learnFamiliarity } from './familiarity.js';
import { guaranteeCells } from './guarantee.js';
import type { CellFigures } from './held-out.js';
import { heldOutFigures, logitsOf } from './held-out.js';
import type { MergedOutcomes } from './merge-data-sets.js';

export interface AwayFromHome {
  /** Further Var(d̂) where nothing is familiar, logit². */
  readonly variance: number;
  /** Forecasts of whole kinds of benchmark that were held out; absent when there were too few. */
  readonly figures?: CellFigures & { bySource: Record<string, CellFigures> };
  /** Those forecasts as the guaranteed tier sees them. */
  readonly cells?: GuaranteeCells;
}

/** Taken when the data have too few kinds of benchmark: fits on six public sources gave 9 to 26. */
const ASSUMED_VARIANCE = 9;

/**
 * How much less is known of queries unlike those of the calibration: trains the same ensemble with
 * whole kinds of benchmark held out from each member, and fits the further variance to what happened
 * there. Familiarity is measured as it would have been: against the member's own queries.
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
  if (fold === null) return { variance: ASSUMED_VARIANCE };
  const predictor = await trainPredictor(
    { ...training, fold },
    settings,
    random,
    kernel,
    options.onEpoch,
  );
  const predicted = await predictOutOfFold(predictor, fold, training.inputs, rows, kernel);
  const familiarity = new Float32Array(merged.texts.length);
  for (let f = 0; f < settings.members; f++) {
    const held = rows.filter((row) => fold[row] === f);
    const learnt = rows.filter((row) => fold[row] !== f);
    if (held.length === 0) continue;
    const map = await learnFamiliarity(encoded, learnt, random, kernel);
    const values = await familiarityOf(map, encoded, held, kernel);
    held.forEach((row, i) => (familiarity[row] = values[i]!));
  }
  const heldOut = logitsOf(merged, rows, predicted, predictor.abilities);
  const variance = calibrateVarianceAway(
    heldOut,
    Array.from(rows, (row) => familiarity[row]!),
    uncertainty,
  );
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
    figures: { ...all, bySource },
    cells: guaranteeCells(heldOut, uncertainty.logitScale, varianceOf),
  };
}
