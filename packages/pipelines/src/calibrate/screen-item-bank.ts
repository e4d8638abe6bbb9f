import type { BankItem } from '@zerorouter/contracts';
import type {
  ItemFitReport,
  LatentLayout,
  OutcomeCells,
  SubjectFit,
} from '@zerorouter/latent-space';
import { isNegative, itemFits, reportItemFit, subjectFits } from '@zerorouter/latent-space';
import type { MergedOutcomes } from './merge-data-sets.js';

/** A bank without the items that better models fail, and how well outcomes agree with the rest. */
export interface ScreenedItemBank {
  readonly items: BankItem[];
  /** Plain data for the manifest: of all items, the dropped ones among them. */
  readonly report: ItemFitReport & {
    readonly subjects: Readonly<Record<string, SubjectFit>>;
  };
}

/**
 * An item is dropped when its signed slope on general ability lies below 0 by more than this many
 * standard errors: one in 44 items without any slope, and hardly any with a positive one.
 */
export const NEGATIVE_STANDARD_ERRORS = 2;

/**
 * Judges the bank by its own outcomes: item fit, person fit, and the items with negative discrimination,
 * which say the wrong thing about every model that is asked them. Answers to one text in several data
 * sets are pooled, as in the bank.
 */
export function screenItemBank(
  merged: MergedOutcomes,
  bank: readonly BankItem[],
  abilities: Float32Array,
  layout: LatentLayout,
): ScreenedItemBank {
  const place = new Map(bank.map((item, index) => [item.hash, index]));
  const cells = bankCells(merged, place);
  const fitted = {
    layout,
    abilities,
    discrimination: bank.flatMap((item) => item.discrimination),
    difficulty: bank.map((item) => item.difficulty),
  };
  const fits = itemFits(cells, fitted);
  const persons = subjectFits(cells, fitted);
  return {
    items: bank.filter((_, index) => !isNegative(fits[index]!, NEGATIVE_STANDARD_ERRORS)),
    report: {
      ...reportItemFit(fits, (index) => bank[index]!.source, NEGATIVE_STANDARD_ERRORS),
      subjects: Object.fromEntries(
        merged.subjects.map((name, subject) => [name, rounded(persons[subject]!)]),
      ),
    },
  };
}

/** The outcomes with bank items in the place of rows; those of texts outside the bank are left out. */
function bankCells(merged: MergedOutcomes, place: ReadonlyMap<string, number>): OutcomeCells {
  const { cells, hash } = merged;
  const item: number[] = [];
  const subject: number[] = [];
  const score: number[] = [];
  for (let c = 0; c < cells.item.length; c++) {
    const index = place.get(hash[cells.item[c]!]!);
    if (index === undefined) continue;
    item.push(index);
    subject.push(cells.subject[c]!);
    score.push(cells.score[c]!);
  }
  return { items: place.size, subjects: cells.subjects, item, subject, score };
}

function rounded(fit: SubjectFit): SubjectFit {
  const round = (value: number | null) => (value === null ? null : Number(value.toFixed(3)));
  return {
    answers: fit.answers,
    infit: round(fit.infit),
    outfit: round(fit.outfit),
    lz: round(fit.lz),
  };
}
