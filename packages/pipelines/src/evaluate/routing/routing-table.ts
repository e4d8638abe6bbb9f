import type { RealisedOutcomes } from '@zerorouter/latent-space';
import type { MethodForecasts } from '../baselines/baseline-set.js';
import type { Labels } from '../baselines/training-labels.js';
import type { ModelForecasts } from '../cells/seen-models.js';
import type { EvaluationData } from '../evaluation-data.js';

/** A complete table to route on: every model's score and cost on every query, and all forecasts. */
export interface RoutingTable {
  readonly models: readonly string[];
  readonly outcomes: RealisedOutcomes;
  /** Forecasts of correctness by method, queries × models. */
  readonly methods: MethodForecasts;
  /** Our predicted cost, and the mean known cost of each model that the baselines go by. */
  readonly costUsd: Float64Array;
  readonly meanCostUsd: Float64Array;
  /** Mean score of each model on its labels. */
  readonly trainingAccuracy: Float64Array;
  /** Places of the strongest and the cheapest model on the labels, never on the judged answers. */
  readonly strongest: number;
  readonly cheapest: number;
}

/**
 * A query counts when this share of the models with any known cost has one there, and a model is a
 * candidate when its cost is known on this share of those queries: lengths are often known for some
 * tasks and not for others.
 */
const QUERY_COVERAGE = 0.5;
const LEAST_COVERAGE = 0.9;

const FEWEST_QUERIES = 20;

/**
 * The candidates with known costs and the queries that all of them answered; null when fewer than two
 * candidates or twenty queries are left.
 *
 * @param labels per model, in the order of the forecasts: its training answers, or its anchors.
 */
export function routingTable(
  data: EvaluationData,
  forecasts: ModelForecasts,
  labels: readonly Labels[],
): RoutingTable | null {
  const { queries, subjects } = forecasts.judged;
  const costOf = (m: number, i: number): number => {
    const answers = data.answers[subjects[m]!]!;
    const at = answers.at.get(queries[i]!);
    return at === undefined ? NaN : answers.costUsd[at]!;
  };
  const known = subjects.map((_, m) => queries.map((_, i) => !Number.isNaN(costOf(m, i))));
  const priced = known.filter((own) => own.includes(true));
  const countable = queries
    .map((_, i) => i)
    .filter(
      (i) =>
        priced.length > 0 &&
        priced.filter((own) => own[i]).length >= QUERY_COVERAGE * priced.length,
    );
  const columns = subjects
    .map((_, m) => m)
    .filter(
      (m) =>
        countable.filter((i) => known[m]![i]).length >= LEAST_COVERAGE * countable.length &&
        countable.every((i) => !Number.isNaN(forecasts.costUsd[i * subjects.length + m]!)) &&
        labels[m]!.score.length > 0 &&
        !Number.isNaN(labels[m]!.meanCostUsd),
    );
  const rows = countable.filter((i) => columns.every((m) => known[m]![i]));
  if (columns.length < 2 || rows.length < FEWEST_QUERIES) return null;

  const pick = (value: (m: number, i: number) => number) =>
    Float64Array.from(rows.flatMap((i) => columns.map((m) => value(m, i))));
  const ofMatrix = (matrix: Float64Array) => pick((m, i) => matrix[i * subjects.length + m]!);
  const best = (value: (m: number) => number) =>
    columns.reduce((kept, m, c) => (value(m) > value(columns[kept]!) ? c : kept), 0);
  const meanScore = (m: number) =>
    labels[m]!.score.reduce((sum, score) => sum + score, 0) / labels[m]!.score.length;
  return {
    models: columns.map((m) => data.subjects[subjects[m]!]!.name),
    outcomes: {
      queries: rows.length,
      models: columns.length,
      score: pick((m, i) => {
        const answers = data.answers[subjects[m]!]!;
        return answers.score[answers.at.get(queries[i]!)!]!;
      }),
      costUsd: pick(costOf),
    },
    methods: new Map([...forecasts.methods].map(([method, matrix]) => [method, ofMatrix(matrix)])),
    costUsd: ofMatrix(forecasts.costUsd),
    meanCostUsd: Float64Array.from(columns, (m) => labels[m]!.meanCostUsd),
    trainingAccuracy: Float64Array.from(columns, meanScore),
    strongest: best(meanScore),
    cheapest: best((m) => -labels[m]!.meanCostUsd),
  };
}

/** The same candidates on other queries: what operating points are chosen on. */
export function sameModels(table: RoutingTable, other: RoutingTable): boolean {
  return table.models.join() === other.models.join();
}
