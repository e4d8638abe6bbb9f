/** No provider's wish keeps a call waiting for longer. */
const LONGEST_MS = 10 * 60_000;

/**
 * How long a provider asks to be left alone: `retry-after-ms`, or `Retry-After` in seconds or as a
 * date; at most ten minutes. Null where it does not say, or not so that it can be read.
 */
export function readRetryAfter(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  now: number,
): number | null {
  const ms = plainNumber(single(headers['retry-after-ms']));
  if (ms !== null) return capped(ms);
  const text = single(headers['retry-after']);
  const seconds = plainNumber(text);
  if (seconds !== null) return capped(seconds * 1_000);
  // Date.parse takes nearly anything: a date of HTTP begins with its weekday.
  const at = /^[A-Z][a-z]{2,8},? /.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(at) ? null : capped(at - now);
}

function single(value: string | string[] | undefined): string {
  return (Array.isArray(value) ? value[0] : value)?.trim() ?? '';
}

function plainNumber(text: string): number | null {
  return /^\d{1,15}(\.\d+)?$/.test(text) ? Number(text) : null;
}

const capped = (ms: number): number => Math.min(LONGEST_MS, Math.max(0, Math.ceil(ms)));
