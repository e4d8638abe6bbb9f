import type { DimensionChoice, LatentLayout, Random } from '@zerorouter/latent-space';
import { chooseDimensions, PAPER_LAYOUT } from '@zerorouter/latent-space';
import type { ProgressListener } from '../progress.js';
import type { MergedOutcomes } from './merge-data-sets.js';

/** Queries that the choice of the dimensions rests on, at most: bounds its time. */
const DIMENSION_ITEMS = 4000;

/**
 * The layout that was asked for, or the one whose dimensions held-out cells choose: one dimension of
 * general ability, the others facets. Where no query has two answers no cell can be held out, and
 * facets could not be told from difficulty: one dimension.
 */
export function chooseLayout(
  { dimensions, preset }: { dimensions: number | 'auto'; preset?: 'paper' },
  merged: MergedOutcomes,
  random: Random,
  onProgress: ProgressListener,
): { layout: LatentLayout; dimensionChoice: DimensionChoice | null } {
  if (preset === 'paper') return { layout: PAPER_LAYOUT, dimensionChoice: null };
  if (dimensions !== 'auto')
    return { layout: { general: 1, facets: dimensions - 1 }, dimensionChoice: null };
  if (!hasSharedQueries(merged))
    return { layout: { general: 1, facets: 0 }, dimensionChoice: null };
  const sources = [...new Set(merged.source)];
  const dimensionChoice = chooseDimensions(
    {
      cells: merged.cells,
      subjectGroup: merged.subjectGroup,
      itemGroup: merged.source.map((source) => sources.indexOf(source)),
    },
    random,
    {
      itemBudget: DIMENSION_ITEMS,
      onFit: (done, total) => onProgress({ stage: 'choosing dimensions', done, total }),
    },
  );
  return { layout: { general: 1, facets: dimensionChoice.dimensions - 1 }, dimensionChoice };
}

function hasSharedQueries({ cells }: MergedOutcomes): boolean {
  const answered = new Uint8Array(cells.items);
  for (let c = 0; c < cells.item.length; c++) {
    if (answered[cells.item[c]!] === 1) return true;
    answered[cells.item[c]!] = 1;
  }
  return false;
}
