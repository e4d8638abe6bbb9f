import type { Random, RoutedPoint } from '@zerorouter/latent-space';
import { costWeights, realise, routeQueries, singleModelPoints } from '@zerorouter/latent-space';
import type { BulkInstance } from '@zerorouter/optimizer';
import { InfeasibleError, optimizeBulk, POLICY_PRESETS } from '@zerorouter/optimizer';
import { OURS } from '../baselines/methods.js';
import type { MatchedDifference } from './matched-difference.js';
import { differencesAtMatchedCost } from './matched-difference.js';
import { beliefsOf } from './route-table.js';
import type { RoutingTable } from './routing-table.js';

/** What one budget buys by each way to spend it. All costs are USD a query, realised unless named otherwise. */
export interface BudgetPoint {
  readonly budgetUsd: number;
  /** `share` of the queries to `model`, the others to the cheapest model, by chance. */
  readonly bestSingle: RoutedPoint & { readonly model: string; readonly share: number };
  /** Null without training answers to choose its weight on. */
  readonly utility: (RoutedPoint & { readonly costWeight: number | null }) | null;
  readonly bulk: RoutedPoint & { readonly predictedCostUsd: number };
  /** Null when even the cheapest model of each query really costs more than the budget. */
  readonly oracle: RoutedPoint | null;
  /** Accuracy of the bulk minus that of per-query utility, at the cost that the bulk came to. */
  readonly bulkMinusUtility: MatchedDifference;
}

/** Budgets strictly between the cheapest and the best single model. */
const BUDGETS = 5;

/** Fine enough that neighbouring weights differ by a tenth: what is matched is the cost. */
const WEIGHT_STEPS = 200;

/**
 * Spends five budgets on the judged queries, by our forecasts. They lie at even ratios between what
 * the cheapest and the best single model are predicted to cost in total; none when the best single is
 * predicted to be no dearer than the cheapest.
 *
 * Known beforehand are training answers and forecasts, nothing else: the single model and the weight
 * of per-query utility are chosen on the former (the weight whose cost there is nearest to the budget),
 * the bulk is optimised on the latter. The oracle asks the cheapest model that is right.
 */
export async function compareAtBudgets(
  table: RoutingTable,
  tuning: RoutingTable | null,
  draws: number,
  random: Random,
): Promise<BudgetPoint[]> {
  const { outcomes } = table;
  const beliefs = beliefsOf(table, OURS);
  const budgets = budgetsBetween(
    predictedMean(table, table.cheapest),
    predictedMean(table, table.strongest),
  );
  if (budgets.length === 0) return [];
  const weights = costWeights(
    table.meanCostUsd.reduce((sum, cost) => sum + cost, 0) / table.models.length,
    WEIGHT_STEPS,
  );
  const sweep = weights.map((weight) => routeQueries(beliefs, table.models.length, weight));
  const tunedCosts =
    tuning &&
    weights.map(
      (weight) =>
        realise(
          tuning.outcomes,
          routeQueries(beliefsOf(tuning, OURS), tuning.models.length, weight),
        ).costUsd,
    );
  const bulks: Int32Array[] = [];
  for (const budgetUsd of budgets)
    bulks.push(await spend(table, beliefs.probability, beliefs.costUsd, budgetUsd));
  const differences = differencesAtMatchedCost(outcomes, bulks, sweep, draws, random);

  const points: BudgetPoint[] = [];
  for (const [i, budgetUsd] of budgets.entries()) {
    const tuned = tunedCosts && nearest(tunedCosts, budgetUsd);
    points.push({
      budgetUsd,
      bestSingle: bestSingleWithin(table, budgetUsd),
      utility:
        tuned === null
          ? null
          : {
              ...realise(outcomes, sweep[tuned]!),
              costWeight: weights[tuned] === Infinity ? null : weights[tuned]!,
            },
      bulk: {
        ...realise(outcomes, bulks[i]!),
        predictedCostUsd: realise({ ...outcomes, costUsd: beliefs.costUsd }, bulks[i]!).costUsd,
      },
      oracle: await oracleWithin(table, budgetUsd),
      bulkMinusUtility: differences[i]!,
    });
  }
  return points;
}

/** At even ratios: the costs of models lie orders of magnitude apart. */
function budgetsBetween(low: number, high: number): number[] {
  if (!(low > 0 && high > low)) return [];
  return Array.from({ length: BUDGETS }, (_, i) => low * (high / low) ** ((i + 1) / (BUDGETS + 1)));
}

function predictedMean({ costUsd, outcomes }: RoutingTable, model: number): number {
  const { queries, models } = outcomes;
  let total = 0;
  for (let q = 0; q < queries; q++) total += costUsd[q * models + model]!;
  return total / queries;
}

/** The most accurate on training answers of: a model that the budget pays for, or as much of one as it does. */
function bestSingleWithin(table: RoutingTable, budgetUsd: number): BudgetPoint['bestSingle'] {
  const { cheapest, trainingAccuracy } = table;
  const floor = predictedMean(table, cheapest);
  const shares = table.models.map((_, m) => {
    const cost = predictedMean(table, m);
    return cost <= budgetUsd ? 1 : (budgetUsd - floor) / (cost - floor);
  });
  const mixed = (m: number, own: number, other: number) =>
    shares[m]! * own + (1 - shares[m]!) * other;
  const expected = table.models.map((_, m) =>
    mixed(m, trainingAccuracy[m]!, trainingAccuracy[cheapest]!),
  );
  const best = expected.indexOf(Math.max(...expected));
  const points = singleModelPoints(table.outcomes);
  return {
    model: table.models[best]!,
    share: shares[best]!,
    costUsd: mixed(best, points[best]!.costUsd, points[cheapest]!.costUsd),
    accuracy: mixed(best, points[best]!.accuracy, points[cheapest]!.accuracy),
  };
}

async function oracleWithin(table: RoutingTable, budgetUsd: number): Promise<RoutedPoint | null> {
  const { outcomes, models } = table;
  const truth = { probability: outcomes.score, costUsd: outcomes.costUsd };
  const unbounded = realise(outcomes, routeQueries(truth, models.length, 0));
  if (unbounded.costUsd <= budgetUsd) return unbounded;
  try {
    return realise(outcomes, await spend(table, truth.probability, truth.costUsd, budgetUsd));
  } catch (error) {
    if (error instanceof InfeasibleError) return null;
    throw error;
  }
}

async function spend(
  { outcomes: { queries, models } }: RoutingTable,
  probability: Float64Array,
  costUsd: Float64Array,
  budgetUsd: number,
): Promise<Int32Array> {
  const instance: BulkInstance = {
    ...{ queries, models, probability, costUsd },
    latencyS: new Float64Array(queries * models).fill(NaN),
  };
  const { choice } = await optimizeBulk(
    instance,
    { budgetUsd: budgetUsd * queries },
    { weights: POLICY_PRESETS['max-accuracy'], scales: { costUsd: budgetUsd, latencyS: 1 } },
    // A report must not depend on how far a solver comes within its time limit.
    { exactTimeLimitS: 0 },
  );
  return choice;
}

function nearest(values: readonly number[], target: number): number {
  const distance = (i: number) => Math.abs(values[i]! - target);
  return values.reduce((kept, _, i) => (distance(i) < distance(kept) ? i : kept), 0);
}
