import { createHash } from 'node:crypto';
import { batchItemSchema, DomainError } from '@zerorouter/contracts';
import type { BatchItemInput, BatchRequest } from '@zerorouter/contracts';
import { fieldErrors } from '@zerorouter/platform';
import { invalidLine, readLines } from './read-lines.js';

export interface SourcedItem {
  item: BatchItemInput;
  /** A refusal of the whole batch for this item's sake. */
  refuse(message: string): DomainError;
}

/** Where the items of a batch come from. It is either read or skipped, once and to its end. */
export interface ItemSource {
  read(): AsyncIterable<SourcedItem>;
  /** Goes to the end for the digest's sake. */
  skip(): Promise<void>;
  /** Hex SHA-256 of all that was sent, known at the end. */
  digest(): string;
}

/** Items of a JSON body, which Fastify has read and the schema has checked. */
export function jsonSource(body: BatchRequest): ItemSource {
  return {
    async *read() {
      for (const [index, item] of body.items.entries())
        yield {
          item,
          refuse: (message) =>
            new DomainError('invalid-request', `items.${index}: ${message}`, {
              details: { index, errors: [{ path: `items.${index}`, message }] },
            }),
        };
    },
    skip: () => Promise.resolve(),
    digest: () => createHash('sha256').update(JSON.stringify(body)).digest('hex'),
  };
}

/**
 * Items of an NDJSON body that is still coming in.
 * @param options the query string, which is part of what was sent.
 */
export function ndjsonSource(
  body: AsyncIterable<Buffer>,
  options: unknown,
  maxLineBytes: number,
): ItemSource {
  const hash = createHash('sha256').update(`${JSON.stringify(options)}\n`);
  async function* hashed(): AsyncGenerator<Buffer> {
    for await (const chunk of body) {
      hash.update(chunk);
      yield chunk;
    }
  }
  return {
    async *read() {
      for await (const { number, text } of readLines(hashed(), maxLineBytes))
        yield {
          item: parseItem(number, text),
          refuse: (message) => invalidLine(number, message),
        };
    },
    skip: async () => {
      for await (const chunk of body) hash.update(chunk);
    },
    digest: () => hash.digest('hex'),
  };
}

/** @throws DomainError `invalid-request` with the line and each mistake in it. */
function parseItem(line: number, text: string): BatchItemInput {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalidLine(line, `it is not JSON (${error instanceof Error ? error.message : ''})`);
  }
  const parsed = batchItemSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors = fieldErrors(parsed.error.issues);
  throw invalidLine(
    line,
    errors.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; '),
  );
}
