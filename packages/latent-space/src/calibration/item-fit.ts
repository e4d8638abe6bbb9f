import type { LatentLayout } from '../predictor/response-head.js';
import { dimensionsOf } from '../predictor/response-head.js';
import type { ArrangedCells } from './arrange-cells.js';
import { arrangeCells } from './arrange-cells.js';
import { residualMoments } from './fit-residuals.js';
import { itemPosteriors } from './item-posteriors.js';
import { itemStepper } from './item-step.js';
import type { OutcomeCells } from './outcome-matrix.js';

/** Abilities and item parameters whose fit to outcomes is judged. */
export interface FittedParameters {
  readonly layout: LatentLayout;
  /** θ, subjects × D. */
  readonly abilities: ArrayLike<number>;
  /** α, items × D. */
  readonly discrimination: ArrayLike<number>;
  readonly difficulty: ArrayLike<number>;
}

/** How one item's outcomes agree with the model. Null where its cells cannot say. */
export interface ItemFit {
  readonly answers: number;
  /** Weighted mean square residual, Σ(y − p)²/Σp(1 − p); 1 is expected (Wright & Masters 1982). */
  readonly infit: number | null;
  /** Unweighted mean square residual, mean of (y − p)²/(p(1 − p)): sensitive to surprises. */
  readonly outfit: number | null;
  /** Correlation of the scores with general ability. */
  readonly pointBiserial: number | null;
  /**
   * Signed slope of the logit per standard deviation of general ability, and its standard error: the
   * α > 0 of calibration cannot say that better models fail an item, this can. Facets are not held:
   * beside a few dozen answers they would explain any slope away.
   */
  readonly slope: number | null;
  readonly slopeError: number | null;
}

/** Prior variance of signed slopes per standard deviation, and of the intercept: both weak. */
const SLOPE_VARIANCE = 4;
const INTERCEPT_VARIANCE = 9;

/** One dimension whose loading has either sign. */
const SIGNED: LatentLayout = { general: 0, facets: 1 };

/** Gauss–Newton steps of the signed fit: on a concave scalar pair, more than enough from 0. */
const SLOPE_STEPS = 6;

/** Fit of every item. Residuals are those of the items' own answers: few answers fit too well. */
export function itemFits(cells: OutcomeCells, fitted: FittedParameters): ItemFit[] {
  const arranged = arrangeCells(cells);
  const ability = generalAbility(cells.subjects, fitted);
  const phi = new Float64Array(2 * cells.items);
  const moments = residualMoments(cells, fitted, cells.item, cells.items);
  const stepper = itemStepper(
    {
      cells: arranged,
      layout: SIGNED,
      itemGroup: new Int32Array(cells.items),
    },
    {
      theta: ability,
      phi,
      priors: {
        logDiscriminationMean: new Float64Array(0),
        logDiscriminationVariance: 1,
        facetVariance: SLOPE_VARIANCE,
        difficultyMean: new Float64Array(1),
        difficultyVariance: Float64Array.of(INTERCEPT_VARIANCE),
      },
    },
    itemPosteriors(cells.items, SIGNED),
  );
  const covariance = new Float64Array(4);
  return moments.map(({ answers, infit, outfit }, item) => {
    if (answers === 0)
      return { answers, infit, outfit, pointBiserial: null, slope: null, slopeError: null };
    for (let step = 0; step < SLOPE_STEPS; step++) stepper.step(item);
    stepper.linearize(item);
    stepper.covariance(covariance, 0);
    return {
      answers,
      infit,
      outfit,
      pointBiserial: pointBiserial(arranged, item, ability),
      slope: phi[2 * item],
      slopeError: Math.sqrt(covariance[0]),
    };
  });
}

/** Whether the answers say that better models fail the item: slope + z·SE < 0. */
export function isNegative(fit: ItemFit, standardErrors: number): boolean {
  return fit.slope !== null && fit.slope + standardErrors * fit.slopeError! < 0;
}

/** General ability of every subject, standardised; several general dimensions are averaged. */
function generalAbility(subjects: number, { layout, abilities }: FittedParameters): Float64Array {
  const dimensions = dimensionsOf(layout);
  const ability = new Float64Array(subjects);
  let mean = 0;
  for (let s = 0; s < subjects; s++) {
    for (let k = 0; k < layout.general; k++) ability[s] += abilities[s * dimensions + k];
    mean += ability[s] / subjects;
  }
  let variance = 0;
  for (let s = 0; s < subjects; s++) variance += (ability[s] - mean) ** 2 / subjects;
  const deviation = Math.sqrt(variance) || 1;
  return ability.map((value) => (value - mean) / deviation);
}

function pointBiserial(
  { itemStart, subjectOf, itemScore }: ArrangedCells,
  item: number,
  ability: Float64Array,
): number | null {
  const n = itemStart[item + 1] - itemStart[item];
  let meanScore = 0;
  let meanAbility = 0;
  for (let c = itemStart[item]; c < itemStart[item + 1]; c++) {
    meanScore += itemScore[c] / n;
    meanAbility += ability[subjectOf[c]] / n;
  }
  let scores = 0;
  let abilities = 0;
  let product = 0;
  for (let c = itemStart[item]; c < itemStart[item + 1]; c++) {
    const y = itemScore[c] - meanScore;
    const t = ability[subjectOf[c]] - meanAbility;
    scores += y * y;
    abilities += t * t;
    product += y * t;
  }
  return scores > 1e-12 && abilities > 1e-12 ? product / Math.sqrt(scores * abilities) : null;
}
