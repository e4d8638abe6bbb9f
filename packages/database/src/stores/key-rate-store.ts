import type pg from 'pg';
import type { Connection } from '../connection.js';

/** Calls, and the tokens of their prompts and answers. */
export interface RateAmounts {
  requests: number;
  tokens: number;
}

/** A minute's worth of each; null = no limit. */
export type RateLimits = { [Measure in keyof RateAmounts]: number | null };

export interface RateTake {
  limits: RateLimits;
  /** For the calls that wait. */
  wanted: RateAmounts;
  /** This part of what is there is granted where that is more than what is wanted. */
  share: number;
  /** Of earlier grants, not used; below 0 = used beyond them. */
  returned: RateAmounts;
}

/**
 * Token buckets that gateways share: each holds a minute's worth, fills steadily, and is drawn from by
 * one statement. What is granted may be used at any time, so that no more than two minutes' worth can
 * pass in any minute, and a minute's worth in the long run.
 */
export class KeyRateStore {
  private readonly pool: pg.Pool;

  constructor(connection: Connection) {
    this.pool = connection.pool;
  }

  /** @returns what was granted, which is less than what is wanted where there is no more, and what is left. */
  async take(
    keyId: string,
    { limits, wanted, share, returned }: RateTake,
  ): Promise<{ granted: RateAmounts; left: RateAmounts }> {
    const values = [
      keyId,
      limits.requests,
      limits.tokens,
      returned.requests,
      returned.tokens,
      wanted.requests,
      wanted.tokens,
      share,
    ];
    let { rows } = await this.pool.query<TakenRow>(TAKE, values);
    if (rows.length === 0) {
      await this.pool.query(BEGIN, [keyId, limits.requests, limits.tokens]);
      ({ rows } = await this.pool.query<TakenRow>(TAKE, values));
    }
    const row = rows[0]!;
    return {
      granted: { requests: row.granted_requests, tokens: row.granted_tokens },
      left: { requests: row.requests, tokens: row.tokens },
    };
  }

  /** Takes back what was granted and not used. */
  async giveBack(keyId: string, limits: RateLimits, { requests, tokens }: RateAmounts) {
    await this.pool.query(TAKE, [keyId, limits.requests, limits.tokens, requests, tokens, 0, 0, 0]);
  }
}

interface TakenRow extends RateAmounts {
  granted_requests: number;
  granted_tokens: number;
}

/** A bucket begins full. One without a limit is infinite, and stays so whatever is taken. */
const BEGIN = `
  INSERT INTO key_rates (key_id, requests, tokens, filled_at)
  VALUES ($1, coalesce($2::float8, 'Infinity'), coalesce($3::float8, 'Infinity'), clock_timestamp())
  ON CONFLICT DO NOTHING`;

const filled = (measure: string, limit: string, returned: string) => `
  CASE WHEN ${limit}::float8 IS NULL THEN 'Infinity'::float8
    ELSE least(${limit}::float8, b.${measure} + ${returned}::float8 + ${limit}::float8 / 60 *
      greatest(0, extract(epoch FROM clock_timestamp() - b.filled_at)::float8)) END`;
const granted = (level: string, limit: string, wanted: string) => `
  CASE WHEN ${limit}::float8 IS NULL THEN ${wanted}::float8
    ELSE greatest(0, least(${level}, greatest(${wanted}::float8, $8::float8 * ${level}))) END`;

/** The lock comes first, so that what is granted is cut from what the last one left. */
const TAKE = `
  WITH bucket AS (
    SELECT ${filled('requests', '$2', '$4')} AS requests, ${filled('tokens', '$3', '$5')} AS tokens
    FROM key_rates b WHERE b.key_id = $1 FOR UPDATE
  ), cut AS (
    SELECT requests, tokens, ${granted('requests', '$2', '$6')} AS granted_requests,
      ${granted('tokens', '$3', '$7')} AS granted_tokens
    FROM bucket
  )
  UPDATE key_rates b SET requests = cut.requests - granted_requests,
    tokens = cut.tokens - granted_tokens, filled_at = greatest(b.filled_at, clock_timestamp())
  FROM cut WHERE b.key_id = $1
  RETURNING granted_requests, granted_tokens, b.requests, b.tokens`;
