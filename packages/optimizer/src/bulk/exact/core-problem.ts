import type { AssignmentProblem } from '../assignment-problem.js';
import type { Assignment, DualSolution } from '../dual-search.js';

/**
 * The part of an assignment problem that duality leaves open, as an integer program in compressed
 * sparse columns: a variable per open cell, a row per open query (= 1), per capacity (≤) and for the
 * limit (≤ 1, scaled). Every coefficient is of the order of one.
 */
export interface CoreProgram {
  /** Cell of the assignment problem that each variable stands for. */
  readonly cells: Int32Array;
  /** Minimised; Σ cost·scale + base = −Σ value. */
  readonly cost: Float64Array;
  readonly rowLower: Float64Array;
  readonly rowUpper: Float64Array;
  readonly starts: Int32Array;
  readonly rows: Int32Array;
  readonly coefficients: Float64Array;
  /** The known choice, as a start. */
  readonly start: Float64Array;
  readonly scale: number;
  readonly base: number;
}

/** Room for rounding where a cell is compared with the gap, in parts of the bound. */
const ROUNDING = 1e-9;
const NO_SLACK = 1e-12;

/**
 * Reduced-cost fixing: a choice that holds a cell is worth at most the dual bound less what the cell
 * loses at the dual prices, so that cells that lose more than the gap to the known choice cannot
 * improve on it.
 * @returns null when more than `maxCells` cells stay open.
 */
export function coreProgram(
  problem: AssignmentProblem,
  dual: DualSolution,
  known: Assignment,
  maxCells: number,
): CoreProgram | null {
  const { queries, models, value, load, capacity } = problem;
  const open = openCells(problem, dual, known, maxCells);
  if (open === null) return null;

  // Values and loads are counted from the least cost and the least load of each query.
  let base = 0;
  let slack = dual.limit;
  let scale = 0;
  const best = new Float64Array(queries).fill(-Infinity);
  const least = new Float64Array(queries).fill(Infinity);
  for (const cell of open) {
    const i = Math.floor(cell / models);
    best[i] = Math.max(best[i], value[cell]);
    least[i] = Math.min(least[i], load[cell]);
  }
  for (let i = 0; i < queries; i++) {
    base -= best[i];
    slack -= least[i];
  }
  for (const cell of open) scale = Math.max(scale, best[Math.floor(cell / models)] - value[cell]);
  const limited = dual.limit < Infinity;
  const capped = Array.from({ length: models }, (_, m) => m).filter((m) => capacity[m] < queries);
  const rowOfModel = new Int32Array(models).fill(-1);
  capped.forEach((m, r) => (rowOfModel[m] = queries + r));
  const limitRow = queries + capped.length;
  // A slack that is rounding error alone would blow the coefficients up.
  const unit = Math.max(slack, NO_SLACK * Math.abs(dual.limit));

  const starts = [0];
  const rows: number[] = [];
  const coefficients: number[] = [];
  const cost = new Float64Array(open.length);
  const start = new Float64Array(open.length);
  open.forEach((cell, column) => {
    const i = Math.floor(cell / models);
    const m = cell % models;
    rows.push(i);
    coefficients.push(1);
    if (rowOfModel[m] >= 0) {
      rows.push(rowOfModel[m]);
      coefficients.push(1);
    }
    const excess = load[cell] - least[i];
    if (limited && excess > 0) {
      rows.push(limitRow);
      // Twice the slack is as much too much as a thousandfold, and easier on the solver.
      coefficients.push(Math.min(2, excess / unit));
    }
    starts.push(rows.length);
    cost[column] = scale > 0 ? (best[i] - value[cell]) / scale : 0;
    start[column] = known.choice[i] === m ? 1 : 0;
  });
  const calls = capped.map((m) => capacity[m]);
  return {
    cells: Int32Array.from(open),
    cost,
    rowLower: Float64Array.from({ length: limitRow + 1 }, (_, r) => (r < queries ? 1 : -Infinity)),
    rowUpper: Float64Array.from([...new Float64Array(queries).fill(1), ...calls, 1]),
    starts: Int32Array.from(starts),
    rows: Int32Array.from(rows),
    coefficients: Float64Array.from(coefficients),
    start,
    scale,
    base,
  };
}

function openCells(
  problem: AssignmentProblem,
  dual: DualSolution,
  known: Assignment,
  maxCells: number,
): number[] | null {
  const { queries, models, value, load } = problem;
  const { loadPrice, prices, bound } = dual;
  const gap = bound - known.value + ROUNDING * Math.abs(bound);
  const net = (cell: number) =>
    value[cell] - (loadPrice > 0 ? loadPrice * load[cell] : 0) - prices[cell % models];
  const open: number[] = [];
  for (let i = 0; i < queries; i++) {
    let best = -Infinity;
    for (let cell = i * models; cell < (i + 1) * models; cell++)
      best = Math.max(best, Number.isNaN(value[cell]) ? -Infinity : net(cell));
    for (let cell = i * models; cell < (i + 1) * models; cell++)
      if (best - net(cell) <= gap || cell - i * models === known.choice[i]) open.push(cell);
    if (open.length > maxCells) return null;
  }
  return open;
}
