/** What stands where nothing is known. */
export const UNKNOWN = '–';

type Maybe = number | null | undefined;

const isKnown = (value: Maybe): value is number => value != null && Number.isFinite(value);

const number = (options: Intl.NumberFormatOptions) => new Intl.NumberFormat('en-US', options);
const CENTS = number({ style: 'currency', currency: 'USD' });
const WHOLE_USD = number({ style: 'currency', currency: 'USD', maximumFractionDigits: 0 });
const PART_USD = number({ style: 'currency', currency: 'USD', maximumFractionDigits: 3 });
const SMALL_USD = number({ style: 'currency', currency: 'USD', maximumSignificantDigits: 3 });
const COUNT = number({ maximumFractionDigits: 0 });
const COMPACT = number({ notation: 'compact', maximumFractionDigits: 1 });
const SIGNIFICANT = number({ maximumSignificantDigits: 3 });
// Making one takes far longer than using it: tables use it for each row.
const DATE_TIME = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** USD: whole from $10,000, cents from $1, three digits below (`$0.10`, `$0.123`, `$0.0123`). */
export function formatUsd(usd: Maybe): string {
  if (!isKnown(usd)) return UNKNOWN;
  const size = Math.abs(usd);
  if (size === 0) return '$0';
  if (size >= 10_000) return WHOLE_USD.format(usd);
  return (size >= 1 ? CENTS : size >= 0.1 ? PART_USD : SMALL_USD).format(usd);
}

/** A probability or a share in [0, 1]. */
export function formatPercent(share: Maybe, digits = 1): string {
  return isKnown(share) ? `${(share * 100).toFixed(digits)}%` : UNKNOWN;
}

/** `52.1–61.0%`. */
export function formatPercentInterval(
  interval: readonly [number, number] | null,
  digits = 1,
): string {
  if (interval === null) return UNKNOWN;
  return `${(interval[0] * 100).toFixed(digits)}–${formatPercent(interval[1], digits)}`;
}

export function formatMs(ms: Maybe): string {
  if (!isKnown(ms)) return UNKNOWN;
  if (ms < 1_000) return `${SIGNIFICANT.format(ms)} ms`;
  if (ms < 120_000) return `${SIGNIFICANT.format(ms / 1_000)} s`;
  return `${SIGNIFICANT.format(ms / 60_000)} min`;
}

export function formatCount(count: Maybe): string {
  return isKnown(count) ? COUNT.format(count) : UNKNOWN;
}

/** `12.3K`: for axes and tiles. */
export function formatCompact(count: Maybe): string {
  return isKnown(count) ? COMPACT.format(count) : UNKNOWN;
}

/** Three significant digits: for latent numbers and weights. */
export function formatNumber(value: Maybe): string {
  return isKnown(value) ? SIGNIFICANT.format(value) : UNKNOWN;
}

/** In the reader's own time zone and language. */
export function formatDateTime(iso: string | null | undefined): string {
  if (iso == null) return UNKNOWN;
  return DATE_TIME.format(new Date(iso));
}
