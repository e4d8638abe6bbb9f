import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEncoder } from '../open-encoder.js';
import { cachedUseLite } from './cache.js';
import { UseLiteTokenizer } from './tokenizer.js';
import { useLiteDirectory, weightsFingerprint } from './weights.js';

jest.setTimeout(60_000);

interface Golden {
  cases: { text: string; token_ids: number[]; embedding: number[] }[];
}

const GOLDEN = new URL('../../fixtures/use-lite.json', import.meta.url);

let golden: Golden;
let cacheDir: string;

beforeAll(async () => {
  golden = JSON.parse(await readFile(GOLDEN, 'utf8')) as Golden;
  cacheDir = await mkdtemp(join(tmpdir(), 'use-lite-'));
});

afterAll(() => rm(cacheDir, { recursive: true }));

async function readTokenizer(): Promise<UseLiteTokenizer> {
  const vocabulary = await readFile(join(useLiteDirectory(), 'vocab.json'), 'utf8');
  return new UseLiteTokenizer(JSON.parse(vocabulary) as [string, number | null][]);
}

async function embedGolden(precision: 'fp32' | 'int8'): Promise<Float32Array[]> {
  const encoder = await openEncoder({ kind: 'use-lite', precision, cacheDir }, { maxWindows: 1 });
  try {
    return await Promise.all(golden.cases.map(({ text }) => encoder.embedWindows(text)));
  } finally {
    await encoder.close();
  }
}

describe('UseLiteTokenizer', () => {
  it("gives the original's token ids", async () => {
    const tokenizer = await readTokenizer();
    for (const { text, token_ids } of golden.cases) {
      expect({ text, ids: tokenizer.encode(text) }).toEqual({ text, ids: token_ids });
    }
  });

  it('has no tokens for an empty text', async () => {
    expect((await readTokenizer()).encode('')).toEqual([]);
  });

  it('takes time in proportion to the length: 100,000 characters well under a second', async () => {
    const tokenizer = await readTokenizer();
    const text = 'The quick brown fox (aged 12) jumps over 你 lazy dogs; x = 3.14! '.repeat(1600);
    const start = performance.now();
    const ids = tokenizer.encode(text);
    expect(performance.now() - start).toBeLessThan(800);
    expect(ids.length).toBeGreaterThan(text.length / 10);
  });
});

describe('Universal Sentence Encoder Lite', () => {
  it("gives the original's vectors in fp32 to 1e-5", async () => {
    const vectors = await embedGolden('fp32');
    const worst = golden.cases.map(({ embedding }, index) =>
      Math.max(...embedding.map((value, i) => Math.abs(value - (vectors[index]?.[i] ?? NaN)))),
    );
    expect(Math.max(...worst)).toBeLessThan(1e-5);
  });

  it('keeps a cosine of 0.999 to them in int8', async () => {
    const vectors = await embedGolden('int8');
    const cosines = golden.cases.map(({ embedding }, index) =>
      cosine(embedding, vectors[index] ?? new Float32Array()),
    );
    expect(Math.min(...cosines)).toBeGreaterThan(0.999);
  });
});

describe('weightsFingerprint', () => {
  it.each([
    ['version', 'package.json', '{"version":"1.0.1"}'],
    ['manifest', 'dist/model.json', '{"weightsManifest":[{"paths":["shard"],"weights":[1]}]}'],
    ['size of a shard', 'dist/shard', 'longer than before'],
  ])('is another one with another %s', async (_name, file, content) => {
    const folder = await mkdtemp(join(cacheDir, 'release-'));
    await mkdir(join(folder, 'dist'));
    await writeFile(join(folder, 'package.json'), '{"version":"1.0.0"}');
    await writeFile(join(folder, 'dist/model.json'), '{"weightsManifest":[{"paths":["shard"]}]}');
    await writeFile(join(folder, 'dist/shard'), 'weights');
    const before = await weightsFingerprint(join(folder, 'dist'));
    expect(await weightsFingerprint(join(folder, 'dist'))).toBe(before);
    await writeFile(join(folder, file), content);
    expect(await weightsFingerprint(join(folder, 'dist'))).not.toBe(before);
  });
});

describe('cachedUseLite', () => {
  it('builds once, also when two begin at the same time, and leaves no partial file', async () => {
    const directory = await mkdtemp(join(cacheDir, 'concurrent-'));
    const [one, two] = await Promise.all([
      cachedUseLite(directory, 'int8'),
      cachedUseLite(directory, 'int8'),
    ]);
    expect(one.path).toBe(two.path);
    expect(await readdir(directory)).toHaveLength(1);
    const before = await stat(one.path);
    const again = await cachedUseLite(directory, 'int8');
    expect((await stat(again.path)).mtimeMs).toBe(before.mtimeMs);
  });

  it('notices a corrupted file and builds it again', async () => {
    const { path, bytes } = await cachedUseLite(cacheDir, 'int8');
    const corrupted = Buffer.from(bytes);
    corrupted[corrupted.length >> 1] = (corrupted[corrupted.length >> 1] ?? 0) ^ 1;
    await writeFile(path, corrupted);
    const again = await cachedUseLite(cacheDir, 'int8');
    expect(again.path).toBe(path);
    expect(Buffer.compare(await readFile(path), Buffer.from(bytes))).toBe(0);
  });

  it('tells the precisions apart', async () => {
    const [int8, fp32] = [
      await cachedUseLite(cacheDir, 'int8'),
      await cachedUseLite(cacheDir, 'fp32'),
    ];
    expect(int8.path).not.toBe(fp32.path);
    expect(fp32.bytes.length).toBeGreaterThan(1.5 * int8.bytes.length);
  });
});

function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [dot, aa, bb] = [0, 0, 0];
  for (let index = 0; index < a.length; index += 1) {
    const [x, y] = [a[index] ?? 0, b[index] ?? 0];
    dot += x * y;
    aa += x * x;
    bb += y * y;
  }
  return dot / Math.sqrt(aa * bb);
}
