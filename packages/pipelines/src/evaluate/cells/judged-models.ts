import type { JudgedCells } from '@zerorouter/latent-space';
import type { EvaluationData } from '../evaluation-data.js';

/** Which answers a row judges, and where each lies in a matrix of queries × models. */
export interface JudgedModels {
  readonly queries: readonly number[];
  readonly subjects: readonly number[];
  readonly cells: JudgedCells;
  readonly place: Int32Array;
}

/** The scored answers of some subjects to some queries. */
export function judgeModels(
  data: EvaluationData,
  queries: readonly number[],
  subjects: readonly number[],
): JudgedModels {
  const query: number[] = [];
  const model: number[] = [];
  const score: number[] = [];
  const place: number[] = [];
  subjects.forEach((s, m) => {
    const answers = data.answers[s]!;
    queries.forEach((q, i) => {
      const at = answers.at.get(q);
      if (at === undefined) return;
      query.push(i);
      model.push(m);
      score.push(answers.score[at]!);
      place.push(i * subjects.length + m);
    });
  });
  const benchmarks = new Map<string, number>();
  const benchmark = Int32Array.from(queries, (q) => {
    const name = data.queries[q]!.benchmark;
    if (!benchmarks.has(name)) benchmarks.set(name, benchmarks.size);
    return benchmarks.get(name)!;
  });
  return {
    queries,
    subjects,
    place: Int32Array.from(place),
    cells: {
      queries: queries.length,
      models: subjects.length,
      query: Int32Array.from(query),
      model: Int32Array.from(model),
      score: Float64Array.from(score),
      benchmark,
    },
  };
}

/** A matrix's values at the judged answers. */
export function atCells({ place }: JudgedModels, matrix: Float64Array): Float64Array {
  return Float64Array.from(place, (at) => matrix[at]!);
}
