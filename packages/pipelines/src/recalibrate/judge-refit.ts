import type { RecalibrationFigures } from '@zerorouter/contracts';
import type { JudgedCells, Random } from '@zerorouter/latent-space';
import {
  bootstrapAuc,
  bootstrapLogLoss,
  estimateAbility,
  forecastCorrectness,
  forecastFigures,
  percentileInterval,
  resampleQueries,
} from '@zerorouter/latent-space';
import type { AnsweringModel, KnownAnchor } from './anchor-answers.js';
import { answersTo, standingOf } from './anchor-answers.js';
import { refitAnchors } from './refit-anchors.js';

const FOLDS = 5;
const DRAWS = 1_000;

/** A fold of each anchor, of equal sizes. */
export function drawFolds(anchors: number, random: Random): Int32Array {
  const fold = new Int32Array(anchors);
  random.permutation(anchors).forEach((anchor, i) => (fold[anchor] = i % FOLDS));
  return fold;
}

/** Forecasts of one answer: by the space as it is, and refitted. */
export interface HeldOutForecast {
  readonly model: number;
  readonly anchor: number;
  readonly score: number;
  readonly before: number;
  readonly after: number;
}

/**
 * Forecasts every answer without the answers to its anchor's fold: by the space as it is, and by the space
 * refitted to the other folds. Abilities come from the same other answers, under the parameters of each.
 */
export function forecastHeldOut(
  anchors: readonly KnownAnchor[],
  models: readonly AnsweringModel[],
  fold: ArrayLike<number>,
  general: number,
): HeldOutForecast[] {
  const forecasts: HeldOutForecast[] = [];
  const standing = anchors.map((anchor) => standingOf(anchor, null));
  for (let own = 0; own < FOLDS; own++) {
    const learnt = answersTo(models, (anchor) => fold[anchor] !== own);
    const judged = answersTo(models, (anchor) => fold[anchor] === own);
    if (judged.every(({ answers }) => answers.length === 0)) continue;
    const refit = refitAnchors(anchors, learnt, fold, general);
    judged.forEach(({ answers }, model) => {
      const asItIs = estimateAbility(
        learnt[model]!.answers.map(({ anchor, score }) => ({ item: standing[anchor]!, score })),
        learnt[model]!.prior,
      );
      for (const { anchor, score } of answers)
        forecasts.push({
          model,
          anchor,
          score,
          before: forecastCorrectness(standing[anchor]!, asItIs).probability,
          after: forecastCorrectness(refit.items[anchor]!, refit.abilities[model]!).probability,
        });
    });
  }
  return forecasts;
}

/** Log-loss and area under the curve, before and after, and how sure their differences are. */
export function judgeForecasts(
  forecasts: readonly HeldOutForecast[],
  random: Random,
): Omit<RecalibrationFigures, 'anchorSet'> {
  const anchors = [...new Set(forecasts.map(({ anchor }) => anchor))];
  const place = new Map(anchors.map((anchor, query) => [anchor, query]));
  const models = new Set(forecasts.map(({ model }) => model)).size;
  const cells: JudgedCells = {
    queries: anchors.length,
    models: 1 + forecasts.reduce((most, { model }) => Math.max(most, model), -1),
    query: Int32Array.from(forecasts, ({ anchor }) => place.get(anchor)!),
    model: Int32Array.from(forecasts, ({ model }) => model),
    score: Float64Array.from(forecasts, ({ score }) => score),
    benchmark: new Int32Array(anchors.length),
  };
  const resampled = resampleQueries(anchors.length, DRAWS, random);
  const judge = (of: Float64Array) => ({
    figures: forecastFigures(cells, of),
    logLoss: bootstrapLogLoss(cells, of, resampled),
    auc: bootstrapAuc(cells, of, resampled),
  });
  const before = judge(Float64Array.from(forecasts, (forecast) => forecast.before));
  const after = judge(Float64Array.from(forecasts, (forecast) => forecast.after));
  const change = (value: number, from: Float64Array, to: Float64Array) => {
    const interval = percentileInterval(to.map((drawn, draw) => drawn - from[draw]!));
    const rounded: [number, number] | null = interval && [round(interval[0]), round(interval[1])];
    return { value: round(value), interval: rounded };
  };
  const rounded = ({ figures: { logLoss, auc } }: typeof before) => ({
    logLoss: round(logLoss),
    auc: auc === null ? null : round(auc),
  });
  const [was, is] = [before.figures, after.figures];
  return {
    models,
    anchors: anchors.length,
    answers: forecasts.length,
    folds: FOLDS,
    before: rounded(before),
    after: rounded(after),
    change: {
      logLoss: change(is.logLoss - was.logLoss, before.logLoss, after.logLoss),
      auc:
        is.auc === null || was.auc === null
          ? null
          : change(is.auc - was.auc, before.auc, after.auc),
    },
  };
}

/** Four decimals: what they are compared by. */
function round(value: number): number {
  return Number(value.toFixed(4));
}
