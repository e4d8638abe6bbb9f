import type pg from 'pg';
import type { Connection } from '../connection.js';

export type SavingsGrouping = 'model' | 'policy' | 'key' | 'day';

/** Sums over requests of one group. What is predicted and what came of it are never added to each other. */
export interface SavingsRow {
  /** Null in the group of calls without a key. */
  group: string | null;
  /** Requests that a policy decided, and those that named their model. */
  decided: number;
  pinned: number;
  /** Decisions whose cost was predicted, and the sum, USD. */
  predicted: number;
  predictedUsd: number;
  /** Calls whose cost is known, the sum, and how many of them by tokens that were counted from characters. */
  realised: number;
  realisedUsd: number;
  realisedEstimated: number;
  /** Of those that were decided: what had been predicted of them, and what they cost. */
  comparable: number;
  comparablePredictedUsd: number;
  comparableRealisedUsd: number;
  /** Calls that ended with an answer whose cost is not known. */
  unpriced: number;
  /** What attempts that broke off may have cost, USD. */
  lostUsd: number;
  inputTokens: number;
  cachedTokens: number;
  outputTokens: number;
  reasoningTokens: number;
  /** Decisions with a predicted cost of the baseline and of the model chosen, and both sums, USD. */
  baseline: number;
  baselineUsd: number;
  baselinePredictedUsd: number;
  /** Of those, the ones whose cost is known, and both sums, USD. */
  baselineRealised: number;
  baselineOfRealisedUsd: number;
  baselineRealisedUsd: number;
  /** Mean predicted P(correct) of the models chosen and, where there is one, of the baseline; null = of none. */
  meanCorrect: number | null;
  baselineMeanCorrect: number | null;
  /** Decisions that somebody has judged and the mean score. */
  judged: number;
  meanScore: number | null;
  /** Mean predicted P(correct) of those that somebody has judged. */
  judgedMeanCorrect: number | null;
}

/** What routing has cost, beside what one model for everything would have. */
export class SavingsReport {
  private readonly pool: pg.Pool;

  constructor(connection: Connection) {
    this.pool = connection.pool;
  }

  /** Dearest first; by day: oldest first. @param to exclusive. @param limit of groups. */
  async sum(period: {
    from: Date;
    to: Date;
    groupBy: SavingsGrouping;
    limit: number;
  }): Promise<SavingsRow[]> {
    const { from, to, groupBy, limit } = period;
    const { rows } = await this.pool.query<SavingsRow>(report(groupBy), [from, to, limit]);
    return rows;
  }

  /** Of the whole period; null where nothing was asked. */
  async total(period: { from: Date; to: Date }): Promise<SavingsRow | null> {
    const { from, to } = period;
    const { rows } = await this.pool.query<SavingsRow>(report(null), [from, to, 1]);
    return rows[0] ?? null;
  }
}

const GROUPS: Record<SavingsGrouping, string> = {
  model: 'model',
  policy: 'policy',
  key: 'key_id',
  day: `to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')`,
};

/**
 * A decision stands at its own time, model and policy, with its call beside it; a call without a decision at
 * its own. Judgements that are in quarantine, or were discarded, say nothing.
 */
function report(groupBy: SavingsGrouping | null): string {
  return `
  WITH requests AS (
    SELECT d.created_at, d.model, d.policy, d.key_id, true AS decided, d.cost_usd AS predicted, d.p_correct,
      d.baseline_cost_usd, d.baseline_p_correct, c.cost_usd AS realised, c.estimated, c.ending, c.lost_usd,
      c.input_tokens, c.cached_tokens, c.output_tokens, c.reasoning_tokens, f.score
    FROM decisions d
    LEFT JOIN calls c ON c.decision_id = d.id
    LEFT JOIN LATERAL (
      SELECT avg(score) AS score FROM feedback
      WHERE decision_id = d.id AND state IN ('pending', 'learned')
    ) f ON true
    WHERE d.created_at >= $1 AND d.created_at < $2
    UNION ALL
    SELECT created_at, model, policy, key_id, false, NULL, NULL, NULL, NULL, cost_usd, estimated, ending,
      lost_usd, input_tokens, cached_tokens, output_tokens, reasoning_tokens, NULL
    FROM calls
    WHERE created_at >= $1 AND created_at < $2 AND decision_id IS NULL
  )
  SELECT ${groupBy === null ? 'NULL' : GROUPS[groupBy]} AS "group",
    ${count('decided')} AS decided,
    ${count('NOT decided')} AS pinned,
    count(predicted)::int AS predicted,
    ${sum('predicted')} AS "predictedUsd",
    count(realised)::int AS realised,
    ${sum('realised')} AS "realisedUsd",
    ${count('estimated AND realised IS NOT NULL')} AS "realisedEstimated",
    ${count(COMPARABLE)} AS comparable,
    ${sum('predicted', COMPARABLE)} AS "comparablePredictedUsd",
    ${sum('realised', COMPARABLE)} AS "comparableRealisedUsd",
    ${count(`realised IS NULL AND ending IN ('complete', 'aborted', 'broken')`)} AS unpriced,
    ${sum('lost_usd')} AS "lostUsd",
    ${sum('input_tokens')} AS "inputTokens",
    ${sum('cached_tokens')} AS "cachedTokens",
    ${sum('output_tokens')} AS "outputTokens",
    ${sum('reasoning_tokens')} AS "reasoningTokens",
    ${count(BASELINE)} AS baseline,
    ${sum('baseline_cost_usd', BASELINE)} AS "baselineUsd",
    ${sum('predicted', BASELINE)} AS "baselinePredictedUsd",
    ${count(BASELINE_REALISED)} AS "baselineRealised",
    ${sum('baseline_cost_usd', BASELINE_REALISED)} AS "baselineOfRealisedUsd",
    ${sum('realised', BASELINE_REALISED)} AS "baselineRealisedUsd",
    avg(p_correct) AS "meanCorrect",
    avg(baseline_p_correct) AS "baselineMeanCorrect",
    count(score)::int AS judged,
    avg(score) AS "meanScore",
    avg(p_correct) FILTER (WHERE score IS NOT NULL) AS "judgedMeanCorrect"
  FROM requests
  ${groupBy === null ? 'HAVING count(*) > 0' : 'GROUP BY 1'}
  ORDER BY ${groupBy === 'day' ? '1' : `${sum('realised')} DESC, ${sum('predicted')} DESC, 1`}
  LIMIT $3`;
}

const COMPARABLE = 'predicted IS NOT NULL AND realised IS NOT NULL';
const BASELINE = 'baseline_cost_usd IS NOT NULL AND predicted IS NOT NULL';
const BASELINE_REALISED = 'baseline_cost_usd IS NOT NULL AND realised IS NOT NULL';

const count = (condition: string): string => `count(*) FILTER (WHERE ${condition})::int`;

/** As a double: bigints would come as texts. */
function sum(column: string, condition?: string): string {
  const filter = condition === undefined ? '' : ` FILTER (WHERE ${condition})`;
  return `coalesce(sum(${column})${filter}, 0)::double precision`;
}
