/** What every model scored and cost on every query, queries × models, without gaps. */
export interface RealisedOutcomes {
  readonly queries: number;
  readonly models: number;
  readonly score: Float64Array;
  readonly costUsd: Float64Array;
}

/** What a router believes, queries × models. */
export interface RouterForecasts {
  readonly probability: Float64Array;
  readonly costUsd: Float64Array;
}

/** Mean cost and accuracy of one way to route. */
export interface RoutedPoint {
  readonly costUsd: number;
  readonly accuracy: number;
}

/** argmax_m p̂ − λ·ĉ per query; λ = ∞ asks for the cheapest. Ties go to the cheaper, then the first. */
export function routeQueries(
  forecasts: RouterForecasts,
  models: number,
  costWeight: number,
): Int32Array {
  const { probability, costUsd } = forecasts;
  const queries = probability.length / models;
  const choice = new Int32Array(queries);
  for (let q = 0; q < queries; q++) {
    let best = 0;
    let bestUtility = -Infinity;
    for (let m = 0; m < models; m++) {
      const at = q * models + m;
      const utility =
        costWeight === Infinity ? -costUsd[at] : probability[at] - costWeight * costUsd[at];
      const cheaper = costUsd[at] < costUsd[q * models + best];
      if (utility > bestUtility || (utility === bestUtility && cheaper)) {
        best = m;
        bestUtility = utility;
      }
    }
    choice[q] = best;
  }
  return choice;
}

/** Mean realised cost and score of the chosen models. */
export function realise(outcomes: RealisedOutcomes, choice: Int32Array): RoutedPoint {
  let costUsd = 0;
  let accuracy = 0;
  for (let q = 0; q < outcomes.queries; q++) {
    const at = q * outcomes.models + choice[q];
    costUsd += outcomes.costUsd[at] / outcomes.queries;
    accuracy += outcomes.score[at] / outcomes.queries;
  }
  return { costUsd, accuracy };
}

/** Every query to one model. */
export function singleModelPoints(outcomes: RealisedOutcomes): RoutedPoint[] {
  return Array.from({ length: outcomes.models }, (_, model) =>
    realise(outcomes, new Int32Array(outcomes.queries).fill(model)),
  );
}

/** Weights from "accuracy alone" to "cost alone"; `scale` is the USD of a typical call. */
export function costWeights(scale: number, steps = 40): number[] {
  const low = Math.log(1e-4);
  const high = Math.log(1e3);
  const between = Array.from({ length: steps }, (_, i) =>
    Math.exp(low + ((high - low) * i) / (steps - 1)),
  );
  return [0, ...between.map((weight) => weight / scale), Infinity];
}

/**
 * Upper concave, non-decreasing hull of accuracy over cost (RouterBench, Hu et al. 2024): what a
 * router attains when it may mix its own operating points. Ends at the most accurate point.
 */
export function nonDecreasingHull(points: readonly RoutedPoint[]): RoutedPoint[] {
  const sorted = [...points].sort((a, b) => a.costUsd - b.costUsd || b.accuracy - a.accuracy);
  const hull: RoutedPoint[] = [];
  for (const point of sorted) {
    if (hull.length > 0 && point.accuracy <= hull.at(-1)!.accuracy) continue;
    while (hull.length > 1 && slope(hull.at(-2)!, hull.at(-1)!) <= slope(hull.at(-2)!, point))
      hull.pop();
    hull.push(point);
  }
  return hull;
}

function slope(from: RoutedPoint, to: RoutedPoint): number {
  return to.costUsd === from.costUsd
    ? Infinity
    : (to.accuracy - from.accuracy) / (to.costUsd - from.costUsd);
}

/** Accuracy that the hull reaches at a mean cost; beyond its end flat, before its start null. */
export function accuracyAtCost(hull: readonly RoutedPoint[], costUsd: number): number | null {
  if (hull.length === 0 || costUsd < hull[0].costUsd) return null;
  for (let i = 1; i < hull.length; i++)
    if (costUsd <= hull[i].costUsd)
      return hull[i - 1].accuracy + slope(hull[i - 1], hull[i]) * (costUsd - hull[i - 1].costUsd);
  return hull.at(-1)!.accuracy;
}

/** Least mean cost at which the hull reaches an accuracy; null when it never does. */
export function costAtAccuracy(hull: readonly RoutedPoint[], accuracy: number): number | null {
  if (hull.length === 0 || accuracy > hull.at(-1)!.accuracy) return null;
  if (accuracy <= hull[0].accuracy) return hull[0].costUsd;
  const i = hull.findIndex((point) => point.accuracy >= accuracy);
  return hull[i - 1].costUsd + (accuracy - hull[i - 1].accuracy) / slope(hull[i - 1], hull[i]);
}

/**
 * AIQ: mean accuracy of the hull over costs from `low` to `high` (RouterBench, Hu et al. 2024). Below
 * the hull's start its first accuracy counts: callers add the cheapest model's point, which every
 * router can fall back to. `low` = `high`: the accuracy there.
 */
export function averageImprovementInQuality(
  hull: readonly RoutedPoint[],
  low: number,
  high: number,
): number {
  if (hull.length === 0) throw new RangeError('the hull of no point has no area');
  const at = (cost: number) => accuracyAtCost(hull, cost) ?? hull[0].accuracy;
  if (!(high > low)) return at(low);
  const costs = [
    low,
    ...hull.map((point) => point.costUsd).filter((cost) => cost > low && cost < high),
    high,
  ];
  let area = 0;
  for (let i = 1; i < costs.length; i++)
    area += ((at(costs[i - 1]) + at(costs[i])) / 2) * (costs[i] - costs[i - 1]);
  return area / (high - low);
}
