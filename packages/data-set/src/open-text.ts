import { createReadStream, existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { BadInputError } from './bad-input-error.js';

/** `path` or, where that is missing, `path.gz`; null when neither exists. */
export function findFile(path: string): string | null {
  return [path, `${path}.gz`].find((candidate) => existsSync(candidate)) ?? null;
}

/** The decompressed bytes of a plain or gzipped file. */
export function openBytes(path: string): Readable {
  const file = createReadStream(path);
  if (!path.endsWith('.gz')) return file;
  const unzipped = createGunzip();
  file.on('error', (error) => unzipped.destroy(error));
  return file.pipe(unzipped);
}

/** Yields each non-blank line of a JSON-lines file, parsed, with its line number from 1. */
export async function* readJsonLines(
  path: string,
): AsyncGenerator<{ line: number; value: unknown }> {
  const input = openBytes(path);
  const failure = new Promise<never>((_, reject) => input.once('error', reject));
  failure.catch(() => undefined);
  let line = 0;
  const lines = createInterface({ input, crlfDelay: Infinity })[Symbol.asyncIterator]();
  for (;;) {
    const next = await Promise.race([lines.next(), failure]).catch((error: unknown) => {
      throw new BadInputError(path, line + 1, `cannot be read: ${(error as Error).message}`, error);
    });
    if (next.done === true) return;
    line++;
    if (next.value.trim() === '') continue;
    let value: unknown;
    try {
      value = JSON.parse(next.value.replace(/^\uFEFF/, ''));
    } catch (error) {
      throw new BadInputError(path, line, `not valid JSON (${(error as Error).message})`, error);
    }
    yield { line, value };
  }
}
