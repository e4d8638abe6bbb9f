import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@zerorouter/latent-space';
import { OURS } from '../baselines/methods.js';
import { aiqDifference } from './bootstrap-aiq.js';
import { costFigures } from './cost-figures.js';
import { beliefsOf, routeTable } from './route-table.js';
import type { RoutingTable } from './routing-table.js';
import { routingTable } from './routing-table.js';
import { judgeModels } from '../cells/judged-models.js';
import type { EvaluationData, SubjectAnswers } from '../evaluation-data.js';

/**
 * Four queries, a dear model that solves three of them and a cheap one that solves the first and the
 * last. Ours knows; "model-mean" only knows the means.
 */
const table: RoutingTable = {
  models: ['dear', 'cheap'],
  outcomes: {
    queries: 4,
    models: 2,
    score: Float64Array.from([1, 1, 1, 0, 1, 0, 0, 1]),
    costUsd: Float64Array.from([4, 1, 4, 1, 4, 1, 4, 1]),
  },
  methods: new Map([
    [OURS, Float64Array.from([0.9, 0.8, 0.9, 0.1, 0.9, 0.1, 0.1, 0.9])],
    ['model-mean', Float64Array.from([0.75, 0.5, 0.75, 0.5, 0.75, 0.5, 0.75, 0.5])],
  ]),
  costUsd: Float64Array.from([4, 1, 4, 1, 4, 1, 4, 1]),
  meanCostUsd: Float64Array.from([4, 1]),
  trainingAccuracy: Float64Array.from([0.75, 0.5]),
  strongest: 0,
  cheapest: 1,
};

describe('routingTable', () => {
  /** Costs by query; null = unknown. Everybody answers everything. */
  const answers = (costs: (number | null)[]): SubjectAnswers => {
    const query = Int32Array.from(costs, (_, q) => q);
    return {
      query,
      score: Float64Array.from(costs, (_, q) => q % 2),
      costUsd: Float64Array.from(costs, (cost) => cost ?? NaN),
      at: new Map(Array.from(query, (q) => [q, q])),
    };
  };
  const every = (cost: number | null) => new Array<number | null>(60).fill(cost);
  // Lengths are known for the first forty queries; "c" lacks more of them, "d" has no price.
  const data = {
    queries: every(0).map((_, q) => ({ benchmark: q < 40 ? 'known' : 'unknown' })),
    subjects: ['a', 'b', 'c', 'd'].map((name) => ({ name })),
    answers: [
      answers([...every(2).slice(0, 40), ...every(null).slice(40)]),
      answers([null, ...every(1).slice(1, 40), ...every(null).slice(40)]),
      answers([...every(null).slice(0, 20), ...every(9).slice(20, 40), ...every(null).slice(40)]),
      answers(every(null)),
    ],
  } as unknown as EvaluationData;
  const queries = every(0).map((_, q) => q);
  const labels = [0.7, 0.4, 0.9, 0.5].map((score, m) => ({
    query: Int32Array.of(0),
    score: Float64Array.of(score),
    meanCostUsd: [2, 1, 9, NaN][m]!,
  }));

  it('keeps the candidates and the queries whose costs are known', () => {
    const forecasts = {
      judged: judgeModels(data, queries, [0, 1, 2, 3]),
      methods: new Map([[OURS, Float64Array.from({ length: 240 }, (_, at) => (at % 4) / 10)]]),
      costUsd: new Float64Array(240).fill(1),
    };
    const kept = routingTable(data, forecasts, labels)!;
    expect(kept.models).toEqual(['a', 'b']);
    // Query 0 has no cost for "b".
    expect(kept.outcomes.queries).toBe(39);
    expect(Array.from(kept.outcomes.costUsd.subarray(0, 4))).toEqual([2, 1, 2, 1]);
    expect(Array.from(kept.methods.get(OURS)!.subarray(0, 2))).toEqual([0, 0.1]);
    expect(Array.from(kept.trainingAccuracy)).toEqual([0.7, 0.4]);
    expect([kept.strongest, kept.cheapest]).toEqual([0, 1]);
    const blind = { ...forecasts, costUsd: new Float64Array(240).fill(NaN) };
    expect(routingTable(data, blind, labels)).toBeNull();
  });
});

describe('routeTable', () => {
  const figures = routeTable(table, table);
  const of = (router: string) => figures.routers.find((own) => own.router === router)!;

  it('knows the single models, chance and the oracle', () => {
    expect(figures.bestSingle).toEqual({ costUsd: 4, accuracy: 0.75 });
    expect(figures.cheapest).toEqual({ costUsd: 1, accuracy: 0.5 });
    expect(figures.random).toEqual({ costUsd: 2.5, accuracy: 0.625 });
    // The oracle asks the cheap model for the first and the last query.
    expect([figures.oracle.accuracy, figures.oracle.costUsd]).toEqual([1, 2.5]);
    expect(figures.costRange).toEqual([1, 4]);
    // From (1, ½) straight to (4, ¾).
    expect(figures.singlesAiq).toBeCloseTo(0.625, 12);
  });

  it('routes what it believes', () => {
    const ours = of(OURS);
    // Accuracy alone: dear, dear, dear, cheap.
    expect(ours.curve[0]).toMatchObject({ accuracy: 1, costUsd: 3.25, shareStrongest: 0.75 });
    expect(ours.gapToOracle).toBe(0);
    // Some trade-off gives the first query to the cheap model: the hull's end is (2.5, 1).
    expect(ours.hull).toEqual([
      { costUsd: 1, accuracy: 0.5 },
      { costUsd: 2.5, accuracy: 1 },
    ]);
    // (1 → 2.5: mean ¾)·1.5 + 1·1.5, over 3.
    expect(ours.aiq).toBeCloseTo((0.75 * 1.5 + 1.5) / 3, 12);
    expect(ours.accuracyAtMatchedCost).toBe(1);
    // ¾ lies half-way: cost 1.75.
    expect(ours.costAtMatchedAccuracy).toBeCloseTo(1.75, 12);
    expect(ours.qualityNeutralCost).toBeCloseTo(1.75 / 4, 12);
    expect(of('model-mean')).toMatchObject({ shareStrongest: 1, gapToOracle: 0.25 });
  });

  it('chooses operating points on training answers and applies them once', () => {
    const { matchedCost, matchedAccuracy } = of(OURS).applied;
    expect(matchedCost).toMatchObject({ accuracy: 1, accuracyGain: 0.25 });
    expect(matchedAccuracy).toMatchObject({ costRatio: 2.5 / 4, accuracyGain: 0.25 });
    // Trained where the dear model is never needed: the cheapest point is chosen, whatever it gives.
    const easy = {
      ...table,
      outcomes: { ...table.outcomes, score: new Float64Array(8).fill(1) },
    };
    const applied = routeTable(table, easy).routers[0]!.applied;
    expect(applied.matchedAccuracy).toMatchObject({ costUsd: 1, accuracy: 0.5 });
    expect(routeTable(table, null).routers[0]!.applied.matchedCost).toBeNull();
  });
});

describe('aiqDifference', () => {
  it('is the difference of the areas, and nothing against oneself', () => {
    const random = seededRandom(1);
    const ours = beliefsOf(table, OURS);
    const difference = aiqDifference(
      table,
      ours,
      beliefsOf(table, 'model-mean'),
      [1, 4],
      50,
      random,
    );
    expect(difference.value).toBeCloseTo((0.75 * 1.5 + 1.5) / 3 - 0.625, 12);
    expect(difference.interval![0]).toBeLessThan(difference.interval![1]);
    const same = aiqDifference(table, ours, ours, [1, 4], 20, random);
    expect(same).toEqual({ value: 0, interval: [0, 0] });
  });
});

describe('costFigures', () => {
  it('compares totals and single calls', () => {
    const doubled = { ...table, costUsd: table.costUsd.map((cost) => 2 * cost) };
    const [ours, mean, bins] = costFigures(doubled, table, OURS);
    expect(ours).toEqual({
      method: 'zerorouter',
      totalRatio: 2,
      logError: expect.closeTo(Math.LN2, 12),
    });
    expect(mean).toEqual({ method: 'model-mean', totalRatio: 1, logError: 0 });
    expect(bins).toEqual({ method: 'quantile-bins', totalRatio: 1, logError: 0 });
    expect(costFigures(table, null, OURS)).toHaveLength(2);
  });
});
