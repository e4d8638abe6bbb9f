import { formatMs, formatNumber, formatUsd, UNKNOWN } from '../../format/format.js';
import type { ModelFacts } from './model-facts.js';

/** Facts of a profile as they are read. Prices are of a million tokens. */
export function priceText({ prices, fittedCost }: ModelFacts): string {
  if (prices !== null) return `${formatUsd(prices.input)} in, ${formatUsd(prices.output)} out`;
  return fittedCost ? 'fitted to calls' : UNKNOWN;
}

export function speedText({ ttftMs, tpotMs }: ModelFacts): string {
  if (ttftMs === null && tpotMs === null) return UNKNOWN;
  return `${formatMs(ttftMs)}, then ${formatMs(tpotMs)} a token`;
}

export function verbosityText({ verbosity }: ModelFacts): string {
  return verbosity === null ? UNKNOWN : `${formatNumber(verbosity.value)}× the typical`;
}
