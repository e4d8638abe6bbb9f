import type { RoutedPoint, RouterForecasts } from '@zerorouter/latent-space';
import {
  accuracyAtCost,
  averageImprovementInQuality,
  costAtAccuracy,
  costWeights,
  nonDecreasingHull,
  realise,
  routeQueries,
  singleModelPoints,
} from '@zerorouter/latent-space';
import { OURS } from '../baselines/methods.js';
import type { RoutingTable } from './routing-table.js';

/** One point of a router's curve: what it wanted and what it got. */
export interface OperatingPoint extends RoutedPoint {
  /** λ of argmax p̂ − λ·ĉ in 1/USD; null asks for the cheapest. */
  readonly costWeight: number | null;
  readonly predictedCostUsd: number;
  readonly shareStrongest: number;
}

/** An operating point that was chosen on training answers and applied once. */
export interface AppliedPoint extends OperatingPoint {
  /** Relative to the best single model. */
  readonly accuracyGain: number;
  readonly costRatio: number;
}

export interface RouterFigures {
  readonly router: string;
  readonly curve: readonly OperatingPoint[];
  readonly hull: readonly RoutedPoint[];
  readonly aiq: number;
  /** Read off the hull: accuracy at the best single model's cost, cost at its accuracy. */
  readonly accuracyAtMatchedCost: number | null;
  readonly costAtMatchedAccuracy: number | null;
  /** Quality-neutral cost: cost at the best single model's accuracy ÷ its cost; null: never reached. */
  readonly qualityNeutralCost: number | null;
  /** With accuracy alone in mind: how far from always asking a model that is right. */
  readonly gapToOracle: number;
  readonly shareStrongest: number;
  readonly applied: {
    readonly matchedCost: AppliedPoint | null;
    readonly matchedAccuracy: AppliedPoint | null;
  };
}

export interface RoutingFigures {
  readonly queries: number;
  readonly models: readonly string[];
  readonly strongest: string;
  readonly singles: readonly (RoutedPoint & { readonly model: string })[];
  readonly bestSingle: RoutedPoint;
  readonly cheapest: RoutedPoint;
  readonly random: RoutedPoint;
  readonly oracle: RoutedPoint & { readonly hull: readonly RoutedPoint[] };
  /** The hull of the single models: mixing two of them by chance needs no forecast. */
  readonly singlesAiq: number;
  readonly costRange: readonly [low: number, high: number];
  readonly routers: readonly RouterFigures[];
}

/**
 * Routes a table by every method over all trade-offs. Ours goes by its own predicted costs, the
 * baselines by each model's mean cost on its labels.
 *
 * @param tuning training answers of the same candidates, on which operating points are chosen; null:
 *   none are.
 */
export function routeTable(table: RoutingTable, tuning: RoutingTable | null): RoutingFigures {
  const { outcomes, models } = table;
  const points = singleModelPoints(outcomes);
  const bestSingle = points[table.strongest]!;
  const cheapest = points[table.cheapest]!;
  const low = Math.min(...points.map(({ costUsd }) => costUsd));
  const high = Math.max(...points.map(({ costUsd }) => costUsd));
  const weights = costWeights(mean(table.meanCostUsd));
  const truth: RouterForecasts = { probability: outcomes.score, costUsd: outcomes.costUsd };
  const oraclePoints = weights.map((weight) =>
    realise(outcomes, routeQueries(truth, models.length, weight)),
  );
  const oracle = oraclePoints[0]!;
  const average = (pick: (point: RoutedPoint) => number) => mean(points.map(pick));
  const routers = [...table.methods.keys()].map((router): RouterFigures => {
    const curve = operatingPoints(table, router, weights);
    const hull = nonDecreasingHull([...curve.map(plain), cheapest]);
    const atAccuracy = costAtAccuracy(hull, bestSingle.accuracy);
    return {
      router,
      curve,
      hull,
      aiq: averageImprovementInQuality(hull, low, high),
      accuracyAtMatchedCost: accuracyAtCost(hull, bestSingle.costUsd),
      costAtMatchedAccuracy: atAccuracy,
      qualityNeutralCost: atAccuracy === null ? null : atAccuracy / bestSingle.costUsd,
      gapToOracle: oracle.accuracy - curve[0]!.accuracy,
      shareStrongest: curve[0]!.shareStrongest,
      applied: applyOnce(table, tuning, router, weights, curve, bestSingle),
    };
  });
  return {
    queries: outcomes.queries,
    models,
    strongest: models[table.strongest]!,
    singles: points.map((point, m) => ({ model: models[m]!, ...point })),
    bestSingle,
    cheapest,
    random: {
      costUsd: average(({ costUsd }) => costUsd),
      accuracy: average(({ accuracy }) => accuracy),
    },
    oracle: { ...oracle, hull: nonDecreasingHull([...oraclePoints, cheapest]) },
    singlesAiq: averageImprovementInQuality(nonDecreasingHull(points), low, high),
    costRange: [low, high],
    routers,
  };
}

/** What a router believes of a table. */
export function beliefsOf(table: RoutingTable, router: string): RouterForecasts {
  const probability = table.methods.get(router)!;
  const { length: models } = table.models;
  return {
    probability,
    costUsd:
      router === OURS ? table.costUsd : probability.map((_, at) => table.meanCostUsd[at % models]!),
  };
}

function operatingPoints(
  table: RoutingTable,
  router: string,
  weights: readonly number[],
): OperatingPoint[] {
  const beliefs = beliefsOf(table, router);
  const { length: models } = table.models;
  return weights.map((weight) => {
    const choice = routeQueries(beliefs, models, weight);
    let predicted = 0;
    let strongest = 0;
    choice.forEach((m, q) => {
      predicted += beliefs.costUsd[q * models + m]! / choice.length;
      if (m === table.strongest) strongest += 1 / choice.length;
    });
    return {
      ...realise(table.outcomes, choice),
      costWeight: weight === Infinity ? null : weight,
      predictedCostUsd: predicted,
      shareStrongest: strongest,
    };
  });
}

/**
 * Chooses two trade-offs on training answers and reads what they give on the judged ones: the most
 * accurate that costs no more than the best single model, and the cheapest that is as accurate.
 */
function applyOnce(
  table: RoutingTable,
  tuning: RoutingTable | null,
  router: string,
  weights: readonly number[],
  curve: readonly OperatingPoint[],
  bestSingle: RoutedPoint,
): RouterFigures['applied'] {
  if (tuning?.methods.has(router) !== true) return { matchedCost: null, matchedAccuracy: null };
  const tuned = operatingPoints(tuning, router, weights);
  const single = singleModelPoints(tuning.outcomes)[table.strongest]!;
  const apply = (chosen: number): AppliedPoint | null =>
    chosen < 0
      ? null
      : {
          ...curve[chosen]!,
          accuracyGain: curve[chosen]!.accuracy - bestSingle.accuracy,
          costRatio: curve[chosen]!.costUsd / bestSingle.costUsd,
        };
  const choose = (
    admitted: (point: OperatingPoint) => boolean,
    value: (point: OperatingPoint) => number,
  ) =>
    tuned.reduce(
      (kept, point, w) =>
        admitted(point) && (kept < 0 || value(point) > value(tuned[kept]!)) ? w : kept,
      -1,
    );
  return {
    matchedCost: apply(
      choose(
        ({ costUsd }) => costUsd <= single.costUsd,
        ({ accuracy }) => accuracy,
      ),
    ),
    matchedAccuracy: apply(
      choose(
        ({ accuracy }) => accuracy >= single.accuracy,
        ({ costUsd }) => -costUsd,
      ),
    ),
  };
}

function plain({ costUsd, accuracy }: RoutedPoint): RoutedPoint {
  return { costUsd, accuracy };
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}
