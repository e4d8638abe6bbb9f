import fc from 'fast-check';
import type { JsonSchema } from '../stack/openapi.js';
import { oddNumber, oddText, oddValue } from './odd-values.js';

/** Below this, what is not asked for is left out: schemas may hold themselves. */
const MAX_DEPTH = 6;
/** Names under .invalid resolve nowhere. */
export const NOWHERE = 'fuzz.invalid';

/** Values that fit a JSON Schema for the most part; bounds that it tells are kept, some only just. */
export function fromSchema(
  schema: JsonSchema,
  root: JsonSchema = schema,
  depth = 0,
): fc.Arbitrary<unknown> {
  const inner = (part: unknown) => fromSchema((part ?? {}) as JsonSchema, root, depth + 1);
  if (depth > MAX_DEPTH) return fc.constant(null);
  if (typeof schema['$ref'] === 'string') return inner(resolve(schema['$ref'], root));
  if ('const' in schema) return fc.constant(schema['const']);
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...(schema['enum'] as unknown[]));
  const branches = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(branches)) return fc.oneof(...branches.map(inner));
  if (Array.isArray(schema['allOf']))
    return fc
      .tuple(...schema['allOf'].map(inner))
      .map((parts) => Object.assign({}, ...parts) as unknown);
  switch (schema['type']) {
    case 'object':
      return objectOf(schema, inner, depth);
    case 'array':
      return listOf(schema, inner, depth);
    case 'string':
      return textOf(schema);
    case 'integer':
    case 'number':
      return numberOf(schema);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      return oddValue();
  }
}

type Inner = (part: unknown) => fc.Arbitrary<unknown>;

function objectOf(schema: JsonSchema, inner: Inner, depth: number): fc.Arbitrary<unknown> {
  const properties = (schema['properties'] ?? {}) as Record<string, unknown>;
  const required = (schema['required'] ?? []) as string[];
  const wanted = Object.entries(properties).filter(
    ([name]) => depth < MAX_DEPTH - 2 || required.includes(name),
  );
  const known = fc.record(Object.fromEntries(wanted.map(([name, part]) => [name, inner(part)])), {
    requiredKeys: required.filter((name) => name in properties),
  });
  const more = schema['additionalProperties'];
  if (typeof more !== 'object' || depth > 3) return known;
  return fc
    .tuple(known, fc.dictionary(fc.string({ maxLength: 12 }), inner(more), { maxKeys: 3 }))
    .map(([own, others]) => ({ ...others, ...(own as object) }));
}

function listOf(schema: JsonSchema, inner: Inner, depth: number): fc.Arbitrary<unknown> {
  const fixed = schema['prefixItems'];
  if (Array.isArray(fixed)) return fc.tuple(...fixed.map(inner));
  const minLength = Number(schema['minItems'] ?? 0);
  const most = Math.min(Number(schema['maxItems'] ?? 4), depth > 3 ? 1 : 4);
  return fc.array(inner(schema['items']), { minLength, maxLength: Math.max(minLength, most) });
}

function textOf(schema: JsonSchema): fc.Arbitrary<unknown> {
  switch (schema['format']) {
    case 'uri':
      return fc.webPath().map((path) => `https://${NOWHERE}${path}`);
    case 'date-time':
      return fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
    case 'date':
      return fc.date({ noInvalidDate: true }).map((date) => date.toISOString().slice(0, 10));
  }
  if (typeof schema['pattern'] === 'string') {
    try {
      return fc.oneof(fc.stringMatching(new RegExp(schema['pattern'], 'u')), oddText());
    } catch {
      return oddText();
    }
  }
  return oddText();
}

function numberOf(schema: JsonSchema): fc.Arbitrary<unknown> {
  const low = Number(schema['minimum'] ?? schema['exclusiveMinimum'] ?? -1e6);
  const high = Number(schema['maximum'] ?? schema['exclusiveMaximum'] ?? 1e6);
  const [min, max] = [Math.max(low, -(2 ** 53) + 1), Math.min(high, 2 ** 53 - 1)];
  const within =
    schema['type'] === 'integer'
      ? fc.integer({ min: Math.max(min, -(2 ** 31)), max: Math.min(max, 2 ** 31 - 1) })
      : fc.double({ min, max, noNaN: true });
  return fc.oneof({ weight: 4, arbitrary: within }, { weight: 1, arbitrary: oddNumber() });
}

function resolve(reference: string, root: JsonSchema): unknown {
  return reference
    .replace(/^#\/?/, '')
    .split('/')
    .filter((part) => part !== '')
    .reduce<unknown>(
      (value, part) => (value as JsonSchema | undefined)?.[part.replaceAll('~1', '/')],
      root,
    );
}
