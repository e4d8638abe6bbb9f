import type { Random } from '../random/seeded-random.js';
import type { OutcomeCells } from './outcome-matrix.js';
import { groupCells } from './outcome-matrix.js';

/**
 * Deals the cells of every item over `folds`, so that each fold holds out its share of every item: 2
 * folds or more. Starting folds are drawn, so that items with fewer cells than folds do not all lack
 * the same one. The only cell of an item is never held out: −1.
 */
export function dealCells(cells: OutcomeCells, folds: number, random: Random): Int8Array {
  const byItem = groupCells(cells.item, cells.items);
  const fold = new Int8Array(cells.item.length).fill(-1);
  for (let i = 0; i < cells.items; i++) {
    const count = byItem.start[i + 1] - byItem.start[i];
    if (count < 2) continue;
    const order = random.permutation(count);
    const first = random.integer(folds);
    for (let j = 0; j < count; j++)
      fold[byItem.order[byItem.start[i] + order[j]]] = (first + j) % folds;
  }
  return fold;
}

/** The cells that `keep` admits. */
export function filterCells(cells: OutcomeCells, keep: (cell: number) => boolean): OutcomeCells {
  const kept = Array.from({ length: cells.item.length }, (_, c) => c).filter(keep);
  return {
    items: cells.items,
    subjects: cells.subjects,
    item: Int32Array.from(kept, (c) => cells.item[c]),
    subject: Int32Array.from(kept, (c) => cells.subject[c]),
    score: Float64Array.from(kept, (c) => cells.score[c]),
  };
}

/** At most `budget` items, drawn, renumbered in their old order; `items` names them. */
export function sampleItems(
  cells: OutcomeCells,
  budget: number,
  random: Random,
): { cells: OutcomeCells; items: Int32Array } {
  const items = random.permutation(cells.items).slice(0, budget).sort();
  const place = new Int32Array(cells.items).fill(-1);
  items.forEach((item, i) => (place[item] = i));
  const kept = filterCells(cells, (c) => place[cells.item[c]] >= 0);
  return {
    cells: {
      ...kept,
      items: items.length,
      item: Int32Array.from(kept.item, (item) => place[item]),
    },
    items,
  };
}
