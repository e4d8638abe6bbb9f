import type { AssignmentProblem } from '../assignment-problem.js';
import { totalsOf } from '../assignment-problem.js';
import type { Assignment, DualSolution } from '../dual-search.js';
import { coreProgram } from './core-problem.js';
import { solveProgram } from './solve-program.js';

export interface ExactOutcome {
  readonly assignment: Assignment;
  /** Of the optimum, from above. */
  readonly bound: number;
  /** Exact when the solver brought bound and value together. */
  readonly method: 'lagrangian' | 'exact';
}

/** Open cells that HiGHS is given: more, and a second does not get it far. */
const MAX_CELLS = 20_000;
/** Relative distance of bound and value that counts as none. */
const PROVEN = 1e-6;

/** Closes the gap between a known choice and the dual bound by an exact solver, as far as time allows. */
export async function improveExactly(
  problem: AssignmentProblem,
  dual: DualSolution,
  known: Assignment,
  timeLimitS: number,
): Promise<ExactOutcome> {
  const unchanged = { assignment: known, bound: dual.bound, method: 'lagrangian' } as const;
  if (dual.bound - known.value <= PROVEN * Math.abs(dual.bound)) return unchanged;
  const program = timeLimitS > 0 ? coreProgram(problem, dual, known, MAX_CELLS) : null;
  if (program === null) return unchanged;

  const { scale, base, cells } = program;
  const reply = await solveProgram({
    program,
    timeLimitS,
    absoluteGap: (PROVEN * Math.abs(dual.bound)) / (scale || 1),
  });
  if (reply === null) return unchanged;
  const bound = Math.min(dual.bound, -(reply.bound * scale + base));
  const choice = Int32Array.from(known.choice);
  reply.values.forEach((taken, column) => {
    if (taken > 0.5)
      choice[Math.floor(cells[column] / problem.models)] = cells[column] % problem.models;
  });
  const found = { choice, ...totalsOf(problem, choice) };
  // The solver's tolerance may let a choice exceed the limit by a hair: then the known one stands.
  const better = found.load <= dual.limit && found.value >= known.value;
  const assignment = better ? found : known;
  return {
    assignment,
    bound: Math.max(bound, assignment.value),
    method: reply.optimal && better ? 'exact' : 'lagrangian',
  };
}
