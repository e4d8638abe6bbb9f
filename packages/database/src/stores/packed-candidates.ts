import type { RouteResponse } from '@zerorouter/contracts';
import type { JsonObject, JsonValue } from '../json.js';

type Candidates = RouteResponse['candidates'];

/**
 * Candidates as they are stored: a list per field, in the candidates' order; a field that only some
 * of them have is an object by their indices. With numbers to 6 significant digits that is 40% of
 * the plain JSON, and a decision has a candidate for every model.
 */
export interface CandidateColumns {
  count: number;
  fields: { [field: string]: JsonValue[] | JsonObject };
}

export function toColumns(candidates: Candidates): CandidateColumns {
  const count = candidates.length;
  const lists = new Map<string, (JsonValue | undefined)[]>();
  for (const [i, candidate] of candidates.entries())
    for (const field in candidate) {
      const value = (candidate as JsonObject)[field];
      if (value === undefined) continue;
      let list = lists.get(field);
      if (list === undefined) lists.set(field, (list = new Array<undefined>(count)));
      list[i] = rounded(value);
    }
  const fields: CandidateColumns['fields'] = {};
  for (const [field, list] of lists)
    fields[field] = list.includes(undefined)
      ? (Object.fromEntries(Object.entries(list)) as JsonObject) // without the holes
      : (list as JsonValue[]);
  return { count, fields };
}

export function fromColumns({ count, fields }: CandidateColumns): Candidates {
  const candidates: JsonObject[] = Array.from({ length: count }, () => ({}));
  for (const [field, values] of Object.entries(fields))
    for (const [i, value] of Object.entries(values)) candidates[Number(i)]![field] = value;
  return candidates as Candidates;
}

/** Candidates as they would be read back after having been stored. */
export function asStored(candidates: Candidates): Candidates {
  return fromColumns(toColumns(candidates));
}

function rounded(value: JsonValue): JsonValue {
  if (typeof value === 'number') return toSignificantDigits(value);
  return Array.isArray(value) ? value.map(rounded) : value;
}

const SIGNIFICANT_DIGITS = 6;
/** The powers of ten that a double holds exactly. */
const POWERS_OF_TEN = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/** As toPrecision(), a tenth of its time: k/10ⁿ of exact k and 10ⁿ prints as the short decimal. */
function toSignificantDigits(value: number): number {
  const decimals = SIGNIFICANT_DIGITS - 1 - Math.floor(Math.log10(Math.abs(value)));
  const power = POWERS_OF_TEN[decimals];
  return power === undefined
    ? Number(value.toPrecision(SIGNIFICANT_DIGITS))
    : Math.round(value * power) / power;
}
