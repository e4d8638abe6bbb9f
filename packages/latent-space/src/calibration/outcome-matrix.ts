/**
 * Observed outcomes, sparse: cell c says that subject `subject[c]` scored `score[c]` on item
 * `item[c]`. Cells that were not observed are simply absent.
 */
export interface OutcomeCells {
  readonly items: number;
  readonly subjects: number;
  readonly item: ArrayLike<number>;
  readonly subject: ArrayLike<number>;
  /** In [0, 1], soft scores included. */
  readonly score: ArrayLike<number>;
}

/** The cells grouped by item or by subject: group g holds `order[start[g] … start[g + 1] − 1]`. */
export interface CellGroups {
  readonly start: Int32Array;
  readonly order: Int32Array;
}

/** Groups cells by a key in [0, groups), keeping their order within a group. */
export function groupCells(key: ArrayLike<number>, groups: number): CellGroups {
  const start = new Int32Array(groups + 1);
  for (let c = 0; c < key.length; c++) start[key[c] + 1]++;
  for (let g = 0; g < groups; g++) start[g + 1] += start[g];
  const next = start.slice(0, groups);
  const order = new Int32Array(key.length);
  for (let c = 0; c < key.length; c++) order[next[key[c]]++] = c;
  return { start, order };
}

/** @throws RangeError for an index out of range or a score outside [0, 1], with the values. */
export function checkCells(cells: OutcomeCells): void {
  const { item, subject, score } = cells;
  if (item.length !== subject.length || item.length !== score.length)
    throw new RangeError(
      `cells disagree in length: ${item.length} items, ${subject.length} subjects, ${score.length} scores`,
    );
  for (let c = 0; c < item.length; c++) {
    if (!(item[c] >= 0 && item[c] < cells.items))
      throw new RangeError(`cell ${c}: item ${item[c]} of ${cells.items}`);
    if (!(subject[c] >= 0 && subject[c] < cells.subjects))
      throw new RangeError(`cell ${c}: subject ${subject[c]} of ${cells.subjects}`);
    if (!(score[c] >= 0 && score[c] <= 1))
      throw new RangeError(`cell ${c}: score ${score[c]} is outside [0, 1]`);
  }
}
