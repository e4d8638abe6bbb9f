import { readFileSync } from 'node:fs';
import { matchesGlob } from '@zerorouter/contracts';
import { z } from 'zod';
import { BadInputError } from '@zerorouter/data-set';
import type { EvaluationData } from '../evaluation-data.js';

/** Queries that are out of domain together: a data set, or a family of tasks inside one. */
export interface BenchmarkGroup {
  readonly name: string;
  /** Query numbers. */
  readonly queries: Int32Array;
  /** `<data set>/<benchmark>` of what it holds. */
  readonly benchmarks: readonly string[];
}

/** Neither side of a cut has fewer queries than this, or a smaller share. */
const FEWEST_QUERIES = 100;
const LEAST_SHARE = 0.25;

/**
 * One group per data set; then the largest group that can be cut is cut in two, until there are
 * `most`. A cut keeps benchmarks whole and similar tasks together: the benchmarks' mean embeddings
 * are put in the order of their main axis, and the cut is at the widest gap that leaves either side
 * enough queries.
 *
 * @param embeddings of all queries, rows of `width`.
 */
export function defaultGroups(
  data: EvaluationData,
  embeddings: Float32Array,
  width: number,
  most: number,
): BenchmarkGroup[] {
  let parts = data.dataSets.map((_, source) => benchmarksOf(data, source, embeddings, width));
  const settled: Benchmark[][] = [];
  while (settled.length + parts.length < most) {
    parts.sort((a, b) => sizeOf(b) - sizeOf(a));
    const [largest, ...others] = parts;
    if (largest === undefined) break;
    const cut = cutInTwo(largest, width);
    if (cut === null) {
      settled.push(largest);
      parts = others;
    } else parts = [...others, ...cut];
  }
  return [...settled, ...parts]
    .map((benchmarks) => groupOf(data, benchmarks))
    .sort((a, b) => a.queries[0]! - b.queries[0]!);
}

const groupsFileSchema = z.record(z.string().min(1), z.array(z.string().min(1)).min(1));

/**
 * Groups named by a file: `{name: [glob over "<data set>/<benchmark>", …]}`.
 * @throws BadInputError when it cannot be read, or a group holds no query.
 */
export function groupsFromFile(path: string, data: EvaluationData): BenchmarkGroup[] {
  let globs: z.infer<typeof groupsFileSchema>;
  try {
    globs = groupsFileSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new BadInputError(
      path,
      null,
      `is no groups file, {"name": ["<data set>/<benchmark>", …]}: ${(error as Error).message.split('\n')[0]!}`,
      error,
    );
  }
  return Object.entries(globs).map(([name, patterns]) => {
    const matching = data.queries.flatMap((query, q) =>
      patterns.some((pattern) => matchesGlob(pattern, benchmarkName(data, q))) ? [q] : [],
    );
    if (matching.length === 0)
      throw new BadInputError(
        path,
        null,
        `group "${name}" holds no query; a benchmark is named like "${benchmarkName(data, 0)}"`,
      );
    return {
      name,
      queries: Int32Array.from(matching),
      benchmarks: [...new Set(matching.map((q) => benchmarkName(data, q)))],
    };
  });
}

/**
 * Queries that must not be learnt from while a group is left out: the group itself, the same
 * questions elsewhere, and the same benchmark in another data set, where one name goes on from the
 * other ("MATH-L5" and "math", "ARC-Challenge" and "arc_challenge").
 */
export function excludedWith(group: BenchmarkGroup, data: EvaluationData): Uint8Array {
  const stems = new Set(Array.from(group.queries, (q) => data.queries[q]!.stem));
  const names = new Map<string, Set<number>>();
  for (const q of group.queries) {
    const { benchmark, source } = data.queries[q]!;
    names.set(benchmark, (names.get(benchmark) ?? new Set()).add(source));
  }
  const twin = new Map<string, boolean>();
  const isTwin = (benchmark: string, source: number): boolean => {
    const key = `${source} ${benchmark}`;
    let known = twin.get(key);
    if (known === undefined) {
      known = [...names].some(
        ([name, sources]) => !sources.has(source) && sameBenchmark(name, benchmark),
      );
      twin.set(key, known);
    }
    return known;
  };
  const inside = new Set(group.queries);
  return Uint8Array.from(data.queries, ({ stem, benchmark, source }, q) =>
    inside.has(q) || stems.has(stem) || isTwin(benchmark, source) ? 1 : 0,
  );
}

/** Whether the words of one name begin the other; a blank name is like no other. */
export function sameBenchmark(a: string, b: string): boolean {
  const [short, long] = [words(a), words(b)].sort((x, y) => x.length - y.length) as [
    string[],
    string[],
  ];
  return short.length > 0 && short.every((word, i) => word === long[i]);
}

function words(name: string): string[] {
  return name.toLowerCase().match(/[a-z0-9]+/g) ?? [];
}

interface Benchmark {
  readonly source: number;
  readonly name: string;
  readonly queries: number[];
  readonly center: Float64Array;
}

function benchmarksOf(
  data: EvaluationData,
  source: number,
  embeddings: Float32Array,
  width: number,
): Benchmark[] {
  const byName = new Map<string, number[]>();
  data.queries.forEach((query, q) => {
    if (query.source !== source) return;
    const own = byName.get(query.benchmark);
    if (own === undefined) byName.set(query.benchmark, [q]);
    else own.push(q);
  });
  return [...byName].map(([name, queries]) => {
    const center = new Float64Array(width);
    for (const q of queries)
      for (let j = 0; j < width; j++) center[j]! += embeddings[q * width + j]! / queries.length;
    return { source, name, queries, center };
  });
}

function cutInTwo(
  benchmarks: readonly Benchmark[],
  width: number,
): [Benchmark[], Benchmark[]] | null {
  const axis = mainAxis(benchmarks, width);
  const ordered = benchmarks
    .map((benchmark) => ({ benchmark, at: projection(benchmark.center, axis) }))
    .sort((a, b) => a.at - b.at);
  const total = sizeOf(benchmarks);
  const least = Math.max(FEWEST_QUERIES, LEAST_SHARE * total);
  let best = -1;
  let widest = -Infinity;
  let before = 0;
  for (let i = 1; i < ordered.length; i++) {
    before += ordered[i - 1]!.benchmark.queries.length;
    const gap = ordered[i]!.at - ordered[i - 1]!.at;
    if (before < least || total - before < least || gap <= widest) continue;
    widest = gap;
    best = i;
  }
  if (best < 0) return null;
  const names = ordered.map(({ benchmark }) => benchmark);
  return [names.slice(0, best), names.slice(best)];
}

/** First principal axis of the centers, weighted by queries, by power iteration. */
function mainAxis(benchmarks: readonly Benchmark[], width: number): Float64Array {
  const total = sizeOf(benchmarks);
  const mean = new Float64Array(width);
  for (const { center, queries } of benchmarks)
    for (let j = 0; j < width; j++) mean[j]! += (center[j]! * queries.length) / total;
  const centred = benchmarks.map(({ center, queries }) => ({
    weight: queries.length / total,
    vector: center.map((value, j) => value - mean[j]!),
  }));
  let axis: Float64Array = Float64Array.from(centred[0]!.vector);
  for (let iteration = 0; iteration < 50; iteration++) {
    const next = new Float64Array(width);
    for (const { weight, vector } of centred) {
      const along = weight * projection(vector, axis);
      for (let j = 0; j < width; j++) next[j]! += along * vector[j]!;
    }
    const norm = Math.sqrt(projection(next, next)) || 1;
    axis = next.map((value) => value / norm);
  }
  return axis;
}

function projection(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j]! * b[j]!;
  return sum;
}

function sizeOf(benchmarks: readonly Benchmark[]): number {
  return benchmarks.reduce((sum, { queries }) => sum + queries.length, 0);
}

/** Named after its data set, and where that was cut, after its largest benchmarks. */
function groupOf(data: EvaluationData, benchmarks: readonly Benchmark[]): BenchmarkGroup {
  const { source } = benchmarks[0]!;
  const dataSet = data.dataSets[source]!.name;
  const queries = benchmarks.flatMap((benchmark) => benchmark.queries).sort((a, b) => a - b);
  const whole = queries.length === data.dataSets[source]!.queries.length;
  const bySize = [...benchmarks].sort(
    (a, b) => b.queries.length - a.queries.length || (a.name < b.name ? -1 : 1),
  );
  const named = bySize.slice(0, 2).map(({ name }) => name.split('/').at(-1)!);
  const more = bySize.length > 2 ? ` + ${bySize.length - 2} more` : '';
  return {
    name: whole ? dataSet : `${dataSet}: ${named.join(', ')}${more}`,
    queries: Int32Array.from(queries),
    benchmarks: benchmarks.map(({ name }) => `${dataSet}/${name}`),
  };
}

function benchmarkName(data: EvaluationData, q: number): string {
  const { source, benchmark } = data.queries[q]!;
  return `${data.dataSets[source]!.name}/${benchmark}`;
}
