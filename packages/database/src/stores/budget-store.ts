import type pg from 'pg';
import type { Connection } from '../connection.js';

/** One period of one policy's budget. */
export interface BudgetKey {
  policy: string;
  /** `hour`, `day` or `month`. */
  period: string;
  startsAt: Date;
}

/** Where a period begins that has nothing before it, and what is known better than its predecessor. */
export interface NewBudgetPeriod extends BudgetKey {
  /** P(correct) that a USD has to buy. */
  firstPrice: number;
  /** The queries of the period before count for more. */
  expectedQueries: number;
}

/** What a gateway has seen since it last told. */
export interface BudgetReport {
  spentUsd: number;
  queries: number;
  /** What its traffic multiplied the price by; factors of several gateways come in any order. */
  priceFactor: number;
}

/** What all gateways know together, after the reports so far. */
export interface BudgetState {
  spentUsd: number;
  queries: number;
  price: number;
  expectedQueries: number;
  leasedUsd: number;
}

export interface LeaseRequest {
  report: BudgetReport;
  /** The whole budget of the period. */
  limitUsd: number;
  /** Share of the rest that is wanted. */
  share: number;
  /** At least that much is wanted, USD, where the rest allows it. */
  atLeastUsd: number;
}

/** Budgets that many gateways spend together: a USD is leased to one of them, or to none. */
export class BudgetStore {
  private readonly pool: pg.Pool;

  constructor(connection: Connection) {
    this.pool = connection.pool;
  }

  /** Begins a period, at the last price of the one before it, unless it has begun already. */
  async begin({ policy, period, startsAt, firstPrice, expectedQueries }: NewBudgetPeriod) {
    await this.pool.query(BEGIN, [policy, period, startsAt, firstPrice, expectedQueries]);
  }

  /**
   * Takes a share of what nobody has leased, and the report in, in one statement.
   * @returns what was granted, down to 0, and the state after it.
   * @throws Error when the period has not begun.
   */
  async lease(
    key: BudgetKey,
    { report, limitUsd, share, atLeastUsd }: LeaseRequest,
  ): Promise<{ grantedUsd: number; state: BudgetState }> {
    const { rows } = await this.pool.query<BudgetState & { grantedUsd: number }>(LEASE, [
      ...identify(key),
      ...tell(report),
      limitUsd,
      share,
      atLeastUsd,
    ]);
    const [row] = rows;
    if (row === undefined)
      throw new Error(`the ${key.period} of "${key.policy}" has not begun: begin() it first`);
    const { grantedUsd, ...state } = row;
    return { grantedUsd, state };
  }

  /** Gives back what is left of the leases, with the last report. */
  async giveBack(key: BudgetKey, unusedUsd: number, report: BudgetReport): Promise<void> {
    await this.pool.query(GIVE_BACK, [...identify(key), ...tell(report), unusedUsd]);
  }

  /** What is known of a period; null before it begins. */
  async get(key: BudgetKey): Promise<BudgetState | null> {
    const { rows } = await this.pool.query<BudgetState>(
      `SELECT ${STATE} FROM budget_periods b WHERE ${KEY}`,
      identify(key),
    );
    return rows[0] ?? null;
  }
}

const identify = ({ policy, period, startsAt }: BudgetKey) => [policy, period, startsAt];
const tell = ({ spentUsd, queries, priceFactor }: BudgetReport) => [spentUsd, queries, priceFactor];

const KEY = 'b.policy = $1 AND b.period = $2 AND b.starts_at = $3';
const STATE = `
  b.spent_usd AS "spentUsd", b.queries, b.price, b.expected_queries AS "expectedQueries",
  b.leased_usd AS "leasedUsd"`;
const TAKE_REPORT_IN = `
  spent_usd = b.spent_usd + $4, queries = b.queries + $5, price = b.price * $6`;

const BEGIN = `
  INSERT INTO budget_periods (policy, period, starts_at, price, expected_queries)
  SELECT $1, $2, $3, coalesce(before.price, $4), coalesce(nullif(before.queries, 0), $5::float8)
  FROM (SELECT) AS one LEFT JOIN LATERAL (
    SELECT price, queries FROM budget_periods
    WHERE policy = $1 AND period = $2 AND starts_at < $3
    ORDER BY starts_at DESC LIMIT 1) AS before ON true
  ON CONFLICT DO NOTHING`;

/** The lock comes first, so that the slice is cut from what the last lease left. */
const LEASE = `
  WITH rest AS (
    SELECT greatest(0, $7 - b.leased_usd) AS usd FROM budget_periods b WHERE ${KEY} FOR UPDATE
  ), slice AS (
    SELECT least(usd, greatest($9, $8 * usd)) AS usd FROM rest
  )
  UPDATE budget_periods b SET ${TAKE_REPORT_IN}, leased_usd = b.leased_usd + slice.usd
  FROM slice WHERE ${KEY} RETURNING slice.usd AS "grantedUsd", ${STATE}`;

const GIVE_BACK = `
  UPDATE budget_periods b SET ${TAKE_REPORT_IN}, leased_usd = b.leased_usd - $7 WHERE ${KEY}`;
