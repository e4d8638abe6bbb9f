import { chooseByUtility } from '../utility/choose-by-utility.js';
import type { ReferenceScales, UtilityWeights } from '../utility/utility.js';
import type { AssignmentProblem } from './assignment-problem.js';
import { sumOf } from './assignment-problem.js';
import type { BulkAllocation, BulkConstraints, BulkInstance } from './bulk-instance.js';
import { checkBulk } from './check-bulk.js';
import type { DualFailure, DualSolution } from './dual-search.js';
import { solveDual } from './dual-search.js';
import { improveExactly } from './exact/improve-exactly.js';
import { improveChoice } from './improve-choice.js';
import { InfeasibleError } from './infeasible-error.js';
import type { BulkNames } from './pose-problem.js';
import { poseProblem } from './pose-problem.js';

/** What counts where nothing constrains. */
export interface BulkPreference {
  readonly weights: UtilityWeights;
  readonly scales: ReferenceScales;
}

export interface BulkOptions {
  /** Seconds that the exact solver may take; 0 = do without it. */
  readonly exactTimeLimitS?: number;
  /** For messages; default: by index. */
  readonly names?: BulkNames;
}

const BY_INDEX: BulkNames = {
  query: (index) => `query ${index}`,
  model: (index) => `model ${index}`,
};
const EXACT_TIME_LIMIT_S = 5;

/**
 * Gives every query of a bulk one model. Without constraints: by utility, query by query. With a
 * budget, capacities or a latency ceiling: the greatest Σ P(correct). With a floor of the mean
 * accuracy: the least cost, subject to the rest. A model of unknown cost cannot be chosen under a
 * budget or a floor, one of unknown latency not under a ceiling.
 *
 * The Lagrangian dual gives prices, a bound and a nearby choice that is repaired and upgraded; what
 * gap is left is closed by an exact solver in a worker thread where it is small enough for it.
 *
 * @throws InfeasibleError when no allocation keeps the constraints: names the binding one and its
 *   nearest feasible value.
 * @throws RangeError for malformed matrices or constraints.
 */
export async function optimizeBulk(
  instance: BulkInstance,
  constraints: BulkConstraints,
  preference: BulkPreference,
  options: BulkOptions = {},
): Promise<BulkAllocation> {
  checkBulk(instance, constraints);
  const names = options.names ?? BY_INDEX;
  const problem = poseProblem(instance, constraints, names);
  if (isFree(constraints)) {
    const choice = chooseByUtility(instance, preference.weights, preference.scales);
    const totals = totalsOfChoice(instance, choice);
    return { choice, method: 'utility', totals, shadowPrices: {}, gapBound: 0 };
  }
  const dual = solveDual(problem);
  if (dual.kind !== 'solved') throw infeasible(dual, problem, constraints, names);
  const { assignment, bound, method } = await improveExactly(
    problem,
    dual,
    improveChoice(problem, dual),
    options.exactTimeLimitS ?? EXACT_TIME_LIMIT_S,
  );
  const totals = totalsOfChoice(instance, assignment.choice);
  if (constraints.minMeanAccuracy !== undefined) checkBudget(totals.costUsd!, -bound, constraints);
  return {
    choice: assignment.choice,
    method,
    totals,
    shadowPrices: shadowPrices(dual, problem, constraints),
    gapBound: relativeGap(assignment.value, bound),
  };
}

function isFree({ budgetUsd, capacity, minMeanAccuracy, maxLatencyS }: BulkConstraints): boolean {
  return (
    budgetUsd === undefined &&
    minMeanAccuracy === undefined &&
    maxLatencyS === undefined &&
    (capacity ?? []).every((calls) => calls === null)
  );
}

function totalsOfChoice(instance: BulkInstance, choice: Int32Array): BulkAllocation['totals'] {
  const { queries, models, probability, costUsd } = instance;
  const expectedCorrect = sumOf(probability, models, choice);
  const cost = sumOf(costUsd, models, choice);
  return {
    expectedCorrect,
    meanAccuracy: expectedCorrect / queries,
    costUsd: Number.isNaN(cost) ? null : cost,
  };
}

function shadowPrices(
  { loadPrice, prices }: DualSolution,
  { queries }: AssignmentProblem,
  { budgetUsd, capacity, minMeanAccuracy }: BulkConstraints,
): BulkAllocation['shadowPrices'] {
  const floor = minMeanAccuracy !== undefined;
  return {
    // Where the cost is minimised, a budget that can be kept is worth nothing more.
    ...(budgetUsd === undefined ? {} : { budget: floor ? 0 : loadPrice }),
    ...(capacity === undefined
      ? {}
      : { capacity: capacity.map((calls, m) => (calls === null ? null : prices[m])) }),
    ...(floor ? { minAccuracy: 0.01 * queries * loadPrice } : {}),
  };
}

/** |optimum − value| / |optimum| at most: the optimum lies between value and bound. */
function relativeGap(value: number, bound: number): number {
  const gap = Math.max(0, bound - value);
  return gap === 0 ? 0 : gap / Math.abs(bound);
}

function infeasible(
  failure: DualFailure,
  problem: AssignmentProblem,
  constraints: BulkConstraints,
  names: BulkNames,
): InfeasibleError {
  if (failure.kind === 'capacity') return overCapacity(failure.calls, problem, names);
  const { budgetUsd, minMeanAccuracy } = constraints;
  if (minMeanAccuracy === undefined)
    return new InfeasibleError(
      'budget_usd',
      failure.least.load,
      `budget_usd ${budgetUsd} is too little: the cheapest allocation costs ${failure.least.load}`,
      { requested: budgetUsd },
    );
  const most = -failure.least.load / problem.queries;
  return new InfeasibleError(
    'min_accuracy',
    most,
    `min_accuracy ${minMeanAccuracy} is out of reach: the best allocation has a mean of ${most}`,
    { requested: minMeanAccuracy },
  );
}

function overCapacity(
  calls: Int32Array,
  { models, capacity }: AssignmentProblem,
  names: BulkNames,
): InfeasibleError {
  const short = Array.from({ length: models }, (_, m) => m).filter((m) => calls[m] > capacity[m]);
  const missing = short.reduce((sum, m) => sum + calls[m] - capacity[m], 0);
  return new InfeasibleError(
    'capacity',
    Array.from(capacity, (now, m) => (now === Infinity ? null : Math.max(now, calls[m]))),
    `the capacities leave ${missing} ${missing === 1 ? 'query' : 'queries'} without a model; with ${short
      .map((m) => `${calls[m]} for ${names.model(m)} (now ${capacity[m]})`)
      .join(' and ')} they would do`,
    { missing },
  );
}

/** @throws InfeasibleError when even the least cost that was found exceeds the budget. */
function checkBudget(costUsd: number, atLeastUsd: number, constraints: BulkConstraints): void {
  const { budgetUsd, minMeanAccuracy } = constraints;
  if (budgetUsd === undefined || costUsd <= budgetUsd) return;
  throw new InfeasibleError(
    'budget_usd',
    costUsd,
    `budget_usd ${budgetUsd} is too little for min_accuracy ${minMeanAccuracy}: the cheapest allocation found costs ${costUsd}`,
    { requested: budgetUsd, atLeast: Math.min(costUsd, atLeastUsd) },
  );
}
