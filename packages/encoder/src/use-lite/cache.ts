import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildUseLite, USE_LITE_VERSION, type Precision } from './graph.js';
import { parseWeights, readWeightFiles, useLiteDirectory, weightsFingerprint } from './weights.js';

/** The ONNX file of the Universal Sentence Encoder Lite. */
export interface CachedModel {
  readonly path: string;
  readonly bytes: Uint8Array;
}

const KEY_LENGTH = 16;

/**
 * The model from the cache folder, built there first if need be (a second or two).
 *
 * A file is named `use-lite-<precision>-<key>-<hash>.onnx`: the key is taken from the weights' release
 * and the builder's version, the hash from the file's bytes. A file whose bytes do not match its name
 * is built again and replaced. It is written under another name and renamed, so that builders may
 * run side by side: they write the same bytes.
 */
export async function cachedUseLite(cacheDir: string, precision: Precision): Promise<CachedModel> {
  const directory = useLiteDirectory();
  const key = sha256(`${USE_LITE_VERSION} ${precision} ${await weightsFingerprint(directory)}`);
  const prefix = `use-lite-${precision}-${key}-`;
  await mkdir(cacheDir, { recursive: true });

  for (const name of await readdir(cacheDir)) {
    if (!name.startsWith(prefix) || !name.endsWith('.onnx')) continue;
    const path = join(cacheDir, name);
    const bytes = await readFile(path).catch(() => undefined);
    if (bytes !== undefined && name === `${prefix}${sha256(bytes)}.onnx`) return { path, bytes };
  }

  const bytes = buildUseLite(parseWeights(await readWeightFiles(directory)), precision);
  const path = join(cacheDir, `${prefix}${sha256(bytes)}.onnx`);
  const partial = join(cacheDir, `${randomUUID()}.partial`);
  await writeFile(partial, bytes);
  await rename(partial, path);
  return { path, bytes };
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex').slice(0, KEY_LENGTH);
}
