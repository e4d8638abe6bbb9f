/** Figures as people read them: no leading zero, a true minus sign, a dash for what does not exist. */

const NOTHING = '–';

export function decimal(value: number | null | undefined, digits = 3): string {
  if (value === null || value === undefined) return NOTHING;
  const text = value.toFixed(digits).replace(/^(-?)0\./, '$1.');
  // What rounds to zero has no sign.
  return Number(text) === 0 ? text.replace('-', '') : text.replace('-', '−');
}

export function signed(value: number, digits = 3): string {
  const text = decimal(value, digits);
  return Number(value.toFixed(digits)) > 0 ? `+${text}` : text;
}

export function percent(value: number | null | undefined, digits = 0): string {
  if (value === null || value === undefined) return NOTHING;
  return `${(100 * value).toFixed(digits).replace('-', '−')}%`;
}

export function signedPercent(value: number, digits = 1): string {
  return value > 0 ? `+${percent(value, digits)}` : percent(value, digits);
}

export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** USD of a thousand queries. */
export function usdPerThousand(value: number | null | undefined): string {
  if (value === null || value === undefined) return NOTHING;
  const usd = 1000 * value;
  return `$${usd.toFixed(usd >= 10 ? 1 : usd >= 0.1 ? 2 : 4)}`;
}

export function interval(ends: readonly [number, number] | null, digits = 3): string {
  return ends === null ? '' : `[${signed(ends[0], digits)}, ${signed(ends[1], digits)}]`;
}
