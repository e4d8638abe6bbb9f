import type pg from 'pg';
import type { Connection } from '../connection.js';

/** The newest period of a policy's budget. */
export interface BudgetLevel {
  policy: string;
  /** `hour`, `day` or `month`. */
  period: string;
  startsAt: Date;
  /** Predicted cost of the decisions that gateways have told of, USD. */
  spentUsd: number;
  /** Set aside by gateways, spent or not, USD. */
  leasedUsd: number;
  /** P(correct) that a USD has to buy. */
  price: number;
}

/** CUSUM sums of a model in the active space; learning raises an alert beyond its thresholds. */
export interface DriftLevel {
  model: string;
  worse: number;
  better: number;
  longer: number;
  shorter: number;
}

/** Connections of this process to Postgres. */
export interface PoolState {
  total: number;
  idle: number;
  /** Queries that wait for a connection. */
  waiting: number;
}

/** What those who run the system watch: a few small reads, made at each scrape. */
export class OperationsStore {
  private readonly pool: pg.Pool;

  constructor({ pool }: Connection) {
    this.pool = pool;
  }

  get poolState(): PoolState {
    const { totalCount, idleCount, waitingCount } = this.pool;
    return { total: totalCount, idle: idleCount, waiting: waitingCount };
  }

  async budgets(): Promise<BudgetLevel[]> {
    const { rows } = await this.pool.query<BudgetLevel>(`
      SELECT DISTINCT ON (policy) policy, period, starts_at AS "startsAt", spent_usd AS "spentUsd",
        leased_usd AS "leasedUsd", price
      FROM budget_periods ORDER BY policy, starts_at DESC`);
    return rows;
  }

  async drift(): Promise<DriftLevel[]> {
    const { rows } = await this.pool.query<DriftLevel>(`
      SELECT m.name AS model,
        (l.state #>> '{accuracyDrift,worse}')::float8 AS worse,
        (l.state #>> '{accuracyDrift,better}')::float8 AS better,
        (l.state #>> '{lengthDrift,longer}')::float8 AS longer,
        (l.state #>> '{lengthDrift,shorter}')::float8 AS shorter
      FROM profile_learnings l
      JOIN models m ON m.id = l.model_id
      JOIN latent_spaces s ON s.version = l.space_version AND s.state = 'active'`);
    return rows;
  }

  /** Alerts that nobody has resolved, by kind. */
  async openAlerts(): Promise<{ kind: string; count: number }[]> {
    const { rows } = await this.pool.query<{ kind: string; count: number }>(`
      SELECT kind, count(*)::int AS count FROM alerts WHERE resolved_at IS NULL GROUP BY kind`);
    return rows;
  }
}
