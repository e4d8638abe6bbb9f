import type { OffsetModel } from '@zerorouter/latent-space';
import { fitOffsetModel, neighbourMeans } from '@zerorouter/latent-space';
import type { RunContext } from '../run/run-context.js';
import { nearQueries } from './near-queries.js';
import { sampleQueries } from './training-labels.js';

export const NEIGHBOUR_COUNTS = [20, 50, 100] as const;

/** Training queries that slope and offsets are fitted on. */
const FITTED_QUERIES = 3000;

/** Pseudo-answers at ½ in a query's mean score. */
const SMOOTHING = 1;

/**
 * The shared difficulty: how easy a query is for the seen models, as the logit of the mean over its k
 * nearest training queries of their mean scores; and how much of it each model shows.
 */
export class QueryEasiness {
  /** Per query number one level a neighbour count: a query is looked up once. */
  readonly #known = new Map<number, number[]>();

  private constructor(
    private readonly context: RunContext,
    private readonly labelled: Int32Array,
    private readonly meanScore: Float64Array,
    /** Per neighbour count: slope and offsets over all seen subjects, by subject number. */
    readonly models: ReadonlyMap<number, OffsetModel>,
  ) {}

  /** Null when the seen subjects answered too few training queries to have neighbours. */
  static async learn(
    context: RunContext,
    training: Uint8Array,
    seen: Uint8Array,
  ): Promise<QueryEasiness | null> {
    const { data } = context;
    const sum = new Float64Array(data.queries.length).fill(SMOOTHING / 2);
    const count = new Float64Array(data.queries.length).fill(SMOOTHING);
    data.answers.forEach(({ query, score }, s) => {
      if (seen[s] !== 1) return;
      query.forEach((q, i) => {
        sum[q]! += score[i]!;
        count[q]!++;
      });
    });
    const labelled = Int32Array.from(
      data.queries.flatMap((_, q) => (training[q] === 1 && count[q]! > SMOOTHING ? [q] : [])),
    );
    if (labelled.length <= Math.max(...NEIGHBOUR_COUNTS)) return null;
    const meanScore = Float64Array.from(labelled, (q) => sum[q]! / count[q]!);
    const easiness = new QueryEasiness(context, labelled, meanScore, new Map());
    const fitted = sampleQueries(labelled, FITTED_QUERIES, context.seed);
    const levels = await easiness.of(fitted);
    const models = new Map<number, OffsetModel>();
    for (const k of NEIGHBOUR_COUNTS) {
      const level = levels.get(k)!;
      const cells = { easiness: [] as number[], model: [] as number[], score: [] as number[] };
      data.answers.forEach(({ at, score }, s) => {
        if (seen[s] !== 1) return;
        fitted.forEach((q, i) => {
          const place = at.get(q);
          if (place === undefined) return;
          cells.easiness.push(level[i]!);
          cells.model.push(s);
          cells.score.push(score[place]!);
        });
      });
      models.set(k, fitOffsetModel({ ...cells, models: data.subjects.length }));
    }
    return new QueryEasiness(context, labelled, meanScore, models);
  }

  /** Easiness of any queries, per neighbour count. */
  async of(queries: ArrayLike<number>): Promise<Map<number, Float64Array>> {
    const wanted = Array.from(queries);
    const missing = [...new Set(wanted)].filter((q) => !this.#known.has(q));
    if (missing.length > 0) {
      const most = Math.max(...NEIGHBOUR_COUNTS);
      const near = await nearQueries(this.context, missing, this.labelled, most);
      const levels = NEIGHBOUR_COUNTS.map((k) =>
        neighbourMeans(near, k, this.meanScore, 0, 0).map(clampedLogit),
      );
      missing.forEach((q, i) =>
        this.#known.set(
          q,
          levels.map((level) => level[i]!),
        ),
      );
    }
    return new Map(
      NEIGHBOUR_COUNTS.map((k, j) => [
        k,
        Float64Array.from(wanted, (q) => this.#known.get(q)![j]!),
      ]),
    );
  }
}

function clampedLogit(p: number): number {
  const kept = Math.min(0.99, Math.max(0.01, p));
  return Math.log(kept / (1 - kept));
}
