import type { BulkConstraints, BulkInstance } from '../src/bulk/bulk-instance.js';
import { solveProgram } from '../src/bulk/exact/solve-program.js';

/**
 * The optimum of a request by HiGHS alone, on the whole integer program as it is written in textbooks:
 * no prices, no reduction, no start.
 * @returns Σ P(correct), or the cost where there is a floor of the accuracy; null when infeasible.
 */
export async function referenceOptimum(
  instance: BulkInstance,
  constraints: BulkConstraints,
): Promise<number | null> {
  const { queries, models, probability, costUsd, latencyS } = instance;
  const { budgetUsd, capacity, minMeanAccuracy, maxLatencyS } = constraints;
  const needsCost = budgetUsd !== undefined || minMeanAccuracy !== undefined;
  const cells = Array.from(probability.keys()).filter(
    (cell) =>
      !Number.isNaN(probability[cell]) &&
      !(needsCost && Number.isNaN(costUsd[cell])) &&
      (maxLatencyS === undefined || latencyS[cell] <= maxLatencyS),
  );
  // The rows: queries, models, budget, floor; the costs in units of the budget or of the dearest.
  const unit = budgetUsd || Math.max(...cells.map((cell) => costUsd[cell] || 0), 1e-12);
  const entries = cells.map((cell) => [
    [Math.floor(cell / models), 1],
    [queries + (cell % models), 1],
    [queries + models, needsCost ? costUsd[cell] / unit : 0],
    [queries + models + 1, probability[cell] / queries],
  ]);
  const free = (count: number, value: number) => new Array<number>(count).fill(value);
  const solution = await solveProgram({
    timeLimitS: 60,
    absoluteGap: 1e-7,
    program: {
      cells: Int32Array.from(cells),
      cost: Float64Array.from(cells, (cell) =>
        minMeanAccuracy === undefined ? -probability[cell] : costUsd[cell] / unit,
      ),
      rowLower: Float64Array.from([
        ...free(queries, 1),
        ...free(models + 1, -Infinity),
        minMeanAccuracy ?? -Infinity,
      ]),
      rowUpper: Float64Array.from([
        ...free(queries, 1),
        ...Array.from({ length: models }, (_, m) => capacity?.[m] ?? Infinity),
        budgetUsd === undefined ? Infinity : budgetUsd / unit,
        Infinity,
      ]),
      starts: Int32Array.from({ length: cells.length + 1 }, (_, column) => 4 * column),
      rows: Int32Array.from(entries.flat().map(([row]) => row)),
      coefficients: Float64Array.from(entries.flat().map(([, coefficient]) => coefficient)),
      start: new Float64Array(cells.length),
      scale: 1,
      base: 0,
    },
  });
  if (solution === null) throw new Error('HiGHS took more than a minute');
  if (!solution.optimal) return null;
  return cells.reduce(
    (sum, cell, column) =>
      solution.values[column] > 0.5
        ? sum + (minMeanAccuracy === undefined ? probability[cell] : costUsd[cell])
        : sum,
    0,
  );
}
