import type pg from 'pg';
import type { Connection } from '../connection.js';
import type { KeyBudget } from './api-key-store.js';

/** One period of one key's budget. */
export interface SpendPeriod {
  keyId: string;
  period: KeyBudget['period'];
  startsAt: Date;
}

/** USD. */
export interface KeySpend {
  spentUsd: number;
  /** Set aside for calls that are under way. */
  reservedUsd: number;
}

export interface NewReservation {
  id: string;
  usd: number;
  /** What may be spent in the period; null = the money is set aside however much is spent. */
  limitUsd: number | null;
  /** After that, unless it is renewed, the money is free again. */
  ttlMs: number;
}

/** Digits behind the point that the columns keep. */
const DIGITS = 12;
/** A reservation that was not renewed can still be settled for so long. */
const KEPT = '1 day';

/** Money of keys, which many gateways spend: a USD is set aside for one call, or for none. */
export class KeySpendStore {
  private readonly pool: pg.Pool;

  constructor(connection: Connection) {
    this.pool = connection.pool;
  }

  /** Sets money aside, in one statement. @returns false when what is left of the limit does not cover it. */
  async reserve(
    { keyId, period, startsAt }: SpendPeriod,
    { id, usd, limitUsd, ttlMs }: NewReservation,
  ): Promise<boolean> {
    const { rowCount } = await this.pool.query(RESERVE, [
      keyId,
      period,
      startsAt,
      id,
      exact(usd),
      limitUsd === null ? null : exact(limitUsd),
      ttlMs,
    ]);
    return rowCount === 1;
  }

  /**
   * Puts what a call has cost in the place of what was set aside for it; 0 = it has cost nothing. A
   * reservation that is settled already stays so.
   * @returns the period's state; null where there is no such reservation any more.
   */
  async settle(id: string, usd: number): Promise<KeySpend | null> {
    const { rows } = await this.pool.query<SpendRow>(SETTLE, [id, exact(usd)]);
    return rows[0] === undefined ? null : toSpend(rows[0]);
  }

  /** Keeps reservations for another while. */
  async renew(ids: readonly string[], ttlMs: number): Promise<void> {
    await this.pool.query(RENEW, [ids, ttlMs]);
  }

  /**
   * Frees the money of reservations that nobody has renewed, of one key or of all: their gateway was killed.
   * @returns how many there were
   */
  async freeLapsed(keyId: string | null = null): Promise<number> {
    const { rows } = await this.pool.query<{ count: string }>(FREE_LAPSED, [keyId]);
    return rows.reduce((sum, { count }) => sum + Number(count), 0);
  }

  /** Forgets freed reservations that nobody will settle any more. */
  async prune(): Promise<void> {
    await this.pool.query(
      `DELETE FROM key_reservations WHERE freed AND expires_at < now() - interval '${KEPT}'`,
    );
  }

  async get({ keyId, period, startsAt }: SpendPeriod): Promise<KeySpend> {
    const { rows } = await this.pool.query<SpendRow>(
      `SELECT spent_usd, reserved_usd FROM key_spends
       WHERE key_id = $1 AND period = $2 AND starts_at = $3`,
      [keyId, period, startsAt],
    );
    return rows[0] === undefined ? { spentUsd: 0, reservedUsd: 0 } : toSpend(rows[0]);
  }

  /** Of many periods, in their order. */
  async list(periods: readonly SpendPeriod[]): Promise<KeySpend[]> {
    const { rows } = await this.pool.query<SpendRow>(LIST, [
      periods.map(({ keyId }) => keyId),
      periods.map(({ period }) => period),
      periods.map(({ startsAt }) => startsAt),
    ]);
    return rows.map(toSpend);
  }
}

interface SpendRow {
  spent_usd: string;
  reserved_usd: string;
}

const toSpend = ({ spent_usd, reserved_usd }: SpendRow): KeySpend => ({
  spentUsd: Number(spent_usd),
  reservedUsd: Number(reserved_usd),
});

/** As decimals: sums of doubles would miss a budget by their last bit. */
const exact = (usd: number): string => usd.toFixed(DIGITS);

const RESERVE = `
  WITH held AS (
    INSERT INTO key_spends AS s (key_id, period, starts_at, reserved_usd)
    SELECT $1, $2, $3::timestamptz, $5::numeric WHERE $6::numeric IS NULL OR $5::numeric <= $6
    ON CONFLICT (key_id, period, starts_at)
      DO UPDATE SET reserved_usd = s.reserved_usd + $5
      WHERE $6 IS NULL OR s.spent_usd + s.reserved_usd + $5 <= $6
    RETURNING key_id
  )
  INSERT INTO key_reservations (id, key_id, period, starts_at, usd, expires_at)
  SELECT $4, $1, $2, $3, $5, now() + $7::float8 * interval '1 millisecond' FROM held`;

const SETTLE = `
  WITH gone AS (
    DELETE FROM key_reservations WHERE id = $1
    RETURNING key_id, period, starts_at, CASE WHEN freed THEN 0 ELSE usd END AS held
  )
  UPDATE key_spends s
  SET spent_usd = s.spent_usd + $2::numeric, reserved_usd = s.reserved_usd - gone.held
  FROM gone
  WHERE s.key_id = gone.key_id AND s.period = gone.period AND s.starts_at = gone.starts_at
  RETURNING s.spent_usd, s.reserved_usd`;

const RENEW = `
  UPDATE key_reservations SET expires_at = now() + $2::float8 * interval '1 millisecond'
  WHERE id = ANY ($1::text[]) AND NOT freed`;

/** Those that another gateway is freeing are left to it. */
const FREE_LAPSED = `
  WITH lapsed AS (
    SELECT id FROM key_reservations
    WHERE NOT freed AND expires_at < now() AND ($1::text IS NULL OR key_id = $1)
    FOR UPDATE SKIP LOCKED
  ), freed AS (
    UPDATE key_reservations r SET freed = true FROM lapsed WHERE r.id = lapsed.id
    RETURNING r.key_id, r.period, r.starts_at, r.usd
  ), sums AS (
    SELECT key_id, period, starts_at, sum(usd) AS usd, count(*) AS count
    FROM freed GROUP BY key_id, period, starts_at
  )
  UPDATE key_spends s SET reserved_usd = s.reserved_usd - sums.usd FROM sums
  WHERE s.key_id = sums.key_id AND s.period = sums.period AND s.starts_at = sums.starts_at
  RETURNING sums.count`;

const LIST = `
  SELECT coalesce(s.spent_usd, 0) AS spent_usd, coalesce(s.reserved_usd, 0) AS reserved_usd
  FROM unnest($1::text[], $2::text[], $3::timestamptz[]) WITH ORDINALITY
    AS asked (key_id, period, starts_at, place)
  LEFT JOIN key_spends s USING (key_id, period, starts_at)
  ORDER BY asked.place`;
