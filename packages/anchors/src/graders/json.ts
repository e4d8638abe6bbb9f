import { z } from 'zod';
import { withoutReasoning } from '../reply/reply-parts.js';
import type { GraderOf } from './grader-schema.js';

type Json = z.infer<ReturnType<typeof z.json>>;

/**
 * The JSON values of a reply, in order: fenced blocks when some parse, else the outermost objects
 * and arrays within the text, else the whole text.
 */
export function findJson(reply: string): Json[] {
  const text = withoutReasoning(reply).replace(/<\/?answer>/gi, '');
  const fenced = [
    ...text.matchAll(/(?<![`~])(?:`{3,9}|~{3,9})[\w+-]*[ \t]*\n([\s\S]*?)(?:`{3,9}|~{3,9})/g),
  ].flatMap((match) => parse(match[1] ?? ''));
  if (fenced.length > 0) return fenced;
  const whole = parse(text);
  return whole.length > 0 ? whole : findEmbedded(text);
}

function parse(text: string): Json[] {
  try {
    return [JSON.parse(text) as Json];
  } catch {
    return [];
  }
}

function findEmbedded(text: string): Json[] {
  const found: Json[] = [];
  // Unbalanced brackets cost a scan each: a reply of nothing else must not cost a square.
  for (let start = 0, scans = 0; start < text.length && scans < 100; start++) {
    if (text[start] !== '{' && text[start] !== '[') continue;
    scans++;
    const end = closing(text, start);
    const parsed = end < 0 ? [] : parse(text.slice(start, end));
    if (parsed.length > 0) {
      found.push(...parsed);
      start = end - 1;
    }
  }
  return found;
}

/** Index past the bracket that closes the one at `start`, strings skipped; -1 when none does. */
function closing(text: string, start: number): number {
  let depth = 0;
  let inString = false;
  for (let i = start; i < text.length; i++) {
    const character = text[i] as string;
    if (inString) {
      if (character === '\\') i++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if ('{['.includes(character)) depth++;
    else if ('}]'.includes(character) && --depth === 0) return i + 1;
  }
  return -1;
}

/** Whether two values have the same shape at the top: then they compete to be the answer. */
export function isSameShape(a: Json, b: Json): boolean {
  return topShape(a) === topShape(b);
}

function topShape(value: Json): string {
  if (Array.isArray(value)) return '[';
  if (value !== null && typeof value === 'object') return Object.keys(value).sort().join();
  return typeof value;
}

/** Deep equality: key order is free, numbers agree to 10⁻⁹, strings up to outer spaces and NFC. */
export function isSameJson(a: Json, b: Json, unordered = false): boolean {
  if (typeof a === 'number' && typeof b === 'number') {
    return Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b));
  }
  if (typeof a === 'string' && typeof b === 'string') {
    return a.normalize('NFC').trim() === b.normalize('NFC').trim();
  }
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    if (!unordered) return a.every((element, i) => isSameJson(element, b[i] as Json, unordered));
    const left = [...b];
    return a.every((element) => {
      const at = left.findIndex((other) => isSameJson(element, other, unordered));
      return at >= 0 && left.splice(at, 1).length === 1;
    });
  }
  if (a !== null && b !== null && typeof a === 'object' && typeof b === 'object') {
    const keys = Object.keys(a);
    return (
      keys.length === Object.keys(b).length &&
      keys.every(
        (key) => Object.hasOwn(b, key) && isSameJson(a[key] as Json, b[key] as Json, unordered),
      )
    );
  }
  return a === b;
}

/** What is wrong with a value in the grader's eyes; null when nothing is. */
export function faultOfJson(grader: GraderOf<'json'>, value: Json): string | null {
  if (grader.value !== undefined && !isSameJson(value, grader.value, grader.unordered)) {
    return 'the JSON value differs from the expected one';
  }
  if (grader.schema !== undefined) {
    const checked = z.fromJSONSchema(grader.schema).safeParse(value);
    if (!checked.success) {
      const issue = checked.error.issues[0];
      return `the JSON breaks the schema at /${issue?.path.join('/') ?? ''}: ${issue?.message ?? ''}`;
    }
  }
  return null;
}
