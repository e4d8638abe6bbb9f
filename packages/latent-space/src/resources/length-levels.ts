import { groupCells } from '../calibration/outcome-matrix.js';

/** Output lengths split into what the query asks for and how wordy the model is. */
export interface LengthLevels {
  /** Per item: mean of log L − δ_m over its answers; NaN where no length is known. */
  readonly itemLevel: Float64Array;
  /** Per subject: δ_m, mean-zero over subjects; NaN where no length is known. */
  readonly subjectOffset: Float64Array;
}

/**
 * Two-way additive fit log L_im = level_i + δ_m by alternating means.
 * @param logTokens per cell, NaN = unknown.
 */
export function fitLengthLevels(
  items: number,
  subjects: number,
  item: ArrayLike<number>,
  subject: ArrayLike<number>,
  logTokens: ArrayLike<number>,
  iterations = 20,
): LengthLevels {
  const itemLevel = new Float64Array(items).fill(NaN);
  const subjectOffset = new Float64Array(subjects).fill(NaN);
  const known = Array.from({ length: item.length }, (_, c) => c).filter(
    (c) => !Number.isNaN(logTokens[c]),
  );
  if (known.length === 0) return { itemLevel, subjectOffset };
  const pick = (key: ArrayLike<number>) => known.map((c) => key[c]);
  const byItem = groupCells(pick(item), items);
  const bySubject = groupCells(pick(subject), subjects);
  for (let s = 0; s < subjects; s++)
    if (bySubject.start[s + 1] > bySubject.start[s]) subjectOffset[s] = 0;

  for (let iteration = 0; iteration < iterations; iteration++) {
    averageResiduals(byItem, known, logTokens, subject, subjectOffset, itemLevel);
    averageResiduals(bySubject, known, logTokens, item, itemLevel, subjectOffset);
    const present = subjectOffset.filter((offset) => !Number.isNaN(offset));
    const center = present.reduce((sum, offset) => sum + offset, 0) / present.length;
    for (let s = 0; s < subjects; s++) subjectOffset[s] -= center;
  }
  return { itemLevel, subjectOffset };
}

/** target[g] = mean over the group's cells of log L − other[…]. */
function averageResiduals(
  groups: { start: Int32Array; order: Int32Array },
  known: readonly number[],
  logTokens: ArrayLike<number>,
  otherIndex: ArrayLike<number>,
  other: Float64Array,
  target: Float64Array,
): void {
  for (let g = 0; g < target.length; g++) {
    const begin = groups.start[g];
    const end = groups.start[g + 1];
    if (begin === end) continue;
    let sum = 0;
    for (let i = begin; i < end; i++) {
      const cell = known[groups.order[i]];
      sum += logTokens[cell] - other[otherIndex[cell]];
    }
    target[g] = sum / (end - begin);
  }
}
