import { DomainError } from '@zerorouter/contracts';
import type { PipeTransform } from '@nestjs/common';
import type { z } from 'zod';

export interface FieldError {
  /** Dotted: `messages.0.content`; empty for the whole. */
  path: string;
  message: string;
}

/** Checks a body, a query string or parameters against a schema: `@Body(parseWith(schema))`. */
export function parseWith<Schema extends z.ZodType>(
  schema: Schema,
): PipeTransform<unknown, z.output<Schema>> {
  return { transform: (value) => parseRequest(schema, value) };
}

/** @throws DomainError `invalid-request` with every mistake by its path. */
export function parseRequest<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors = fieldErrors(parsed.error.issues);
  throw new DomainError(
    'invalid-request',
    `the request is not valid: ${errors.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ')}`,
    { details: { errors } },
  );
}

/** A value that fits none of several shapes is told what each of them misses. */
export function fieldErrors(issues: readonly z.core.$ZodIssue[]): FieldError[] {
  return issues.map((issue) => {
    const path = issue.path.map(String).join('.');
    if (issue.code !== 'invalid_union' || issue.errors.length === 0)
      return { path, message: issue.message };
    const branches = issue.errors.map((branch) =>
      fieldErrors(branch)
        .map((error) => (error.path === '' ? error.message : `${error.path}: ${error.message}`))
        .join(' and '),
    );
    return { path, message: `fits none of the shapes (${[...new Set(branches)].join(' | ')})` };
  });
}
