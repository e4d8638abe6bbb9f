import type { OutcomeCells } from './outcome-matrix.js';
import { groupCells } from './outcome-matrix.js';

/** The same cells twice, contiguous by item and contiguous by subject: inner loops read in order. */
export interface ArrangedCells {
  readonly items: number;
  readonly subjects: number;
  readonly count: number;
  /** Cells of item i are `itemStart[i] … itemStart[i + 1] − 1` of `subjectOf` and `itemScore`. */
  readonly itemStart: Int32Array;
  readonly subjectOf: Int32Array;
  readonly itemScore: Float64Array;
  /** Cells of subject s are `subjectStart[s] … subjectStart[s + 1] − 1` of `itemOf`, `subjectScore`. */
  readonly subjectStart: Int32Array;
  readonly itemOf: Int32Array;
  readonly subjectScore: Float64Array;
}

export function arrangeCells(cells: OutcomeCells): ArrangedCells {
  const byItem = groupCells(cells.item, cells.items);
  const bySubject = groupCells(cells.subject, cells.subjects);
  const count = cells.item.length;
  const arranged = {
    items: cells.items,
    subjects: cells.subjects,
    count,
    itemStart: byItem.start,
    subjectOf: new Int32Array(count),
    itemScore: new Float64Array(count),
    subjectStart: bySubject.start,
    itemOf: new Int32Array(count),
    subjectScore: new Float64Array(count),
  };
  for (let j = 0; j < count; j++) {
    arranged.subjectOf[j] = cells.subject[byItem.order[j]];
    arranged.itemScore[j] = cells.score[byItem.order[j]];
    arranged.itemOf[j] = cells.item[bySubject.order[j]];
    arranged.subjectScore[j] = cells.score[bySubject.order[j]];
  }
  return arranged;
}
