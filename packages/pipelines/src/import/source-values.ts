import type { BadInputError } from '@zerorouter/data-set';

/** Makes the error that names the place a value was read from. */
export type Refusal = (problem: string) => BadInputError;

/** How far a mean of scores may leave [0, 1] by rounding alone; such a score is set to the bound. */
const ROUNDING = 1e-9;

/**
 * A score in [0, 1], or null for an answer that was not scored (null, NaN, blank). True and false
 * count 1 and 0. Other scales are not guessed.
 * @throws BadInputError for anything else.
 */
export function scoreOf(value: unknown, name: string, refuse: Refusal): number | null {
  const score = numberOf(value, name, refuse);
  if (score === null) return null;
  if (score < -ROUNDING || score > 1 + ROUNDING)
    throw refuse(`${name} is ${score}, expected a score from 0 to 1; rescale it first`);
  return Math.min(1, Math.max(0, score));
}

/**
 * Tokens or dollars; null where unknown. The sources write 0 where they knew none (a failed count,
 * a model without a price), so 0 is unknown too.
 * @throws BadInputError for a negative number or what is none.
 */
export function amountOf(value: unknown, name: string, refuse: Refusal): number | null {
  const amount = numberOf(value, name, refuse);
  if (amount === null || amount === 0) return null;
  if (amount < 0 || amount === Infinity)
    throw refuse(`${name} is ${amount}, expected a number from 0 or a blank`);
  return amount;
}

/** A name or an id. @throws BadInputError when blank. */
export function nameOf(value: unknown, name: string, refuse: Refusal): string {
  const text =
    typeof value === 'number' || typeof value === 'bigint' ? String(value) : (value ?? '');
  if (typeof text !== 'string' || text.trim() === '') throw refuse(`${name} is missing or blank`);
  return text;
}

/** The members of a JSON object or a table row. @throws BadInputError for anything else. */
export function membersOf(value: unknown, name: string, refuse: Refusal): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refuse(`${name} is no object`);
  return value as Record<string, unknown>;
}

const BLANKS = new Set(['', 'nan', 'none', 'null', '<na>']);

function numberOf(value: unknown, name: string, refuse: Refusal): number | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'boolean') return value ? 1 : 0;
  let number: number;
  if (typeof value === 'string') {
    const text = value.trim().toLowerCase();
    if (BLANKS.has(text)) return null;
    number = text === 'true' ? 1 : text === 'false' ? 0 : Number(text);
    if (Number.isNaN(number)) throw refuse(`${name} is "${value.slice(0, 40)}", expected a number`);
  } else if (typeof value === 'number' || typeof value === 'bigint') number = Number(value);
  else throw refuse(`${name} is no number`);
  return Number.isNaN(number) ? null : number;
}
