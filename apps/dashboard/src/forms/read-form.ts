import type { z } from 'zod';

/** Where parts of a request stand in a form. A part below another one comes before it. */
export type FormFields<Field extends string> = readonly (readonly [path: string, field: Field])[];

export type FormErrors<Field extends string> = Partial<Record<Field, string>>;

/** A request, or what is wrong with it, field by field. */
export type ReadForm<Request, Field extends string> =
  { request: Request; errors: null } | { request: null; errors: FormErrors<Field> };

/** Holds what a form says to the contract that the gateway holds it to. */
export function readForm<Schema extends z.ZodType, Field extends string>(
  schema: Schema,
  request: object,
  fields: FormFields<Field>,
): ReadForm<z.output<Schema>, Field> {
  const parsed = schema.safeParse(request);
  if (parsed.success) return { request: parsed.data, errors: null };
  const errors = parsed.error.issues.map(({ path, message }) => ({
    path: path.join('.'),
    message,
  }));
  return { request: null, errors: placeErrors(errors, fields) };
}

/** What the contract or the gateway says of parts of a request, at the fields that they came from. */
export function placeErrors<Field extends string>(
  errors: readonly { path: string; message: string }[],
  fields: FormFields<Field>,
): FormErrors<Field> {
  const placed: FormErrors<Field> = {};
  for (const { path, message } of errors) {
    const field = fields.find(([start]) => path === start || path.startsWith(`${start}.`))?.[1];
    if (field !== undefined) placed[field] ??= message;
  }
  return placed;
}

/** What of a request differs from an earlier one, part by part: what a PATCH is to say. */
export function changedParts(request: object, before: object): object {
  const old: Readonly<Record<string, unknown>> = { ...before };
  const changed = Object.entries(request).filter(
    ([part, value]) => JSON.stringify(value) !== JSON.stringify(old[part]),
  );
  return Object.fromEntries(changed);
}

/** What is no number stays text, so that the contract refuses it. */
export function toNumber(typed: string): number | string {
  const value = Number(typed);
  return typed.trim() === '' || !Number.isFinite(value) ? typed : value;
}
