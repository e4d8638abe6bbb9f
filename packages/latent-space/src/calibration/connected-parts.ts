import type { ArrangedCells } from './arrange-cells.js';

/**
 * Parts of a data set that share no cells: sources whose subjects never met on an item. The likelihood
 * does not place one part relative to another.
 */
export interface ConnectedParts {
  readonly count: number;
  /** Part of each subject and item, in order of their first subject; −1 for those without cells. */
  readonly ofSubject: Int32Array;
  readonly ofItem: Int32Array;
}

/** Union–find over subjects, joined by the items that they answered. */
export function connectedParts(cells: ArrangedCells): ConnectedParts {
  const parent = Int32Array.from({ length: cells.subjects }, (_, s) => s);
  const root = (subject: number): number => {
    let at = subject;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]];
      at = parent[at];
    }
    return at;
  };
  for (let i = 0; i < cells.items; i++)
    for (let c = cells.itemStart[i] + 1; c < cells.itemStart[i + 1]; c++)
      parent[root(cells.subjectOf[c])] = root(cells.subjectOf[c - 1]);

  const numbers = new Map<number, number>();
  const ofSubject = new Int32Array(cells.subjects).fill(-1);
  for (let s = 0; s < cells.subjects; s++) {
    if (cells.subjectStart[s + 1] === cells.subjectStart[s]) continue;
    const top = root(s);
    let part = numbers.get(top);
    if (part === undefined) numbers.set(top, (part = numbers.size));
    ofSubject[s] = part;
  }
  const ofItem = new Int32Array(cells.items).fill(-1);
  for (let i = 0; i < cells.items; i++)
    if (cells.itemStart[i + 1] > cells.itemStart[i])
      ofItem[i] = ofSubject[cells.subjectOf[cells.itemStart[i]]];
  return { count: numbers.size, ofSubject, ofItem };
}
