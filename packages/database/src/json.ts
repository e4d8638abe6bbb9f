import type { Prisma } from './generated/client.js';

/** A value of a JSON column. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;
export type JsonObject = { [key: string]: JsonValue };

/** Domain types are plain data; Prisma's JSON type does not admit interfaces by name. */
export function toJson(value: object): Prisma.InputJsonValue {
  return value;
}

/** JSON columns are written by the stores alone, hence hold the type that went in. */
export function fromJson<Value extends object>(value: Prisma.JsonValue): Value {
  return value as Value;
}

/**
 * JSON that Postgres takes: it has no NUL and no half of a surrogate pair, and one of them, in what a
 * client named, would fail the INSERT of every row beside it. Both become U+FFFD.
 */
export function storableJson(rows: readonly object[]): string {
  const json = JSON.stringify(rows);
  // JSON.stringify() writes both kinds as escapes; where there are none, nothing is to mend.
  if (!/\\u(0000|d[89a-f])/.test(json)) return json;
  return JSON.stringify(rows, (_, value: unknown) =>
    typeof value === 'string'
      ? value.replaceAll('\0', '\uFFFD').replace(/\p{Surrogate}/gu, '\uFFFD')
      : value,
  );
}
