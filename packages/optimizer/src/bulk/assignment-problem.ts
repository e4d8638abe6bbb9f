/**
 * What every bulk request comes to: give each query one model,
 *
 *     maximise Σ value  subject to  Σ load ≤ limit,  calls of model m ≤ capacity[m].
 *
 * Accuracy under a budget has value = P(correct) and load = cost; the least cost for a mean accuracy
 * has value = −cost and load = −P(correct).
 */
export interface AssignmentProblem {
  readonly queries: number;
  readonly models: number;
  /** Queries × models, row-major; NaN = may not be chosen. */
  readonly value: Float64Array;
  /** Queries × models; finite wherever the value is. */
  readonly load: Float64Array;
  /** Per model, whole numbers; Infinity = unlimited. */
  readonly capacity: Float64Array;
  /** Infinity = no limit. */
  readonly limit: number;
}

/** Σ value and Σ load of a choice. */
export function totalsOf(
  { models, value, load }: AssignmentProblem,
  choice: Int32Array,
): { value: number; load: number } {
  return { value: sumOf(value, models, choice), load: sumOf(load, models, choice) };
}

/** Σ of the chosen cells by Neumaier's method: exact to a unit in the last place or so, whatever the order. */
export function sumOf(cells: Float64Array, models: number, choice: Int32Array): number {
  let sum = 0;
  let lost = 0;
  for (let i = 0; i < choice.length; i++) {
    const next = cells[i * models + choice[i]];
    const total = sum + next;
    lost += Math.abs(sum) >= Math.abs(next) ? sum - total + next : next - total + sum;
    sum = total;
  }
  return sum + lost;
}

/**
 * Every `queries / size`-th query, with capacities and limit in proportion: a small likeness whose
 * prices are near those of the whole.
 */
export function thinOut(problem: AssignmentProblem, size: number): AssignmentProblem {
  const { models, queries } = problem;
  const value = new Float64Array(size * models);
  const load = new Float64Array(size * models);
  for (let i = 0; i < size; i++) {
    const from = Math.floor((i * queries) / size) * models;
    value.set(problem.value.subarray(from, from + models), i * models);
    load.set(problem.load.subarray(from, from + models), i * models);
  }
  const share = size / queries;
  // Fractions are carried over, so that the capacities keep their proportion in sum.
  let carried = 0;
  const capacity = problem.capacity.map((calls) => {
    if (calls === Infinity) return calls;
    carried += calls * share;
    const whole = Math.floor(carried + 0.5);
    carried -= whole;
    return whole;
  });
  return {
    queries: size,
    models,
    value,
    load,
    capacity,
    limit: problem.limit * share,
  };
}
