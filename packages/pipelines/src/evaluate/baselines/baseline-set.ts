import type { Neighbours } from '@zerorouter/latent-space';
import {
  clusterAccuracies,
  fitLogisticHeads,
  fitOffset,
  neighbourMeans,
  predictLogisticHeads,
  shrunkMean,
  sigmoid,
} from '@zerorouter/latent-space';
import type { RunContext } from '../run/run-context.js';
import { CLUSTER_COUNTS, clusterQueries } from './cluster-map.js';
import { nearQueries } from './near-queries.js';
import { NEIGHBOUR_COUNTS, QueryEasiness } from './query-easiness.js';
import type { SourceHeads } from './source-heads.js';
import { fitSourceHeads } from './source-heads.js';
import type { Labels } from './training-labels.js';
import { gather, labelsOf } from './training-labels.js';

/** Forecasts of each method, queries × models, strictly inside (0, 1). */
export type MethodForecasts = Map<string, Float64Array>;

/** Pseudo-answers at the model's mean in a neighbourhood or cluster, and at the population's in it. */
const LOCAL_STRENGTH = 5;
const MEAN_STRENGTH = 2;

const FLOOR = 0.001;

/**
 * The simple methods, with the same labels and the same encoder as ours: learnt from the training
 * queries of the seen subjects, or, for a newcomer, from its anchors.
 */
export class BaselineSet {
  readonly #heads = new Map<number, SourceHeads | null>();

  private constructor(
    private readonly context: RunContext,
    private readonly training: Uint8Array,
    private readonly seen: Uint8Array,
    private readonly clusters: ReadonlyMap<number, Int32Array>,
    private readonly easiness: QueryEasiness | null,
  ) {}

  static async learn(
    context: RunContext,
    training: Uint8Array,
    seen: Uint8Array,
  ): Promise<BaselineSet> {
    return new BaselineSet(
      context,
      training,
      seen,
      await clusterQueries(context, training),
      await QueryEasiness.learn(context, training, seen),
    );
  }

  /** Training labels of some seen subjects, as one. */
  labels(subjects: readonly number[]): Labels {
    return labelsOf(this.context, subjects, (q) => this.training[q] === 1);
  }

  /** @param models per judged model the seen subjects whose labels stand for it, one at least. */
  async forecastSeen(
    queries: readonly number[],
    models: readonly (readonly number[])[],
  ): Promise<MethodForecasts> {
    const easiness = await this.easiness?.of(queries);
    const near = new Map<string, Neighbours>();
    const columns: Map<string, Float64Array>[] = [];
    for (const subjects of models) {
      const labels = this.labels(subjects);
      const key = labels.query.join();
      let neighbours = near.get(key);
      if (neighbours === undefined) {
        neighbours = await nearQueries(this.context, queries, labels.query, MOST_NEIGHBOURS);
        near.set(key, neighbours);
      }
      const center = shrunkMean(labels.score, 0.5, 1);
      const column = this.#local(queries, labels, center, neighbours);
      column.set('logistic-head', await this.#headForecasts(queries, subjects, center));
      for (const [k, levels] of easiness ?? []) {
        const { slope, offset } = this.easiness!.models.get(k)!;
        const mean = subjects.reduce((sum, s) => sum + offset[s]!, 0) / subjects.length;
        column.set(
          `shared-difficulty-${k}`,
          levels.map((level) => sigmoid(slope * level + mean)),
        );
      }
      columns.push(column);
    }
    return intoMatrices(queries.length, columns);
  }

  /**
   * @param anchors what each newcomer was asked, and how it did.
   * @param population mean score of a model of which nothing is known.
   */
  async forecastNewcomers(
    queries: readonly number[],
    anchors: readonly Pick<Labels, 'query' | 'score'>[],
    population: number,
  ): Promise<MethodForecasts> {
    const easiness = await this.easiness?.of(queries);
    const columns: Map<string, Float64Array>[] = [];
    for (const labels of anchors) {
      const center = shrunkMean(labels.score, population, MEAN_STRENGTH);
      const neighbours =
        labels.query.length === 0
          ? null
          : await nearQueries(this.context, queries, labels.query, MOST_NEIGHBOURS);
      const column = this.#local(queries, labels, center, neighbours);
      column.set('logistic-head', await this.#anchorHead(queries, labels, center));
      const asked = await this.easiness?.of(labels.query);
      for (const [k, levels] of easiness ?? []) {
        const { slope, prior } = this.easiness!.models.get(k)!;
        const offset = fitOffset(asked!.get(k)!, labels.score, slope, prior);
        column.set(
          `shared-difficulty-${k}`,
          levels.map((level) => sigmoid(slope * level + offset)),
        );
      }
      columns.push(column);
    }
    return intoMatrices(queries.length, columns);
  }

  /** UniRoute as its paper onboards: by many labels. */
  uniRoute(
    queries: readonly number[],
    labels: readonly Pick<Labels, 'query' | 'score'>[],
    population: number,
    suffix: string,
  ): MethodForecasts {
    const columns = labels.map((own) => {
      const center = shrunkMean(own.score, population, MEAN_STRENGTH);
      const column = this.#clusterForecasts(queries, own, center);
      return new Map([...column].map(([method, values]) => [`${method}${suffix}`, values]));
    });
    return intoMatrices(queries.length, columns);
  }

  /** Mean over a data set's seen subjects of their training mean; over all, where it has none. */
  populationMean(source: number): number {
    const { data } = this.context;
    const seen = data.subjects.flatMap((_, s) => (this.seen[s] === 1 ? [s] : []));
    const own = seen.filter((s) => data.subjects[s]!.source === source);
    const means = (own.length > 0 ? own : seen).flatMap((s) => {
      const { score } = this.labels([s]);
      return score.length === 0 ? [] : [shrunkMean(score, 0.5, 1)];
    });
    return means.length === 0 ? 0.5 : means.reduce((sum, mean) => sum + mean, 0) / means.length;
  }

  /** Model mean, kNN and clusters from a model's own labels. */
  #local(
    queries: readonly number[],
    labels: Pick<Labels, 'query' | 'score'>,
    center: number,
    neighbours: Neighbours | null,
  ): Map<string, Float64Array> {
    const column = this.#clusterForecasts(queries, labels, center);
    const flat = new Float64Array(queries.length).fill(center);
    column.set('model-mean', flat);
    for (const k of NEIGHBOUR_COUNTS)
      column.set(
        `knn-${k}`,
        neighbours === null
          ? flat
          : neighbourMeans(neighbours, k, labels.score, center, LOCAL_STRENGTH),
      );
    return column;
  }

  #clusterForecasts(
    queries: readonly number[],
    labels: Pick<Labels, 'query' | 'score'>,
    center: number,
  ): Map<string, Float64Array> {
    return new Map(
      CLUSTER_COUNTS.map((count) => {
        const cluster = this.clusters.get(count)!;
        const accuracy = clusterAccuracies(
          Int32Array.from(labels.query, (q) => cluster[q]!),
          labels.score,
          count,
          center,
          LOCAL_STRENGTH,
        );
        return [`uniroute-${count}`, Float64Array.from(queries, (q) => accuracy[cluster[q]!]!)];
      }),
    );
  }

  async #headForecasts(
    queries: readonly number[],
    subjects: readonly number[],
    center: number,
  ): Promise<Float64Array> {
    const sum = new Float64Array(queries.length);
    let used = 0;
    for (const s of subjects) {
      const { source } = this.context.data.subjects[s]!;
      const heads = await this.#sourceHeads(source);
      const column = heads?.column.get(s);
      if (heads === null || column === undefined) continue;
      const all = await predictLogisticHeads(
        heads.heads,
        gather(this.context, queries),
        this.context.kernel,
      );
      for (let i = 0; i < queries.length; i++) sum[i]! += all[i * heads.column.size + column]!;
      used++;
    }
    return used === 0 ? sum.fill(center) : sum.map((total) => total / used);
  }

  async #anchorHead(
    queries: readonly number[],
    labels: Pick<Labels, 'query' | 'score'>,
    center: number,
  ): Promise<Float64Array> {
    const rows = labels.query.length;
    if (rows === 0) return new Float64Array(queries.length).fill(center);
    const { kernel, width } = this.context;
    const heads = await fitLogisticHeads(
      gather(this.context, labels.query),
      width,
      {
        rows,
        models: 1,
        row: Int32Array.from(labels.query, (_, i) => i),
        model: new Int32Array(rows),
        score: labels.score,
      },
      ANCHOR_HEAD_PRECISION,
      kernel,
      Math.log(center / (1 - center)),
    );
    return predictLogisticHeads(heads, gather(this.context, queries), kernel);
  }

  async #sourceHeads(source: number): Promise<SourceHeads | null> {
    let heads = this.#heads.get(source);
    if (heads === undefined) {
      heads = await fitSourceHeads(this.context, source, this.training, this.seen);
      this.#heads.set(source, heads);
    }
    return heads;
  }
}

const MOST_NEIGHBOURS = Math.max(...NEIGHBOUR_COUNTS);

/** Of the weights of a head that has seen anchors only: the middle of what larger fits choose from. */
const ANCHOR_HEAD_PRECISION = 4;

/** Columns of single models → one matrix a method, kept off 0 and 1. */
function intoMatrices(
  queries: number,
  columns: readonly Map<string, Float64Array>[],
): MethodForecasts {
  const methods: MethodForecasts = new Map();
  columns.forEach((column, m) => {
    for (const [method, values] of column) {
      let matrix = methods.get(method);
      if (matrix === undefined)
        methods.set(method, (matrix = new Float64Array(queries * columns.length)));
      for (let q = 0; q < queries; q++)
        matrix[q * columns.length + m] = Math.min(1 - FLOOR, Math.max(FLOOR, values[q]!));
    }
  });
  return methods;
}
