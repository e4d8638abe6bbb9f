import { describe, expect, it } from '@jest/globals';
import { plainMatrixKernel, seededRandom } from '@zerorouter/latent-space';
import { awayFolds, homeFolds } from './cross-fit.js';
import type { MergedOutcomes } from './merge-data-sets.js';
import { splitStems } from './merge-data-sets.js';

describe('homeFolds', () => {
  const stemGroup = Int32Array.from({ length: 400 }, (_, row) => row >> 1);
  const folds = homeFolds({ stemGroup } as MergedOutcomes, 4, seededRandom(2));

  it('keeps rows of one question together', () => {
    for (let row = 0; row < 400; row += 2) expect(folds[row]).toBe(folds[row + 1]);
  });

  it('deals evenly, and not in the order of the data', () => {
    for (const fold of [0, 1, 2, 3]) expect(folds.filter((f) => f === fold)).toHaveLength(100);
    const firstHalf = folds.slice(0, 200).filter((f) => f === 0).length;
    expect(firstHalf).toBeGreaterThan(20);
    expect(firstHalf).toBeLessThan(80);
  });
});

describe('awayFolds', () => {
  /** Benchmarks 2k and 2k + 1 point the same way: eight kinds of two benchmarks each. */
  const encodings = (kinds: number) => {
    const rows = kinds * 2 * 5;
    const benchmark = Int32Array.from({ length: rows }, (_, row) => Math.floor(row / 5));
    const mean = new Float32Array(rows * 8);
    benchmark.forEach((b, row) => {
      mean[row * 8 + (b >> 1)] = 1;
      mean[row * 8 + ((b + 3) % 8)]! += 0.02 * (row % 5);
    });
    const empty = new Float32Array(0);
    return {
      merged: { benchmark } as MergedOutcomes,
      encoded: { count: rows, embeddingWidth: 8, mean, last: empty, first: empty, features: empty },
    };
  };

  it('holds a benchmark out as a whole, and its like with it', async () => {
    const { merged, encoded } = encodings(8);
    const folds = await awayFolds(merged, encoded, 4, plainMatrixKernel);
    const ofBenchmark = new Map<number, number>();
    merged.benchmark.forEach((benchmark, row) => {
      expect(ofBenchmark.get(benchmark) ?? folds![row]).toBe(folds![row]);
      ofBenchmark.set(benchmark, folds![row]!);
    });
    for (let kind = 0; kind < 8; kind++)
      expect(ofBenchmark.get(2 * kind)).toBe(ofBenchmark.get(2 * kind + 1));
    expect(new Set(folds)).toEqual(new Set([0, 1, 2, 3]));
  });

  it('is null for too few benchmarks', async () => {
    const { merged, encoded } = encodings(3);
    expect(await awayFolds(merged, encoded, 4, plainMatrixKernel)).toBeNull();
  });
});

describe('splitStems', () => {
  const question = (options: string) =>
    `Which sentence has the right order of adjectives?\nA. ${options}`;
  const keysOf = (texts: string[], source = texts.map(() => 'one')) =>
    splitStems(
      texts,
      source,
      texts.map((text) => `hash of ${text}`),
    );

  it('keeps a question together that stands twice, or in two data sets', () => {
    const texts = [question('big red\nB. red big'), question('red big\nB. big red')];
    const [first, second] = keysOf(texts, ['one', 'two']);
    expect(first).toBe(second);
  });

  it('takes a stem with many texts for a template, and splits by text', () => {
    const texts = Array.from({ length: 6 }, (_, i) => question(`option ${i}`));
    expect(new Set(keysOf(texts)).size).toBe(6);
  });
});
