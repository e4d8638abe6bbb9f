import { ProblemError, parseRequest } from '@zerorouter/platform';
import type { z } from 'zod';

/** @throws ProblemError `malformed-request`, DomainError `invalid-request` */
export function parseBody<Schema extends z.ZodType>(
  bytes: Buffer,
  schema: Schema,
): z.output<Schema> {
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new ProblemError(
      400,
      'malformed-request',
      `the body is no JSON: ${error instanceof Error ? error.message.slice(0, 200) : ''}`,
    );
  }
  return parseRequest(schema, json);
}
