import type { MatrixKernel, Random } from '@zerorouter/latent-space';
import { averageLinkage, unitRows } from '@zerorouter/latent-space';
import type { EncodedQueries } from '../encode-queries.js';
import type { MergedOutcomes } from './merge-data-sets.js';

/**
 * Folds for predictions at home: questions are dealt at random, one that stands in several data sets
 * or twice in one as a whole, so that no held-out question was seen under another format.
 */
export function homeFolds(merged: MergedOutcomes, folds: number, random: Random): Int32Array {
  const groups = 1 + merged.stemGroup.reduce((max, group) => Math.max(max, group), -1);
  const place = random.permutation(groups);
  return merged.stemGroup.map((group) => place[group]! % folds);
}

/** Fewer kinds of benchmark than this say nothing of what a new kind is like. */
const FEWEST_KINDS = 4;
const MOST_KINDS = 12;

/**
 * Folds for predictions away from home: whole kinds of benchmark are held out. Benchmarks whose mean
 * embeddings lie together are one kind, in whatever data set they stand; kinds are dealt by size.
 * Null when there are too few benchmarks to tell.
 */
export async function awayFolds(
  merged: MergedOutcomes,
  encoded: EncodedQueries,
  folds: number,
  kernel: MatrixKernel,
): Promise<Int32Array | null> {
  const width = encoded.embeddingWidth;
  const benchmarks = 1 + merged.benchmark.reduce((max, b) => Math.max(max, b), -1);
  const kinds = Math.min(MOST_KINDS, Math.floor(benchmarks / 2));
  if (kinds < FEWEST_KINDS) return null;
  const sums = new Float32Array(benchmarks * width);
  merged.benchmark.forEach((benchmark, row) => {
    for (let j = 0; j < width; j++) sums[benchmark * width + j]! += encoded.mean[row * width + j]!;
  });
  const means = unitRows(sums, width);
  const shape = { m: benchmarks, k: width, n: benchmarks };
  const kindOf = averageLinkage(await kernel.multiply(means, means, shape, 'right'), kinds);

  const size = new Map<number, number>();
  merged.benchmark.forEach((benchmark) => {
    const kind = kindOf[benchmark]!;
    size.set(kind, (size.get(kind) ?? 0) + 1);
  });
  const load = new Array<number>(folds).fill(0);
  const foldOf = new Map<number, number>();
  for (const [kind, rows] of [...size].sort((a, b) => b[1] - a[1] || a[0] - b[0])) {
    const lightest = load.indexOf(Math.min(...load));
    foldOf.set(kind, lightest);
    load[lightest]! += rows;
  }
  return merged.benchmark.map((benchmark) => foldOf.get(kindOf[benchmark]!)!);
}
