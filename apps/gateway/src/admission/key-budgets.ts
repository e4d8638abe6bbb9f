import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError } from '@zerorouter/contracts';
import type { KeyBudget, KeySpend, KeySpendStore, SpendPeriod } from '@zerorouter/database';
import type { Logger } from '@zerorouter/platform';
import { windowAt } from '../budgets/budget-window.js';
import type { Reservation } from './admission.js';

export interface KeyBudgetsSettings {
  /** A gateway that is killed holds money for so long. */
  reservationMs: number;
  logger: Pick<Logger, 'warn' | 'error'>;
  /** Ms since 1970. */
  clock?: () => number;
}

type Store = Pick<KeySpendStore, 'reserve' | 'settle' | 'renew' | 'freeLapsed' | 'prune' | 'get'>;

/** Pauses between tries to settle while Postgres is away. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** Reservations are renewed so often within their time. */
const RENEWALS = 4;
/** Periods whose state is remembered. */
const MOST_SEEN = 10_000;

/**
 * Money of keys, set aside before a call and settled after it. The row of the period in Postgres decides,
 * so that no number of calls at once, through however many gateways, overruns a budget: what a call
 * costs beyond what was set aside for it is all that can come on top.
 */
export class KeyBudgets {
  readonly #open = new Set<string>();
  readonly #settling = new Set<Promise<void>>();
  /** What was spent in a period at least; it never becomes less. */
  readonly #seen = new Map<string, number>();
  readonly #closing = new AbortController();
  readonly #clock: () => number;
  readonly #timer: NodeJS.Timeout;
  #round: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: Store,
    private readonly settings: KeyBudgetsSettings,
  ) {
    this.#clock = settings.clock ?? Date.now;
    this.#timer = setInterval(() => {
      this.#round = this.#round.then(() => this.#maintain());
    }, settings.reservationMs / RENEWALS).unref();
  }

  /** Whether a budget is known to be spent, without asking Postgres. False says nothing. */
  isSpent(keyId: string, budget: KeyBudget): boolean {
    return (this.#seen.get(nameOf(this.#periodOf(keyId, budget))) ?? 0) >= budget.usd;
  }

  /**
   * @param enforced false = set aside and counted, however much is spent.
   * @throws DomainError `key-budget-exhausted`; what Postgres throws
   */
  async reserve(
    keyId: string,
    budget: KeyBudget,
    usd: number,
    { enforced }: { enforced: boolean },
  ): Promise<Reservation> {
    if (!(usd >= 0 && usd < Infinity))
      throw new RangeError(`a call that costs ${usd} USD cannot be reserved for`);
    const period = this.#periodOf(keyId, budget);
    if (enforced && this.isSpent(keyId, budget)) throw await this.#exhausted(period, budget, usd);
    const id = randomUUID();
    const { reservationMs: ttlMs } = this.settings;
    const reservation = { id, usd, limitUsd: enforced ? budget.usd : null, ttlMs };
    if (
      !(await this.store.reserve(period, reservation)) &&
      !((await this.store.freeLapsed(keyId)) > 0 && (await this.store.reserve(period, reservation)))
    )
      throw await this.#exhausted(period, budget, usd);
    this.#open.add(id);
    return this.#reservation(id, period);
  }

  /** Waits for what is being settled, and no longer than Postgres answers. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#closing.abort();
    await this.#round;
    await Promise.all(this.#settling);
  }

  /** @throws DomainError */
  async refuse(keyId: string, budget: KeyBudget): Promise<never> {
    throw await this.#exhausted(this.#periodOf(keyId, budget), budget, 0);
  }

  #reservation(id: string, period: SpendPeriod): Reservation {
    let settled: Promise<void> | null = null;
    const settle = (usd: number): Promise<void> => {
      if (settled !== null) return settled;
      settled = this.#settle(id, period, usd);
      this.#settling.add(settled);
      void settled.finally(() => this.#settling.delete(settled!));
      return settled;
    };
    return { settle, release: () => settle(0) };
  }

  /** Goes on until Postgres has taken it: what a call has cost must not be lost over an outage. */
  async #settle(id: string, period: SpendPeriod, usd: number): Promise<void> {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      try {
        const spend = await this.store.settle(id, Math.max(0, usd));
        if (spend !== null) this.#see(period, spend);
        break;
      } catch (error) {
        const about = { err: error, keyId: period.keyId, usd };
        if (this.#closing.signal.aborted) {
          this.settings.logger.error(about, 'what a call has cost could not be stored');
          break;
        }
        this.settings.logger.warn(about, 'what a call has cost could not be stored yet');
        await sleep(pauseMs, undefined, { signal: this.#closing.signal }).catch(() => {});
      }
    }
    this.#open.delete(id);
  }

  async #maintain(): Promise<void> {
    const { logger, reservationMs } = this.settings;
    try {
      if (this.#open.size > 0) await this.store.renew([...this.#open], reservationMs);
      const freed = await this.store.freeLapsed();
      if (freed > 0) logger.warn({ freed }, 'money of calls whose gateway has ended is free again');
      await this.store.prune();
    } catch (error) {
      logger.warn({ err: error }, 'reservations could not be renewed');
    }
  }

  #periodOf(keyId: string, budget: KeyBudget): SpendPeriod {
    const { period, startMs } = windowAt(budget.period, this.#clock());
    return { keyId, period, startsAt: new Date(startMs) };
  }

  #see(period: SpendPeriod, { spentUsd }: KeySpend): void {
    const name = nameOf(period);
    this.#seen.delete(name);
    this.#seen.set(name, spentUsd);
    if (this.#seen.size <= MOST_SEEN) return;
    const [oldest] = this.#seen.keys();
    this.#seen.delete(oldest!);
  }

  async #exhausted(period: SpendPeriod, budget: KeyBudget, usd: number): Promise<DomainError> {
    const spend = await this.store.get(period);
    this.#see(period, spend);
    const endsAt = new Date(windowAt(budget.period, this.#clock()).endMs).toISOString();
    const held = spend.reservedUsd > 0 ? ` and calls under way hold ${spend.reservedUsd} USD` : '';
    return new DomainError(
      'key-budget-exhausted',
      `the API key's budget of ${budget.usd} USD a ${budget.period} does not cover this call of up to ${usd} USD: ${spend.spentUsd} USD are spent${held}; the next ${budget.period} begins at ${endsAt}`,
      {
        details: {
          budget_usd: budget.usd,
          spent_usd: spend.spentUsd,
          reserved_usd: spend.reservedUsd,
          call_usd: usd,
          period_ends_at: endsAt,
        },
      },
    );
  }
}

const nameOf = ({ keyId, period, startsAt }: SpendPeriod) =>
  `${keyId} ${period} ${startsAt.getTime()}`;
