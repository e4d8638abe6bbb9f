import { DomainError } from '@zerorouter/contracts';

export interface Line {
  /** Counts from 1. */
  number: number;
  text: string;
}

const NEWLINE = 0x0a;

/**
 * Splits a stream of bytes into lines, as slowly as they are taken. Blank lines count and are left
 * out; the last line needs no end.
 * @throws DomainError `invalid-request` for a line that is no UTF-8 or longer than `maxBytes`.
 */
export async function* readLines(
  source: AsyncIterable<Buffer>,
  maxBytes: number,
): AsyncGenerator<Line> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });
  let number = 0;
  let begun: Buffer[] = [];
  let begunBytes = 0;

  const finish = (end: Buffer): Line => {
    number++;
    const bytes = begun.length === 0 ? end : Buffer.concat([...begun, end]);
    begun = [];
    begunBytes = 0;
    if (bytes.length > maxBytes) throw tooLong(number, maxBytes);
    try {
      return { number, text: decoder.decode(bytes) };
    } catch {
      throw invalidLine(number, 'it is not UTF-8');
    }
  };

  for await (const chunk of source) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      const line = finish(chunk.subarray(start, end));
      start = end + 1;
      if (line.text.trim() !== '') yield line;
    }
    begun.push(chunk.subarray(start));
    begunBytes += chunk.length - start;
    if (begunBytes > maxBytes) throw tooLong(number + 1, maxBytes);
  }
  if (begunBytes > 0) {
    const line = finish(Buffer.alloc(0));
    if (line.text.trim() !== '') yield line;
  }
}

/** A request that is refused for the sake of one of its lines. */
export function invalidLine(number: number, message: string): DomainError {
  return new DomainError('invalid-request', `line ${number}: ${message}`, {
    details: { line: number, errors: [{ path: `line ${number}`, message }] },
  });
}

function tooLong(number: number, maxBytes: number): DomainError {
  return invalidLine(number, `it is longer than ${maxBytes} bytes (MAX_BODY_BYTES)`);
}
