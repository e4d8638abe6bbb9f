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
