import type {
  HeldOutLogits,
  PredictedItems,
  Random,
  UncertaintyCalibration,
} from '@zerorouter/latent-space';
import { areaUnderCurve, expectedSigmoid, groupCells, meanLogLoss } from '@zerorouter/latent-space';
import type { MergedOutcomes } from './merge-data-sets.js';

/** Rows for learning, for early stopping and temperature, and for the figures that are reported. */
export interface QuerySplit {
  readonly training: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
}

/** Splits by question stem, so that no held-out question was seen under another format. */
export function splitQueries(merged: MergedOutcomes, random: Random, share = 0.1): QuerySplit {
  const groups = 1 + merged.stemGroup.reduce((max, group) => Math.max(max, group), -1);
  const place = random.permutation(groups);
  const part = (row: number) => {
    const position = place[merged.stemGroup[row]!]! / groups;
    return position < share ? 'test' : position < 2 * share ? 'validation' : 'training';
  };
  const rows = merged.texts.map((_, row) => row);
  const pick = (name: string) => Int32Array.from(rows.filter((row) => part(row) === name));
  return { training: pick('training'), validation: pick('validation'), test: pick('test') };
}

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

/** Figures of the forecasts on held-out queries, in all and per data set. */
export function heldOutFigures(
  merged: MergedOutcomes,
  training: Int32Array,
  heldOut: ObservedLogits,
  uncertainty: UncertaintyCalibration,
): { all: CellFigures; bySource: Record<string, CellFigures> } {
  const means = subjectMeans(merged, training);
  const forecasts = heldOut.logit.map((z) =>
    expectedSigmoid(z * uncertainty.logitScale, uncertainty.difficultyVariance),
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
          cells.map((c) => means[heldOut.subject[c]!]!),
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

/** Mean score of each subject on the given rows, kept off 0 and 1 by one pseudo-answer. */
function subjectMeans(merged: MergedOutcomes, rows: Int32Array): Float64Array {
  const { cells } = merged;
  const included = new Uint8Array(cells.items);
  for (const row of rows) included[row] = 1;
  const sum = new Float64Array(cells.subjects).fill(0.5);
  const count = new Float64Array(cells.subjects).fill(1);
  for (let c = 0; c < cells.item.length; c++) {
    if (included[cells.item[c]!] !== 1) continue;
    sum[cells.subject[c]!]! += cells.score[c]!;
    count[cells.subject[c]!]!++;
  }
  return sum.map((total, s) => total / count[s]!);
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
