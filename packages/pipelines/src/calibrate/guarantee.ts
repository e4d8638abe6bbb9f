import type { GuaranteeCells, GuaranteeLevel } from '@zerorouter/latent-space';
import { calibrateGuarantee, expectedInterval, judgeGuarantee } from '@zerorouter/latent-space';
import type { ObservedLogits } from './held-out.js';

/** Held-out cells as the guaranteed tier sees them: by the lower end of the interval of P(correct). */
export function guaranteeCells(
  { start, logit, score, row }: ObservedLogits,
  logitScale: number,
  varianceOf: (row: number) => number,
): GuaranteeCells {
  const weight = new Float64Array(score.length);
  for (let q = 0; q + 1 < start.length; q++)
    weight.fill(1 / (start[q + 1]! - start[q]!), start[q], start[q + 1]);
  return {
    lowerBound: logit.map((z, c) => expectedInterval(z * logitScale, varianceOf(row[c]!))[0]),
    score,
    weight,
  };
}

/** One level of the guarantee beside what it came to on queries that did not choose its threshold. */
export interface GuaranteeFigures {
  readonly minAccuracy: number;
  /** Queries of other folds than those that chose the threshold. */
  readonly home: { readonly admitted: number; readonly accuracy: number | null };
  /** Kinds of benchmark that the predictor did not learn from; absent when there were too few. */
  readonly away?: { readonly admitted: number; readonly accuracy: number | null };
}

/**
 * Thresholds of the guaranteed tier from all held-out cells, and what they are worth: judged by
 * cross-fitting at home, and on the forecasts away from home.
 */
export function learnGuarantee(
  home: GuaranteeCells,
  foldOfCell: readonly number[],
  away: GuaranteeCells | undefined,
): { levels: GuaranteeLevel[]; figures: GuaranteeFigures[] } {
  const levels = calibrateGuarantee(home);
  const folds = 1 + foldOfCell.reduce((max, fold) => Math.max(max, fold), 0);
  const judged = Array.from({ length: folds }, (_, fold) => {
    const learnt = calibrateGuarantee(pick(home, (c) => foldOfCell[c] !== fold));
    const held = pick(home, (c) => foldOfCell[c] === fold);
    const weight = held.weight as readonly number[];
    return { all: weight.reduce((sum, w) => sum + w, 0), levels: judgeGuarantee(held, learnt) };
  });
  const all = judged.reduce((sum, fold) => sum + fold.all, 0);
  const farther = away === undefined ? undefined : judgeGuarantee(away, levels);
  return {
    levels,
    figures: levels.map(({ minAccuracy }, l) => {
      let admitted = 0;
      let right = 0;
      for (const fold of judged) {
        const { admitted: share, accuracy } = fold.levels[l]!;
        admitted += share * fold.all;
        right += share * fold.all * (accuracy ?? 0);
      }
      return {
        minAccuracy,
        home: {
          admitted: round(admitted / all),
          accuracy: admitted === 0 ? null : round(right / admitted),
        },
        ...(farther === undefined
          ? {}
          : {
              away: {
                admitted: round(farther[l]!.admitted),
                accuracy: farther[l]!.accuracy === null ? null : round(farther[l]!.accuracy),
              },
            }),
      };
    }),
  };
}

function pick(cells: GuaranteeCells, wanted: (cell: number) => boolean): GuaranteeCells {
  const kept = Array.from(cells.score, (_, c) => c).filter(wanted);
  return {
    lowerBound: kept.map((c) => cells.lowerBound[c]!),
    score: kept.map((c) => cells.score[c]!),
    weight: kept.map((c) => cells.weight[c]!),
  };
}

function round(value: number): number {
  return Number(value.toFixed(4));
}
