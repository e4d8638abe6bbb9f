import { createReadStream, createWriteStream } from 'node:fs';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { BadInputError } from '@zerorouter/data-set';

/** A file that can be read at any offset: itself, or its unzipped copy in the scratch folder. */
export async function plainFile(path: string, scratch: string): Promise<string> {
  if (!path.endsWith('.gz')) return path;
  const copy = join(scratch, basename(path, '.gz'));
  try {
    await pipeline(createReadStream(path), createGunzip(), createWriteStream(copy));
  } catch (error) {
    throw new BadInputError(path, null, `cannot be unzipped: ${(error as Error).message}`, error);
  }
  return copy;
}
