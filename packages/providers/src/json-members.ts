const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);
const COMMA = 0x2c;
const SPACE = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** Where a member of a JSON object stands in its bytes; ends are exclusive. */
interface Member {
  name: string;
  start: number;
  valueStart: number;
  end: number;
}

export interface MemberEdits {
  /** JSON of the new value, by name; only members that are there are changed. */
  set?: Readonly<Record<string, string>>;
  remove?: readonly string[];
  /** JSON by name, put behind all others; the caller sees to it that none is there yet. */
  add?: Readonly<Record<string, string>>;
}

/**
 * Changes members of a JSON object in its bytes; every other byte stays as it is, numbers that JavaScript
 * cannot hold and the order and the white space included. A name that stands there twice is changed
 * twice: parsers do not agree on which one counts.
 * @param json a valid JSON text whose value is an object.
 */
export function editMembers(
  json: Buffer,
  { set = {}, remove = [], add = {} }: MemberEdits,
): Buffer {
  const members = readMembers(json);
  const [first, last] = [members[0], members.at(-1)];
  if (first === undefined || last === undefined) return json;
  const pieces = [json.subarray(0, first.start)];
  members.forEach((member, i) => {
    if (remove.includes(member.name)) return;
    // What stands before a member belongs to it, but for the first one that is written.
    if (pieces.length > 1) pieces.push(json.subarray(members[i - 1]!.end, member.start));
    const value = Object.hasOwn(set, member.name) ? set[member.name] : undefined;
    pieces.push(
      value === undefined
        ? json.subarray(member.start, member.end)
        : Buffer.concat([json.subarray(member.start, member.valueStart), Buffer.from(value)]),
    );
  });
  for (const [name, value] of Object.entries(add)) {
    const comma = pieces.length > 1 ? ',' : '';
    pieces.push(Buffer.from(`${comma}${JSON.stringify(name)}:${value}`));
  }
  pieces.push(json.subarray(last.end));
  return Buffer.concat(pieces);
}

function readMembers(json: Buffer): Member[] {
  const members: Member[] = [];
  let at = skipSpace(json, json.indexOf(0x7b) + 1);
  while (json[at] === QUOTE) {
    const start = at;
    const nameEnd = skipString(json, start);
    const name = JSON.parse(json.toString('utf8', start, nameEnd)) as string;
    const valueStart = skipSpace(json, skipSpace(json, nameEnd) + 1);
    const end = skipValue(json, valueStart);
    members.push({ name, start, valueStart, end });
    at = skipSpace(json, end);
    if (json[at] === COMMA) at = skipSpace(json, at + 1);
  }
  return members;
}

function skipSpace(json: Buffer, from: number): number {
  let at = from;
  while (SPACE.has(json[at]!)) at++;
  return at;
}

function skipValue(json: Buffer, from: number): number {
  if (json[from] === QUOTE) return skipString(json, from);
  let depth = 0;
  for (let at = from; at < json.length; at++) {
    const byte = json[at]!;
    if (byte === QUOTE) at = skipString(json, at) - 1;
    else if (OPENING.has(byte)) depth++;
    else if (CLOSING.has(byte)) {
      // The end of the object itself ends a number or a word.
      if (depth === 0) return at;
      if (--depth === 0) return at + 1;
    } else if (depth === 0 && (byte === COMMA || SPACE.has(byte))) return at;
  }
  return json.length;
}

/** @param from where its opening quote stands. */
function skipString(json: Buffer, from: number): number {
  for (let quote = json.indexOf(QUOTE, from + 1); ; quote = json.indexOf(QUOTE, quote + 1)) {
    if (quote === -1) return json.length;
    let slashes = 0;
    while (json[quote - 1 - slashes] === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return quote + 1;
  }
}
