import type { RouteResponse } from '@zerorouter/contracts';
import type { JsonObject, JsonValue } from '../json.js';
import { hashCandidates } from './candidate-hash.js';

type Candidates = RouteResponse['candidates'];
type Candidate = Candidates[number];

/**
 * Candidates as they are stored, in their order. A decision has one for every model, and most of what it
 * costs to store is theirs: packed, that is a third of what it is as plain JSON.
 */
export interface PackedCandidates {
  /** Base64 of uint16s, little-endian: a model's place among the keys of the profile versions beside it. */
  models: string | string[];
  /** Base64 of float32s, little-endian, {@link WIDTH} a candidate; NaN = null. */
  numbers: string;
  /** Why, by the candidate's index; absent = it is not excluded. */
  excluded: { [index: string]: string };
}

/** As they were stored before: a list a field; a field that only some have is an object by their indices. */
interface CandidateColumns {
  count: number;
  fields: { [field: string]: JsonValue[] | JsonObject };
}

/** p_correct, the ends of its interval, cost_usd, latency_ms, output_tokens, utility. */
const WIDTH = 7;
const BYTES_A_CANDIDATE = WIDTH * Float32Array.BYTES_PER_ELEMENT;
const MOST_FLOAT32 = 3.4028234e38;

/** @param profileVersions of the same decision, by model; with a model that it has not, names are written out. */
export function packCandidates(
  candidates: Candidates,
  profileVersions: Readonly<Record<string, number>>,
): PackedCandidates {
  const numbers = Buffer.allocUnsafe(candidates.length * BYTES_A_CANDIDATE);
  const excluded: PackedCandidates['excluded'] = {};
  let at = 0;
  const write = (value: number | null) => {
    at = numbers.writeFloatLE(value === null ? NaN : withinFloat32(value), at);
  };
  for (const [i, candidate] of candidates.entries()) {
    write(candidate.p_correct);
    write(candidate.interval[0]);
    write(candidate.interval[1]);
    write(candidate.cost_usd);
    write(candidate.latency_ms);
    write(candidate.output_tokens);
    write(candidate.utility);
    if (candidate.excluded !== undefined) excluded[i] = candidate.excluded;
  }
  return {
    models: packModels(candidates, profileVersions),
    numbers: numbers.toString('base64'),
    excluded,
  };
}

/** What is stored of candidates, by its column. */
interface WrittenCandidates {
  candidates: PackedCandidates;
  candidates_hash: string;
}

/** Of candidates that are frozen, for they come again, with the versions that they were packed by. */
const writtenOf = new WeakMap<
  Candidates,
  { profileVersions: Readonly<Record<string, number>>; columns: WrittenCandidates }
>();

/** @param profileVersions as for {@link packCandidates}. */
export function candidateColumns(
  candidates: Candidates,
  profileVersions: Readonly<Record<string, number>>,
): WrittenCandidates {
  const isKept = Object.isFrozen(candidates);
  const known = isKept ? writtenOf.get(candidates) : undefined;
  if (known?.profileVersions === profileVersions) return known.columns;
  const columns = {
    candidates: packCandidates(candidates, profileVersions),
    candidates_hash: hashCandidates(candidates),
  };
  if (isKept) writtenOf.set(candidates, { profileVersions, columns });
  return columns;
}

/** Numbers come back with 6 significant digits. */
export function unpackCandidates(
  stored: PackedCandidates | CandidateColumns,
  profileVersions: Readonly<Record<string, number>>,
): Candidates {
  if ('fields' in stored) return fromColumns(stored);
  const numbers = Buffer.from(stored.numbers, 'base64');
  const models =
    typeof stored.models === 'string'
      ? unpackModels(stored.models, Object.keys(profileVersions))
      : stored.models;
  let at = 0;
  const maybe = (): number | null => {
    const value = numbers.readFloatLE(at);
    at += Float32Array.BYTES_PER_ELEMENT;
    return Number.isNaN(value) ? null : toSignificantDigits(value);
  };
  const known = () => maybe() ?? NaN;
  return models.map((model, i): Candidate => {
    const excluded = stored.excluded[i];
    return {
      model,
      p_correct: known(),
      interval: [known(), known()],
      cost_usd: maybe(),
      latency_ms: maybe(),
      output_tokens: maybe(),
      utility: maybe(),
      ...(excluded !== undefined && { excluded }),
    };
  });
}

/** Candidates as they would be read back after having been stored. */
export function asStored(candidates: Candidates): Candidates {
  return unpackCandidates(packCandidates(candidates, {}), {});
}

const placesOf = new WeakMap<Readonly<Record<string, number>>, ReadonlyMap<string, number>>();

function packModels(
  candidates: Candidates,
  profileVersions: Readonly<Record<string, number>>,
): string | string[] {
  // A gateway decides with the same versions until one of them changes.
  let places = placesOf.get(profileVersions);
  if (places === undefined)
    placesOf.set(
      profileVersions,
      (places = new Map(Object.keys(profileVersions).map((model, place) => [model, place]))),
    );
  const packed = Buffer.allocUnsafe(candidates.length * Uint16Array.BYTES_PER_ELEMENT);
  for (const [i, { model }] of candidates.entries()) {
    const place = places.get(model);
    if (place === undefined || place > 0xffff)
      return candidates.map((candidate) => candidate.model);
    packed.writeUInt16LE(place, i * Uint16Array.BYTES_PER_ELEMENT);
  }
  return packed.toString('base64');
}

function unpackModels(packed: string, names: readonly string[]): string[] {
  const places = Buffer.from(packed, 'base64');
  return Array.from(
    { length: places.length / Uint16Array.BYTES_PER_ELEMENT },
    (_, i) => names[places.readUInt16LE(i * Uint16Array.BYTES_PER_ELEMENT)]!,
  );
}

function fromColumns({ count, fields }: CandidateColumns): Candidates {
  const candidates: JsonObject[] = Array.from({ length: count }, () => ({}));
  for (const [field, values] of Object.entries(fields))
    for (const [i, value] of Object.entries(values)) candidates[Number(i)]![field] = value;
  return candidates as Candidates;
}

function withinFloat32(value: number): number {
  return Math.max(-MOST_FLOAT32, Math.min(MOST_FLOAT32, value));
}

/** Fewer than a float32 has, so that what is read back is the short decimal again. */
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
