import type { DataSet } from '@zerorouter/data-set';
import { questionStem } from '@zerorouter/data-set';
import { ANSWER_CHARACTERS_PER_TOKEN, estimateInputTokens } from '@zerorouter/latent-space';
import { modelIdentity } from '../calibrate/merge-data-sets.js';
import { modelFamily } from './plan/model-family.js';

export interface EvaluationQuery {
  /** Number of the data set. */
  readonly source: number;
  readonly id: string;
  readonly benchmark: string;
  readonly text: string;
  readonly stem: string;
}

/** One model under one data set's harness. */
export interface EvaluationSubject {
  readonly source: number;
  readonly model: string;
  /** `<data set>/<model>`, as the space names it. */
  readonly name: string;
  /** The same for one model under several harnesses. */
  readonly identity: string;
  readonly family: string;
}

/** All data sets side by side; queries and subjects are numbered through. */
export interface EvaluationData {
  readonly dataSets: readonly DataSet[];
  readonly queries: readonly EvaluationQuery[];
  readonly subjects: readonly EvaluationSubject[];
  /** Scored answers of each subject, in the order of the file. */
  readonly answers: readonly SubjectAnswers[];
  /** How each data set's costs are known. */
  readonly costBasis: readonly CostBasis[];
}

/** `recorded` in the outcomes, or `derived` from list prices and the length of the answers. */
export type CostBasis = 'recorded' | 'derived' | 'none';

export interface SubjectAnswers {
  readonly query: Int32Array;
  readonly score: Float64Array;
  /** USD of the call; NaN where unknown. */
  readonly costUsd: Float64Array;
  /** Place of each answer by its query's number. */
  readonly at: ReadonlyMap<number, number>;
}

export function evaluationData(dataSets: readonly DataSet[]): EvaluationData {
  const queries: EvaluationQuery[] = [];
  const subjects: EvaluationSubject[] = [];
  const answers: SubjectAnswers[] = [];
  const costBasis: CostBasis[] = [];
  dataSets.forEach((dataSet, source) => {
    const firstQuery = queries.length;
    const { name, outcomes } = dataSet;
    for (const { id, benchmark, text } of dataSet.queries)
      queries.push({ source, id, benchmark, text, stem: questionStem(text) });
    const costs = callCosts(dataSet);
    costBasis.push(costs.basis);
    const own: number[][] = outcomes.models.map(() => []);
    outcomes.model.forEach((model, cell) => {
      if (!Number.isNaN(outcomes.score[cell]!)) own[model]!.push(cell);
    });
    outcomes.models.forEach((model, m) => {
      const identity = modelIdentity(`${name}/${model}`);
      subjects.push({
        source,
        model,
        name: `${name}/${model}`,
        identity,
        family: modelFamily(identity),
      });
      const query = Int32Array.from(own[m]!, (cell) => firstQuery + outcomes.query[cell]!);
      answers.push({
        query,
        score: Float64Array.from(own[m]!, (cell) => outcomes.score[cell]!),
        costUsd: Float64Array.from(own[m]!, (cell) => costs.usd[cell]!),
        at: new Map(Array.from(query, (q, place) => [q, place])),
      });
    });
  });
  return { dataSets, queries, subjects, answers, costBasis };
}

/**
 * What each call cost: recorded, or list price × tokens, with lengths in characters converted and
 * inputs estimated where they are not counted. A data set with any recorded cost uses those alone.
 */
function callCosts({ queries, outcomes, modelInfo }: DataSet): {
  usd: Float64Array;
  basis: CostBasis;
} {
  if (outcomes.costUsd.some((cost) => !Number.isNaN(cost)))
    return { usd: outcomes.costUsd, basis: 'recorded' };
  const inputTokens = queries.map(({ text }) => estimateInputTokens(text));
  const usd = outcomes.score.map((_, cell) => {
    const info = modelInfo.get(outcomes.models[outcomes.model[cell]!]!);
    const { input_price_per_mtok: input, output_price_per_mtok: output } = info ?? {};
    if (input === undefined || output === undefined) return NaN;
    const read = outcomes.inputTokens[cell]!;
    const written = outcomes.outputTokens[cell]!;
    const tokens = Number.isNaN(written)
      ? outcomes.outputChars[cell]! / ANSWER_CHARACTERS_PER_TOKEN
      : written;
    return (
      ((Number.isNaN(read) ? inputTokens[outcomes.query[cell]!]! : read) * input +
        tokens * output) /
      1e6
    );
  });
  return { usd, basis: usd.some((cost) => !Number.isNaN(cost)) ? 'derived' : 'none' };
}
