import { attenuation } from '../ability/estimate-ability.js';
import { softplus } from '../response-model/response-model.js';
import type { Random } from '../random/seeded-random.js';
import type {
  CalibratedItems,
  ItemCalibration,
  ItemCalibrationSettings,
} from './calibrate-items.js';
import { calibrateItems } from './calibrate-items.js';
import { cellLogit } from './cell-logit.js';
import { dealCells, filterCells, sampleItems } from './held-out-cells.js';
import type { OutcomeCells } from './outcome-matrix.js';

export interface DimensionCandidate {
  readonly dimensions: number;
  /** Mean log-loss of held-out cells. */
  readonly logLoss: number;
  /** Log-loss less that of the best candidate, and its standard error over items. */
  readonly difference: number;
  readonly standardError: number;
}

/** Plain data, fit for a manifest. */
export interface DimensionChoice {
  /** The smallest D within one standard error of the best. */
  readonly dimensions: number;
  readonly candidates: readonly DimensionCandidate[];
  /** Items and held-out cells that the choice rests on. */
  readonly items: number;
  readonly cells: number;
}

export interface DimensionSearch {
  /** Numbers of dimensions to compare: one general, the others facets. */
  readonly candidates?: readonly number[];
  readonly folds?: number;
  /** Of the folds, so many are held out in turn. */
  readonly heldOutFolds?: number;
  /** More items than this are sampled: bounds the time. */
  readonly itemBudget?: number;
  readonly calibration?: ItemCalibrationSettings;
  readonly onFit?: (done: number, total: number) => void;
}

/** More dimensions than a third of the subjects say nothing that the subjects could show. */
const SUBJECTS_PER_DIMENSION = 3;

/**
 * Chooses the number of dimensions by the log-loss of held-out cells, with the one-standard-error rule
 * (Breiman et al. 1984): the smallest D whose loss is within one standard error of the least. Losses
 * are compared item by item, so the error is that of the paired difference, clustered by item.
 *
 * @throws RangeError when no candidate is possible or no cell can be held out.
 */
export function chooseDimensions(
  data: Omit<ItemCalibration, 'layout'>,
  random: Random,
  search: DimensionSearch = {},
): DimensionChoice {
  const { candidates = [1, 2, 3, 5, 9], folds = 5, itemBudget = 6000 } = search;
  // Few items cost little, and their figures need every fold.
  const affordable = Math.floor((2 * itemBudget) / Math.max(1, data.cells.items));
  const heldOutFolds = search.heldOutFolds ?? Math.max(2, Math.min(folds, affordable));
  const sample = sampleItems(data.cells, itemBudget, random);
  const { cells } = sample;
  const subjects = new Set(Array.from(cells.subject)).size;
  const possible = [...new Set(candidates)]
    .filter((d) => d === 1 || d * SUBJECTS_PER_DIMENSION <= subjects)
    .sort((a, b) => a - b);
  if (possible.length === 0)
    throw new RangeError(
      `none of [${candidates.join(', ')}] dimensions suits ${subjects} subjects`,
    );
  const { itemGroup } = data;
  const sampled = {
    subjectGroup: data.subjectGroup,
    ...(itemGroup === undefined ? {} : { itemGroup: sample.items.map((i) => itemGroup[i]) }),
  };
  const fold = dealCells(cells, folds, random);
  const held = filterCells(cells, (c) => fold[c] >= 0 && fold[c] < heldOutFolds);
  if (held.item.length === 0)
    throw new RangeError(`no cell of ${cells.item.length} can be held out: items have one each`);

  const losses = possible.map(() => new Float64Array(cells.items));
  let done = 0;
  for (let f = 0; f < heldOutFolds; f++) {
    const training = filterCells(cells, (c) => fold[c] !== f);
    const test = filterCells(cells, (c) => fold[c] === f);
    possible.forEach((dimensions, j) => {
      const layout = { general: 1, facets: dimensions - 1 };
      const fitted = calibrateItems(
        { ...sampled, layout, cells: training },
        random,
        search.calibration,
      );
      addCellLosses(losses[j], fitted, test);
      search.onFit?.(++done, heldOutFolds * possible.length);
    });
  }
  return applyOneStandardErrorRule(possible, losses, held);
}

/** Adds the log-loss of every cell to its item's: the forecast averages over item and ability. */
function addCellLosses(losses: Float64Array, fitted: CalibratedItems, test: OutcomeCells): void {
  for (let c = 0; c < test.item.length; c++) {
    const { mean, variance } = cellLogit(fitted, test.item[c], test.subject[c]);
    const z = mean * attenuation(variance);
    losses[test.item[c]] += softplus(z) - test.score[c] * z;
  }
}

function applyOneStandardErrorRule(
  possible: readonly number[],
  losses: readonly Float64Array[],
  held: OutcomeCells,
): DimensionChoice {
  const cellsOf = new Float64Array(held.items);
  for (let c = 0; c < held.item.length; c++) cellsOf[held.item[c]]++;
  const total = held.item.length;
  const sums = losses.map((loss) => loss.reduce((sum, value) => sum + value, 0) / total);
  const best = sums.indexOf(Math.min(...sums));
  const candidates = possible.map((dimensions, j) => {
    const difference = sums[j] - sums[best];
    let squares = 0;
    for (let i = 0; i < cellsOf.length; i++)
      squares += (losses[j][i] - losses[best][i] - cellsOf[i] * difference) ** 2;
    return { dimensions, logLoss: sums[j], difference, standardError: Math.sqrt(squares) / total };
  });
  const chosen = candidates.find(({ difference, standardError }) => difference <= standardError);
  return {
    dimensions: chosen!.dimensions,
    candidates,
    items: cellsOf.reduce((count, cells) => count + (cells > 0 ? 1 : 0), 0),
    cells: total,
  };
}
