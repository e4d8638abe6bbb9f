/** How a budget is to be spread over its period. Times are seconds on any one clock. */
export interface BudgetPeriod {
  readonly budgetUsd: number;
  readonly startS: number;
  readonly endS: number;
  /** A guess, corrected by the traffic that comes. */
  readonly expectedQueries: number;
  /**
   * Share of the period's queries that come in its first part, by the share of its time: rises from
   * 0 to 1. Default: even traffic.
   */
  readonly trafficCurve?: (shareOfTime: number) => number;
}

/** What a controller has learnt; survives a restart as JSON. */
export interface PacingState {
  /** λ: P(correct) that a USD has to buy. */
  readonly price: number;
  readonly spentUsd: number;
  readonly queries: number;
}

/** Relative change of the price per query that costs twice what it should. */
const STEP = 0.02;
/** One call may move the price as if it cost this many times its share: costs have long tails. */
const MAX_SHARES = 10;
/** The guess of the traffic weighs as much as this share of it, once seen. */
const GUESS_WEIGHT = 0.05;
/** Less than this part of the budget counts as nothing left. */
const SPENT_UP = 1e-9;
/**
 * Bounds of the price, in P(correct) for the mean share of the budget. Beyond them no choice changes
 * any more, and a price that went on would need as long to come back.
 */
const [LEAST_WORTH, MOST_WORTH] = [1e-4, 1e3];

/**
 * Spends a budget over a period as queries come, without knowing them: each takes
 * argmax p − λ·cost, and λ moves by dual mirror descent (Balseiro, Lu & Mirrokni 2020) with the
 * entropy as mirror map,
 *
 *     λ ← λ · exp(step · (cost/ρ − 1)),
 *
 * where ρ is what remains of the budget per query that is still expected. ρ is taken anew for every
 * query, so that what was overspent in a burst is saved afterwards and the budget is used up at the
 * end. Nothing is chosen that the rest of the budget does not cover.
 */
export class PacedBudget {
  readonly #period: BudgetPeriod;
  #price: number;
  #spentUsd: number;
  #queries: number;

  /**
   * @param from the state to go on from; for a new period the `price` of the last one, nothing spent.
   * @throws RangeError for a period without length, or a budget, guess or price that is not positive.
   */
  constructor(period: BudgetPeriod, from: PacingState) {
    const { budgetUsd, startS, endS, expectedQueries } = period;
    if (!(endS > startS)) throw new RangeError(`the period ends at ${endS}, before ${startS}`);
    for (const [name, value] of Object.entries({ budgetUsd, expectedQueries, price: from.price }))
      if (!(value > 0 && value < Infinity))
        throw new RangeError(`${name} must be a finite number above 0, got ${value}`);
    this.#period = period;
    this.#price = from.price;
    this.#spentUsd = from.spentUsd;
    this.#queries = from.queries;
  }

  get state(): PacingState {
    return { price: this.#price, spentUsd: this.#spentUsd, queries: this.#queries };
  }

  /** Accounts for a query that was answered at this price, by its expected cost. */
  spend(atS: number, costUsd: number): void {
    const shareUsd = this.#shareUsd(atS, this.#period.budgetUsd - this.#spentUsd);
    const shares = Math.min(MAX_SHARES, costUsd / shareUsd);
    const unit = this.#period.expectedQueries / this.#period.budgetUsd;
    const price = this.#price * Math.exp(STEP * (shares - 1));
    this.#price = Math.min(MOST_WORTH * unit, Math.max(LEAST_WORTH * unit, price));
    this.#spentUsd += costUsd;
    this.#queries++;
  }

  /** Accounts for a query that nothing could be chosen for: it is demand, and says nothing of the price. */
  refuse(): void {
    this.#queries++;
  }

  /** ρ: what remains per query that is still expected, this one included. */
  #shareUsd(atS: number, leftUsd: number): number {
    const { startS, endS, expectedQueries, trafficCurve = (share) => share } = this.#period;
    const time = Math.min(1, Math.max(0, (atS - startS) / (endS - startS)));
    const passed = trafficCurve(time);
    const guess = GUESS_WEIGHT * expectedQueries;
    const busier = (this.#queries + guess) / (expectedQueries * passed + guess);
    const toCome = Math.max(1, expectedQueries * busier * (1 - passed));
    // Spent up, a free call still has to cost 0 shares, and any other many.
    return Math.max(leftUsd, SPENT_UP * this.#period.budgetUsd) / toCome;
  }
}
