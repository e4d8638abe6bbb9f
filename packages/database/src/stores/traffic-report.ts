import type { QueryLatents } from '@zerorouter/contracts';
import type pg from 'pg';
import type { Connection } from '../connection.js';
import { ANSWERING_MODEL } from './answering-model.js';

/** What a group of decisions comes to. */
export interface TrafficRow {
  /** Start of its bucket; null in the rows by model and in all. */
  at: Date | null;
  /** The chosen model; null in the rows by bucket and in all. */
  model: string | null;
  decisions: number;
  /** Decisions whose predicted cost is known, and the sum, USD. */
  priced: number;
  costUsd: number;
  /** Mean P(correct) of the chosen models; null = of none. */
  meanCorrect: number | null;
  /** Decisions that somebody has judged, and their mean score. */
  judged: number;
  meanScore: number | null;
  /** Mean P(correct) of those, and Σ p(1 − p) over them. */
  judgedMeanCorrect: number | null;
  judgedVariance: number | null;
  /** Ms. */
  overheadP50: number | null;
  overheadP99: number | null;
}

export interface MappedDecision {
  id: string;
  createdAt: Date;
  model: string;
  pCorrect: number | null;
  latents: QueryLatents;
}

export interface MappedAnchor {
  id: string;
  set: string;
  domain: string;
  discrimination: number[];
  difficulty: number;
}

/** What has been decided, summed up where it is stored. */
export class TrafficReport {
  private readonly pool: pg.Pool;

  constructor(connection: Connection) {
    this.pool = connection.pool;
  }

  /**
   * One row in all, one a bucket (oldest first), one a model (most chosen first).
   * @param to exclusive. @param bucketS buckets begin at multiples of it since `from`.
   */
  async sum(period: { from: Date; to: Date; bucketS: number }): Promise<TrafficRow[]> {
    const { from, to, bucketS } = period;
    const { rows } = await this.pool.query<TrafficRow>(TRAFFIC, [from, to, bucketS]);
    return rows;
  }

  /** The newest decisions of a space, newest first. */
  async decisionsOf(spaceVersion: string, limit: number): Promise<MappedDecision[]> {
    const { rows } = await this.pool.query<MappedDecision>(
      `SELECT id, created_at AS "createdAt", model, p_correct AS "pCorrect", latents
       FROM decisions WHERE space_version = $1 ORDER BY created_at DESC, id DESC LIMIT $2`,
      [spaceVersion, limit],
    );
    return rows;
  }

  /** Anchors with coordinates in a space, of its newest sets first. */
  async anchorsOf(spaceVersion: string, limit: number): Promise<MappedAnchor[]> {
    const { rows } = await this.pool.query<MappedAnchor>(
      `SELECT a.id, s.name AS set, a.domain, a.discrimination, a.difficulty
       FROM latent_anchors a JOIN anchor_sets s ON s.id = a.set_id
       WHERE s.space_version = $1 AND a.difficulty IS NOT NULL AND cardinality(a.discrimination) > 0
       ORDER BY s.created_at DESC, s.id, a.position LIMIT $2`,
      [spaceVersion, limit],
    );
    return rows;
  }
}

/**
 * Three groupings in one scan; judgements in quarantine, or discarded, say nothing. One of a fallback's answer says
 * nothing of the chosen model.
 */
const TRAFFIC = `
  WITH judged AS (
    SELECT f.decision_id, avg(f.score) AS score
    FROM feedback f JOIN decisions d ON d.id = f.decision_id
    WHERE ${ANSWERING_MODEL} = d.model AND d.created_at >= $1 AND d.created_at < $2 AND f.state IN ('pending', 'learned')
    GROUP BY f.decision_id
  ), seen AS (
    SELECT date_bin(make_interval(secs => $3), d.created_at, $1) AS at,
      d.model, d.cost_usd, d.p_correct, d.overhead_ms, j.score
    FROM decisions d LEFT JOIN judged j ON j.decision_id = d.id
    WHERE d.created_at >= $1 AND d.created_at < $2
  )
  SELECT at, model, count(*)::int AS decisions, count(cost_usd)::int AS priced,
    coalesce(sum(cost_usd), 0) AS "costUsd", avg(p_correct) AS "meanCorrect",
    count(score)::int AS judged, avg(score) AS "meanScore",
    avg(p_correct) FILTER (WHERE score IS NOT NULL) AS "judgedMeanCorrect",
    sum(p_correct * (1 - p_correct)) FILTER (WHERE score IS NOT NULL) AS "judgedVariance",
    percentile_cont(0.5) WITHIN GROUP (ORDER BY overhead_ms) AS "overheadP50",
    percentile_cont(0.99) WITHIN GROUP (ORDER BY overhead_ms) AS "overheadP99"
  FROM seen
  GROUP BY GROUPING SETS ((), (at), (model))
  ORDER BY at NULLS LAST, decisions DESC, model`;
