import type { Random, RouterForecasts } from '@zerorouter/latent-space';
import {
  averageImprovementInQuality,
  costWeights,
  nonDecreasingHull,
  percentileInterval,
  resampleQueries,
  routeQueries,
} from '@zerorouter/latent-space';
import type { RoutingTable } from './routing-table.js';

/**
 * AIQ of one router minus that of another, with the 95% interval of the paired bootstrap over queries.
 * The range of costs stays that of the whole sample.
 */
export function aiqDifference(
  table: Pick<RoutingTable, 'outcomes' | 'meanCostUsd' | 'cheapest'>,
  ours: RouterForecasts,
  theirs: RouterForecasts,
  costRange: readonly [number, number],
  draws: number,
  random: Random,
): { value: number; interval: readonly [number, number] | null } {
  const { queries, models } = table.outcomes;
  const meanCost = table.meanCostUsd.reduce((sum, cost) => sum + cost, 0) / models;
  const routed = [ours, theirs].map((beliefs) => {
    const choices = costWeights(meanCost).map((weight) => routeQueries(beliefs, models, weight));
    return [...choices, new Int32Array(queries).fill(table.cheapest)];
  });
  const aiq = (choices: readonly Int32Array[], count: (query: number) => number): number =>
    averageImprovementInQuality(
      nonDecreasingHull(
        choices.map((choice) => {
          let costUsd = 0;
          let accuracy = 0;
          for (let q = 0; q < queries; q++) {
            const share = count(q) / queries;
            costUsd += share * table.outcomes.costUsd[q * models + choice[q]!]!;
            accuracy += share * table.outcomes.score[q * models + choice[q]!]!;
          }
          return { costUsd, accuracy };
        }),
      ),
      ...costRange,
    );
  const difference = (count: (query: number) => number) =>
    aiq(routed[0]!, count) - aiq(routed[1]!, count);
  const resampled = resampleQueries(queries, draws, random);
  const drawn = Array.from({ length: draws }, (_, draw) =>
    difference((q) => resampled.counts[draw * queries + q]!),
  );
  return { value: difference(() => 1), interval: percentileInterval(drawn) };
}
