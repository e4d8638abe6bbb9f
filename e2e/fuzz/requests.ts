import fc from 'fast-check';
import type { Operation } from '../stack/openapi.js';
import { fromSchema } from './from-schema.js';
import { oddText, oddValue } from './odd-values.js';

/** A request as it goes over the wire. */
export interface FuzzRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Buffer | null;
}

export interface FuzzWorld {
  /** A key that may do everything. */
  key: string;
  /** Ids and names that there are, and that may be changed and deleted. */
  ids: readonly string[];
}

const JSON_TYPE = 'application/json';
const TYPES = [
  'application/x-ndjson',
  'application/json; charset=utf-16',
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/problem+json',
  '*/*',
  ';;;',
];
/** Paths that change who may call, or what the others find: they get ids that nobody has. */
const SPARED = /^\/admin\/v1\/(keys|spaces)\//;

/** Requests of an operation: most of them nearly right, the others wrong in one of many ways. */
export function requestsOf(operation: Operation, world: FuzzWorld): fc.Arbitrary<FuzzRequest> {
  return fc
    .record({
      path: pathOf(operation, world),
      query: queryOf(operation),
      body: bodyOf(operation),
      type: often(8, fc.constant(JSON_TYPE), fc.constantFrom(...TYPES)),
      authorization: often(
        12,
        fc.constant(`Bearer ${world.key}`),
        fc.constantFrom(
          '',
          'Bearer',
          'Basic YTpi',
          'Bearer zr_nobody',
          `Bearer ${'z'.repeat(3_000)}`,
        ),
      ),
      headers: often(6, fc.constant({}), oddHeaders()),
    })
    .map(({ path, query, body, type, authorization, headers }) => ({
      method: operation.method,
      path: query === '' ? path : `${path}?${query}`,
      headers: {
        ...headers,
        ...(authorization === '' ? {} : { authorization }),
        ...(body === null ? {} : { 'content-type': type }),
      },
      body,
    }));
}

function often<Value>(
  weight: number,
  usual: fc.Arbitrary<Value>,
  rare: fc.Arbitrary<Value>,
): fc.Arbitrary<Value> {
  return fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: rare });
}

function pathOf({ path }: Operation, { ids }: FuzzWorld): fc.Arbitrary<string> {
  const parts = path.split('/').map((part) => {
    if (!part.startsWith('{')) return fc.constant(part);
    const unknown = oddText().map((text) => encodeURIComponent(wellFormed(text)).slice(0, 2_000));
    const raw = fc.constantFrom('%', '%zz', '%E0%A4%A', '..', '%2F%2F', '%00', ' '.trim());
    const known = SPARED.test(path) ? unknown : fc.constantFrom(...ids).map(encodeURIComponent);
    return fc.oneof({ weight: 4, arbitrary: known }, { weight: 2, arbitrary: unknown }, raw);
  });
  return fc.tuple(...parts).map((all) => all.join('/'));
}

function queryOf({ query }: Operation): fc.Arbitrary<string> {
  const given = query.map(({ name, schema }) =>
    fc
      .option(fc.oneof({ weight: 3, arbitrary: fromSchema(schema) }, oddText()), { freq: 2 })
      .map((value) => (value === null ? [] : [`${name}=${encode(value)}`])),
  );
  const odd = often(
    8,
    fc.constant<string[]>([]),
    fc.array(
      fc.tuple(oddText(), oddText()).map(([name, value]) => `${encode(name)}=${encode(value)}`),
      { maxLength: 3 },
    ),
  );
  return fc.tuple(...given, odd).map((all) => all.flat().join('&').slice(0, 6_000));
}

function encode(value: unknown): string {
  return encodeURIComponent(wellFormed(typeof value === 'string' ? value : JSON.stringify(value)));
}

/** Half a surrogate pair cannot be written in a URL. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

function bodyOf({ method, body }: Operation): fc.Arbitrary<Buffer | null> {
  if (method === 'GET' || method === 'DELETE')
    return often<Buffer | null>(20, fc.constant(null), fc.constant(Buffer.from('{}')));
  const value = body === null ? oddValue() : fromSchema(body);
  return fc.oneof(
    { weight: 5, arbitrary: value.map(toJson) },
    { weight: 3, arbitrary: mutated(value).map(toJson) },
    { weight: 1, arbitrary: fc.tuple(value, fc.nat()).map(([good, at]) => damaged(good, at)) },
    { weight: 1, arbitrary: fc.constant(Buffer.alloc(0)) },
  );
}

/** One member of the value, at any depth, becomes something else, goes, or comes. */
function mutated(value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.tuple(value, oddValue(), oddText(), fc.nat()).map(([good, odd, name, at]) => {
    const holders: { holder: Record<string, unknown>; key: string }[] = [];
    const visit = (each: unknown, depth: number): void => {
      if (typeof each !== 'object' || each === null || depth > 8) return;
      for (const key of Object.keys(each)) {
        const holder = each as Record<string, unknown>;
        holders.push({ holder, key });
        visit(holder[key], depth + 1);
      }
    };
    const copy: unknown = structuredClone(good);
    visit(copy, 0);
    const place = holders[at % (holders.length + 1)];
    if (place === undefined) return odd;
    if (at % 5 === 0) delete place.holder[place.key];
    else if (at % 5 === 1 && !Array.isArray(place.holder)) place.holder[name] = odd;
    else place.holder[place.key] = odd;
    return copy;
  });
}

function toJson(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value) ?? 'null');
}

/** Text that is no JSON any more, or JSON that is hard on who reads it. */
function damaged(value: unknown, at: number): Buffer {
  const json = toJson(value);
  const cut = json.subarray(0, at % (json.length + 1));
  const ways: (() => Buffer)[] = [
    () => cut,
    () => Buffer.concat([json, Buffer.from(' x')]),
    () => Buffer.concat([Buffer.from('\ufeff'), json]),
    () => Buffer.concat([cut, Buffer.of(0xff, 0xfe, 0xc0, 0x80), json]),
    () => Buffer.from('['.repeat(1 + (at % 50_000))),
    () => Buffer.from(`{"a":${'{"a":'.repeat(at % 20_000)}`),
    () => Buffer.from(`{"query":"a","query":1,"__proto__":{"admin":true},"constructor":{}}`),
    () => Buffer.from(`{"query":"a","max_tokens":${'9'.repeat(1 + (at % 5_000))}}`),
    () => Buffer.from('{"query":"a","dial":1e999999}'),
    () => Buffer.from('NaN'),
    () => Buffer.from(`"${'\\u0000'.repeat(at % 2_000)}"`),
  ];
  return ways[at % ways.length]!();
}

/** What Node's client lets pass as headers. */
function oddHeaders(): fc.Arbitrary<Record<string, string>> {
  const value = fc.string({
    unit: fc.constantFrom(...'abc {}":;,\t\\%\u00e9\u00ff'),
    maxLength: 300,
  });
  return fc.dictionary(
    fc.constantFrom(
      'idempotency-key',
      'if-match',
      'x-request-id',
      'traceparent',
      'accept',
      'accept-encoding',
      'content-encoding',
      'x-forwarded-for',
      'x-http-method-override',
      'cookie',
      'range',
      'origin',
      'last-event-id',
    ),
    value,
    { maxKeys: 4 },
  );
}
