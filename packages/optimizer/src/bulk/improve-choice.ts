import type { AssignmentProblem } from './assignment-problem.js';
import { totalsOf } from './assignment-problem.js';
import type { Assignment, DualSolution } from './dual-search.js';

/**
 * The best whole choice near the dual's kink: what lies within the limit is upgraded as long as
 * something fits; what lies beyond it is repaired first. Moves are tried in the order of what they
 * lose at the dual prices, which is nothing for those that the linear relaxation would split.
 */
export function improveChoice(problem: AssignmentProblem, dual: DualSolution): Assignment {
  const { within, beyond } = dual;
  if (beyond === null) return within;
  const upgraded = new ChoiceInHand(problem, dual, within).upgrade();
  const repaired = new ChoiceInHand(problem, dual, beyond).repair()?.upgrade();
  return repaired !== undefined && repaired.value > upgraded.value ? repaired : upgraded;
}

/** About as many cells are looked at first; farther ones when nothing among them fits. */
const FEW_CELLS = 50_000;
const WIDENING = 8;
/** Repairs look this much farther than the excess is worth at the price of the limit. */
const REPAIR_REACH = 4;
/** Slack that is worth less than this part of the bound is left alone. */
const NEGLIGIBLE = 1e-9;

class ChoiceInHand {
  readonly #problem: AssignmentProblem;
  readonly #dual: DualSolution;
  readonly #choice: Int32Array;
  readonly #calls: Float64Array;
  #load: number;

  constructor(problem: AssignmentProblem, dual: DualSolution, from: Assignment) {
    this.#problem = problem;
    this.#dual = dual;
    this.#choice = Int32Array.from(from.choice);
    this.#calls = new Float64Array(problem.models);
    for (const model of this.#choice) this.#calls[model]++;
    this.#load = from.load;
  }

  /** Sheds load until the limit holds; undefined when the moves at hand do not suffice. */
  repair(): this | undefined {
    const { limit, loadPrice } = this.#dual;
    for (const cell of this.#moves(REPAIR_REACH * loadPrice * (this.#load - limit))) {
      if (this.#load <= limit) break;
      this.#moveIf(cell, (_value, load) => load < 0);
    }
    return this.#load <= limit ? this : undefined;
  }

  /** Gains value as long as something fits. What loses more than the slack is worth cannot gain. */
  upgrade(): Assignment {
    const { limit, loadPrice, bound } = this.#dual;
    const worth = () => loadPrice * (limit - this.#load);
    const gains = (value: number, load: number) => value > 0 && this.#load + load <= limit;
    const all = this.#problem.value.length;
    for (let cells = FEW_CELLS; worth() > NEGLIGIBLE * Math.abs(bound); cells *= WIDENING) {
      const moves = this.#moves(Math.min(1, cells / all) * worth());
      while (moves.filter((cell) => this.#moveIf(cell, gains)).length > 0);
      if (cells >= all) break;
    }
    return { choice: this.#choice, ...totalsOf(this.#problem, this.#choice) };
  }

  /** Cells to which a query may move with a loss of at most `reach`, the least loss first. */
  #moves(reach: number): number[] {
    const { queries, models, value, load } = this.#problem;
    const { loadPrice, prices } = this.#dual;
    const cells: number[] = [];
    const losses: number[] = [];
    for (let i = 0; i < queries; i++) {
      const row = i * models;
      const at = this.#choice[i];
      const worst = value[row + at] - loadPrice * load[row + at] - prices[at] - reach;
      for (let m = 0; m < models; m++) {
        const net = value[row + m] - loadPrice * load[row + m] - prices[m];
        if (net >= worst && m !== at) {
          cells.push(row + m);
          losses.push(-net + worst + reach);
        }
      }
    }
    const order = Uint32Array.from(cells.keys()).sort((a, b) => losses[a] - losses[b] || a - b);
    return Array.from(order, (index) => cells[index]);
  }

  /** Moves a query if there is room and the changes of value and load are wanted. */
  #moveIf(cell: number, wanted: (value: number, load: number) => boolean): boolean {
    const { models, value, load, capacity } = this.#problem;
    const query = Math.floor(cell / models);
    const to = cell % models;
    const from = this.#choice[query];
    const at = query * models + from;
    if (this.#calls[to] >= capacity[to] || !wanted(value[cell] - value[at], load[cell] - load[at]))
      return false;
    this.#calls[to]++;
    this.#calls[from]--;
    this.#choice[query] = to;
    this.#load += load[cell] - load[at];
    return true;
  }
}
