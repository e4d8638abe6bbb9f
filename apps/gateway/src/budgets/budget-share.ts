import { isDomainError } from '@zerorouter/contracts';
import type { BudgetKey, BudgetStore, BudgetTerms, PolicyBudget } from '@zerorouter/database';
import { PacedBudget } from '@zerorouter/optimizer';
import type { PacingState } from '@zerorouter/optimizer';
import { windowAt } from './budget-window.js';
import type { BudgetWindow } from './budget-window.js';

/** What a policy says of its budget, and what its first period begins with. */
export interface BudgetedPolicy {
  readonly name: string;
  readonly budget: PolicyBudget;
  /** P(correct) that a USD has to buy. */
  readonly firstPrice: number;
  readonly expectedQueries: number;
}

/** A lease takes this part of what nobody has leased: the less there is, the smaller the leases. */
const LEASE_SHARE = 1 / 32;
/** And at least this many calls as dear as the one that asks, so that leases stay rare to the end. */
const LEASE_CALLS = 8;
/** The next lease begins when this part of the last one is left. */
const LOW_WATER = 0.5;
/**
 * Part of the budget that the price is paced to use up. The rest is for what gateways have not told
 * each other yet: without it the last queries of a period would find it spent.
 */
const PACED_SHARE = 0.99;
/** How long a budget counts as spent up before it is looked at again: another gateway may have given back. */
const LOOK_AGAIN_MS = 1_000;

/** What this gateway holds of one period. */
interface Holding {
  readonly window: BudgetWindow;
  readonly key: BudgetKey;
  pacer: PacedBudget;
  /** What Postgres knows of `pacer`. */
  told: PacingState;
  leaseUsd: number;
  /** Size of the last lease. */
  grantedUsd: number;
  /** What nobody had leased when this gateway last looked, at `seenMs`. */
  unleasedUsd: number;
  seenMs: number;
}

/**
 * This gateway's part in a budget that several spend together. It leases slices of the budget and
 * decides within them without asking anybody. Whenever it leases, it tells what it spent and how its
 * traffic moved the price, and takes over what the others told.
 */
export class BudgetShare {
  #holding: Holding | null = null;
  #leasing: Promise<void> | null = null;

  /** @param clock ms since 1970 */
  constructor(
    private readonly store: Pick<BudgetStore, 'begin' | 'lease' | 'giveBack'>,
    private readonly clock: () => number = Date.now,
  ) {}

  /**
   * Has a decision made at the price of the moment and sets its cost aside. `decide` is called again
   * when the lease does not cover what it chose.
   * @throws what `decide` throws; what Postgres throws when a lease is needed.
   */
  async spend<Decided extends { costUsd: number | null }>(
    policy: BudgetedPolicy,
    decide: (terms: BudgetTerms) => Decided,
  ): Promise<Decided> {
    for (;;) {
      const window = windowAt(policy.budget.period, this.clock());
      const holding = this.#holding;
      if (holding === null || !isSame(holding.window, window)) {
        await this.#lease(policy, window, 0);
        continue;
      }
      const decided = this.#tryDecide(holding, decide);
      if (decided === null) {
        await this.#lease(policy, window, 0);
        continue;
      }
      const costUsd = decided.costUsd ?? 0;
      if (costUsd > holding.leaseUsd) {
        await this.#lease(policy, window, LEASE_CALLS * costUsd);
        continue;
      }
      holding.leaseUsd -= costUsd;
      holding.pacer.spend(this.clock() / 1000, costUsd);
      if (holding.unleasedUsd > 0 && holding.leaseUsd < LOW_WATER * holding.grantedUsd)
        // One that fails is tried again by the request that needs it, which is told.
        this.#lease(policy, window, LEASE_CALLS * costUsd).catch(() => {});
      return decided;
    }
  }

  /** Gives back what is not spent. Call it when no decision can come any more. */
  async close(): Promise<void> {
    await this.#leasing?.catch(() => {});
    await this.#giveBack();
  }

  /** Null when the budget looks spent up and may have changed since it was looked at. */
  #tryDecide<Decided>(holding: Holding, decide: (terms: BudgetTerms) => Decided): Decided | null {
    try {
      return decide({
        price: holding.pacer.state.price,
        leftUsd: holding.leaseUsd + holding.unleasedUsd,
        endsAt: new Date(holding.window.endMs).toISOString(),
      });
    } catch (error) {
      if (!isDomainError(error) || error.code !== 'budget-exhausted') throw error;
      if (this.clock() - holding.seenMs >= LOOK_AGAIN_MS) return null;
      holding.pacer.refuse();
      throw error;
    }
  }

  /** Whoever needs a lease while one is under way waits for that one, and looks again. */
  #lease(policy: BudgetedPolicy, window: BudgetWindow, atLeastUsd: number): Promise<void> {
    this.#leasing ??= this.#exchange(policy, window, atLeastUsd).finally(
      () => (this.#leasing = null),
    );
    return this.#leasing;
  }

  async #exchange(policy: BudgetedPolicy, window: BudgetWindow, atLeastUsd: number): Promise<void> {
    const { name, budget, firstPrice, expectedQueries } = policy;
    if (this.#holding !== null && !isSame(this.#holding.window, window)) await this.#giveBack();
    const key = { policy: name, period: window.period, startsAt: new Date(window.startMs) };
    if (this.#holding === null) await this.store.begin({ ...key, firstPrice, expectedQueries });

    const before = this.#holding?.pacer.state ?? null;
    const { grantedUsd, state } = await this.store.lease(key, {
      report: this.#report(),
      limitUsd: budget.usd,
      share: LEASE_SHARE,
      atLeastUsd,
    });
    // What was decided meanwhile is not in the report and stays on top of the common state.
    const after = this.#holding?.pacer.state ?? null;
    const since = before === null || after === null ? NOTHING : difference(before, after);
    this.#holding = {
      window,
      key,
      pacer: new PacedBudget(
        {
          budgetUsd: PACED_SHARE * budget.usd,
          startS: window.startMs / 1000,
          endS: window.endMs / 1000,
          expectedQueries: budget.expectedQueries ?? state.expectedQueries,
        },
        {
          price: state.price * since.priceFactor,
          spentUsd: state.spentUsd + since.spentUsd,
          queries: state.queries + since.queries,
        },
      ),
      told: state,
      leaseUsd: (this.#holding?.leaseUsd ?? 0) + grantedUsd,
      grantedUsd,
      unleasedUsd: Math.max(0, budget.usd - state.leasedUsd),
      seenMs: this.clock(),
    };
  }

  async #giveBack(): Promise<void> {
    const holding = this.#holding;
    if (holding === null) return;
    const report = this.#report();
    // From here on nothing can be spent of it.
    this.#holding = null;
    await this.store.giveBack(holding.key, holding.leaseUsd, report);
  }

  #report() {
    return this.#holding === null
      ? NOTHING
      : difference(this.#holding.told, this.#holding.pacer.state);
  }
}

const NOTHING = { spentUsd: 0, queries: 0, priceFactor: 1 };

function difference(from: PacingState, to: PacingState) {
  return {
    spentUsd: to.spentUsd - from.spentUsd,
    queries: to.queries - from.queries,
    priceFactor: to.price / from.price,
  };
}

function isSame(a: BudgetWindow, b: BudgetWindow): boolean {
  return a.period === b.period && a.startMs === b.startMs;
}
