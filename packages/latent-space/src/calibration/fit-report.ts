import type { ItemFit } from './item-fit.js';
import { isNegative } from './item-fit.js';

/** Quantiles of a fit statistic over items. */
export interface FitQuantiles {
  readonly p05: number;
  readonly median: number;
  readonly p95: number;
}

/** Items of one source, as plain data for a manifest. */
export interface SourceFit {
  readonly items: number;
  /** Items whose signed slope lies below 0 by more than the stated number of standard errors. */
  readonly negative: number;
  readonly negativeShare: number;
  readonly infit: FitQuantiles | null;
  readonly outfit: FitQuantiles | null;
}

export interface ItemFitReport {
  /** A negative item: slope + standardErrors·SE < 0. */
  readonly standardErrors: number;
  readonly all: SourceFit;
  readonly bySource: Readonly<Record<string, SourceFit>>;
}

/** Sums up the fit of items by source. Items without answers are not counted. */
export function reportItemFit(
  fits: readonly ItemFit[],
  sourceOf: (item: number) => string,
  standardErrors: number,
): ItemFitReport {
  const bySource = new Map<string, ItemFit[]>();
  const answered: ItemFit[] = [];
  fits.forEach((fit, item) => {
    if (fit.answers === 0) return;
    answered.push(fit);
    const own = bySource.get(sourceOf(item));
    if (own === undefined) bySource.set(sourceOf(item), [fit]);
    else own.push(fit);
  });
  return {
    standardErrors,
    all: sourceFit(answered, standardErrors),
    bySource: Object.fromEntries(
      [...bySource].map(([source, own]) => [source, sourceFit(own, standardErrors)]),
    ),
  };
}

function sourceFit(fits: readonly ItemFit[], standardErrors: number): SourceFit {
  const negative = fits.filter((fit) => isNegative(fit, standardErrors)).length;
  return {
    items: fits.length,
    negative,
    negativeShare: round(negative / Math.max(1, fits.length)),
    infit: quantiles(fits.map((fit) => fit.infit)),
    outfit: quantiles(fits.map((fit) => fit.outfit)),
  };
}

function quantiles(values: readonly (number | null)[]): FitQuantiles | null {
  const sorted = values.filter((value) => value !== null).sort((a, b) => a - b);
  if (sorted.length === 0) return null;
  const at = (share: number) => round(sorted[Math.round(share * (sorted.length - 1))]);
  return { p05: at(0.05), median: at(0.5), p95: at(0.95) };
}

function round(value: number): number {
  return Number(value.toFixed(4));
}
