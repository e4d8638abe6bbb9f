import type { BankItem } from '@zerorouter/contracts';
import type { PredictedItems, UncertaintyCalibration } from '@zerorouter/latent-space';
import { estimateItem, groupCells, ITEM_FREEDOM } from '@zerorouter/latent-space';
import type { MergedOutcomes } from './merge-data-sets.js';

/**
 * The item bank: every answered query's maximum a posteriori parameters, with the prediction from
 * its text as prior. The same text in several data sets is one item, and its answers are pooled.
 */
export function buildItemBank(
  merged: MergedOutcomes,
  predicted: PredictedItems,
  abilities: Float32Array,
  generalDimensions: number,
  uncertainty: UncertaintyCalibration,
): BankItem[] {
  const { cells } = merged;
  const dimensions = abilities.length / cells.subjects;
  const theta = Float64Array.from(abilities);
  const byRow = groupCells(cells.item, cells.items);
  const rowsOf = new Map<string, number[]>();
  merged.hash.forEach((hash, row) => {
    const rows = rowsOf.get(hash);
    if (rows === undefined) rowsOf.set(hash, [row]);
    else rows.push(row);
  });
  const scale = uncertainty.logitScale;
  const bank: BankItem[] = [];
  for (const [hash, rows] of rowsOf) {
    const answered = rows.flatMap((row) =>
      Array.from(byRow.order.subarray(byRow.start[row], byRow.start[row + 1])),
    );
    if (answered.length === 0) continue;
    const row = rows[0]!;
    const estimate = estimateItem(
      theta,
      answered.map((cell) => cells.subject[cell]!),
      answered.map((cell) => cells.score[cell]!),
      {
        discrimination: Array.from(
          { length: dimensions },
          (_, k) => scale * predicted.discrimination[row * dimensions + k]!,
        ),
        general: generalDimensions,
        ...ITEM_FREEDOM,
        difficulty: scale * predicted.difficulty[row]!,
        difficultyVariance: uncertainty.difficultyVariance,
      },
    );
    bank.push({
      hash,
      source: merged.source[row]!,
      discrimination: Array.from(estimate.discrimination, round),
      difficulty: round(estimate.difficulty),
      difficultyVariance: round(estimate.difficultyVariance),
    });
  }
  return bank;
}

/** Four decimals: an item is known to a tenth at best. */
function round(value: number): number {
  return Number(value.toFixed(4));
}
