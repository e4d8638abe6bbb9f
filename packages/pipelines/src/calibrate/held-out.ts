import type { HeldOutLogits, PredictedItems } from '@zerorouter/latent-space';
import { areaUnderCurve, expectedSigmoid, groupCells, meanLogLoss } from '@zerorouter/latent-space';
import type { MergedOutcomes } from './merge-data-sets.js';

/** Held-out cells in columns, with where each stands. */
export interface ObservedLogits extends HeldOutLogits {
  readonly start: number[];
  readonly logit: number[];
  readonly score: number[];
  readonly subject: number[];
  readonly row: number[];
}

/** Logits αᵀθ − d of the observed cells of `rows`, query after query. */
export function logitsOf(
  merged: MergedOutcomes,
  rows: Int32Array,
  items: PredictedItems,
  abilities: Float32Array,
): ObservedLogits {
  const { cells } = merged;
  const dimensions = items.discrimination.length / Math.max(1, rows.length);
  const byItem = groupCells(cells.item, cells.items);
  const start = [0];
  const logit: number[] = [];
  const score: number[] = [];
  const subject: number[] = [];
  const row: number[] = [];
  for (let i = 0; i < rows.length; i++) {
    for (let g = byItem.start[rows[i]!]!; g < byItem.start[rows[i]! + 1]!; g++) {
      const cell = byItem.order[g]!;
      let z = -items.difficulty[i]!;
      for (let k = 0; k < dimensions; k++)
        z +=
          items.discrimination[i * dimensions + k]! *
          abilities[cells.subject[cell]! * dimensions + k]!;
      logit.push(z);
      score.push(cells.score[cell]!);
      subject.push(cells.subject[cell]!);
      row.push(rows[i]!);
    }
    start.push(logit.length);
  }
  return { start, logit, score, subject, row };
}

export interface CellFigures {
  cells: number;
  logLoss: number;
  /** Mean over subjects of the area under the ROC curve; null where undefined. */
  auc: number | null;
  /** "Every model's mean accuracy" on the same cells. */
  baselineLogLoss: number;
}

/**
 * Figures of forecasts of queries that were held out when each was predicted, in all and per data set.
 * @param varianceOf Var(d̂) of a query, by its row.
 */
export function heldOutFigures(
  merged: MergedOutcomes,
  fold: Int32Array,
  heldOut: ObservedLogits,
  logitScale: number,
  varianceOf: (row: number) => number,
): { all: CellFigures; bySource: Record<string, CellFigures> } {
  const meanOf = subjectMeans(merged, fold);
  const forecasts = heldOut.logit.map((z, c) =>
    expectedSigmoid(z * logitScale, varianceOf(heldOut.row[c]!)),
  );
  const figures = (cells: number[]): CellFigures => {
    const scores = cells.map((c) => heldOut.score[c]!);
    const bySubject = groupBy(cells, (c) => heldOut.subject[c]!);
    const areas = [...bySubject.values()]
      .map((own) =>
        areaUnderCurve(
          own.map((c) => heldOut.score[c]!),
          own.map((c) => forecasts[c]!),
        ),
      )
      .filter((area) => !Number.isNaN(area));
    return {
      cells: cells.length,
      logLoss: round(
        meanLogLoss(
          scores,
          cells.map((c) => forecasts[c]!),
        ),
      ),
      auc: areas.length === 0 ? null : round(areas.reduce((sum, a) => sum + a, 0) / areas.length),
      baselineLogLoss: round(
        meanLogLoss(
          scores,
          cells.map((c) => meanOf(heldOut.subject[c]!, fold[heldOut.row[c]!]!)),
        ),
      ),
    };
  };
  const all = heldOut.logit.map((_, c) => c);
  const bySource = groupBy(all, (c) => merged.source[heldOut.row[c]!]!);
  return {
    all: figures(all),
    bySource: Object.fromEntries([...bySource].map(([name, cells]) => [name, figures(cells)])),
  };
}

/** Mean score of each subject outside a fold, kept off 0 and 1 by one pseudo-answer. */
function subjectMeans(
  { cells }: MergedOutcomes,
  fold: Int32Array,
): (subject: number, heldOutFold: number) => number {
  const folds = 1 + fold.reduce((max, f) => Math.max(max, f), 0);
  const sum = new Float64Array(cells.subjects * folds);
  const count = new Float64Array(cells.subjects * folds);
  for (let c = 0; c < cells.item.length; c++) {
    const at = cells.subject[c]! * folds + fold[cells.item[c]!]!;
    sum[at]! += cells.score[c]!;
    count[at]!++;
  }
  return (subject, heldOutFold) => {
    let total = 0.5;
    let answers = 1;
    for (let f = 0; f < folds; f++) {
      if (f === heldOutFold) continue;
      total += sum[subject * folds + f]!;
      answers += count[subject * folds + f]!;
    }
    return total / answers;
  };
}

function groupBy<Key>(cells: readonly number[], keyOf: (cell: number) => Key): Map<Key, number[]> {
  const groups = new Map<Key, number[]>();
  for (const cell of cells) {
    const group = groups.get(keyOf(cell));
    if (group === undefined) groups.set(keyOf(cell), [cell]);
    else group.push(cell);
  }
  return groups;
}

function round(value: number): number {
  return Number(value.toFixed(4));
}
