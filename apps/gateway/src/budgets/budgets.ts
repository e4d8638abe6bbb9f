import type { BudgetStore, BudgetTerms } from '@zerorouter/database';
import { BudgetShare } from './budget-share.js';
import type { BudgetedPolicy } from './budget-share.js';

/** This gateway's shares in the budgets of all policies. */
export class Budgets {
  readonly #shares = new Map<string, BudgetShare>();

  /** @param clock ms since 1970 */
  constructor(
    private readonly store: Pick<BudgetStore, 'begin' | 'lease' | 'giveBack'>,
    private readonly clock: () => number = Date.now,
  ) {}

  /** See {@link BudgetShare.spend}. */
  spend<Decided extends { costUsd: number | null }>(
    policy: BudgetedPolicy,
    decide: (terms: BudgetTerms) => Decided,
  ): Promise<Decided> {
    let share = this.#shares.get(policy.name);
    if (share === undefined)
      this.#shares.set(policy.name, (share = new BudgetShare(this.store, this.clock)));
    return share.spend(policy, decide);
  }

  /** Gives back what is not spent. Call it when no decision can come any more. */
  async close(): Promise<void> {
    await Promise.all([...this.#shares.values()].map((share) => share.close()));
  }
}
