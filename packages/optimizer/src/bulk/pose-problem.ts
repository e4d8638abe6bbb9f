import type { AssignmentProblem } from './assignment-problem.js';
import type { BulkConstraints, BulkInstance } from './bulk-instance.js';
import { InfeasibleError } from './infeasible-error.js';

/** Above any known cost, and small enough for sums. */
const UNKNOWN_COST_USD = 1e12;

/** What messages call a query and a model. */
export interface BulkNames {
  query(index: number): string;
  model(index: number): string;
}

/**
 * The assignment problem of a request. With a floor of the mean accuracy the cost is minimised, its
 * budget is left to the caller; otherwise Σ P(correct) is maximised, of equal ones at the lesser cost.
 * @throws InfeasibleError when a query is left without any model.
 */
export function poseProblem(
  instance: BulkInstance,
  constraints: BulkConstraints,
  names: BulkNames,
): AssignmentProblem {
  const { queries, models, probability, costUsd } = instance;
  const { budgetUsd, minMeanAccuracy } = constraints;
  const eligible = eligibleCells(instance, constraints, names);
  const capacity = Float64Array.from(
    { length: models },
    (_, m) => constraints.capacity?.[m] ?? Infinity,
  );
  const shape = { queries, models, capacity };
  if (minMeanAccuracy !== undefined)
    return {
      ...shape,
      value: costUsd.map((cost, cell) => (eligible[cell] === 1 ? -cost : NaN)),
      load: probability.map((p) => -p),
      limit: -minMeanAccuracy * queries,
    };
  const value = probability.map((p, cell) => (eligible[cell] === 1 ? p : NaN));
  if (budgetUsd !== undefined) return { ...shape, value, load: costUsd, limit: budgetUsd };
  // Without a budget the load only breaks ties: an unknown cost loses them.
  const load = costUsd.map((cost) => (Number.isNaN(cost) ? UNKNOWN_COST_USD : cost));
  return { ...shape, value, load, limit: Infinity };
}

/** 1 per cell that may be chosen: known to be within the latency, and of known cost where cost counts. */
function eligibleCells(
  instance: BulkInstance,
  constraints: BulkConstraints,
  names: BulkNames,
): Uint8Array {
  const { queries, models, probability, costUsd, latencyS } = instance;
  const { budgetUsd, minMeanAccuracy, maxLatencyS = Infinity } = constraints;
  const needsCost = budgetUsd !== undefined || minMeanAccuracy !== undefined;
  const eligible = new Uint8Array(queries * models);
  let slowest = { query: -1, fastest: -1 };
  for (let i = 0; i < queries; i++) {
    let admitted = 0;
    let priced = 0;
    let fastest = Infinity;
    for (let cell = i * models; cell < (i + 1) * models; cell++) {
      if (Number.isNaN(probability[cell])) continue;
      admitted++;
      if (needsCost && Number.isNaN(costUsd[cell])) continue;
      priced++;
      if (latencyS[cell] < fastest) fastest = latencyS[cell];
      if (maxLatencyS === Infinity || latencyS[cell] <= maxLatencyS) eligible[cell] = 1;
    }
    if (admitted === 0) throw withoutModel(i, names);
    if (priced === 0) throw withoutPrice(i, names, budgetUsd === undefined);
    if (maxLatencyS < Infinity && fastest > slowest.fastest) slowest = { query: i, fastest };
  }
  if (slowest.fastest > maxLatencyS) throw tooSlow(slowest, maxLatencyS, names);
  return eligible;
}

function withoutModel(query: number, names: BulkNames): InfeasibleError {
  return new InfeasibleError(
    'eligibility',
    null,
    `${names.query(query)} has no eligible model; admit one for it, or leave it out`,
    { query },
  );
}

function withoutPrice(query: number, names: BulkNames, floorAlone: boolean): InfeasibleError {
  const constraint = floorAlone ? 'min_accuracy' : 'budget_usd';
  return new InfeasibleError(
    constraint,
    null,
    `${names.query(query)} has no model of known cost, which ${constraint} needs; give its models prices, or leave it out`,
    { query },
  );
}

function tooSlow(
  { query, fastest }: { query: number; fastest: number },
  ceiling: number,
  names: BulkNames,
): InfeasibleError {
  const nearest = fastest === Infinity ? null : fastest;
  return new InfeasibleError(
    'max_latency_s',
    nearest,
    nearest === null
      ? `max_latency_s ${ceiling} cannot be kept: ${names.query(query)} has no model of known latency; leave it or the ceiling out`
      : `max_latency_s ${ceiling} cannot be kept: the fastest model of ${names.query(query)} takes ${nearest} s; from there on every query has one`,
    { query, requested: ceiling },
  );
}
