import type { QueryLatents, RouteResponse } from '@zerorouter/contracts';
import { DomainError } from '@zerorouter/contracts';
import type { HardConstraints, UtilityWeights } from '@zerorouter/optimizer';
import type pg from 'pg';
import type { Connection } from '../connection.js';
import type { Decision as DecisionRow, PrismaClient } from '../generated/client.js';
import { fromJson, storableJson } from '../json.js';
import type { JsonObject } from '../json.js';
import { newestFirst, olderThan } from '../newest-first.js';
import { candidateColumns, unpackCandidates } from './packed-candidates.js';
import type { RollOutTerms, ShadowChoices } from './roll-out-records.js';

/** What decided in place of the weights' cost, where the policy has a budget. */
export interface BudgetTerms {
  /** P(correct) that a USD had to buy. */
  price: number;
  /** What was left to spend, USD; dearer candidates are excluded. */
  leftUsd: number;
  /** ISO 8601. */
  endsAt: string;
}

/** What a drawn choice can be drawn from again. */
export interface ExplorationTerms {
  share: number;
  maxRegret: number;
  youngFrom: number;
  /** Uniform in [0, 1). */
  draw: number;
}

/** What was predicted of the model that one would use without a router. */
export interface BaselineForecast {
  model: string;
  costUsd: number | null;
  pCorrect: number;
}

/** The model that a conversation was on when it was decided again. */
export interface SessionTerms {
  model: string;
  /** Estimated tokens of the prompt that it has read before, and may find in its cache. */
  seenTokens: number;
}

/** One answered routing request: latents, hashes and counts, never the text. */
export interface DecisionRecord {
  id: string;
  createdAt: Date;
  /** Null where no key was asked for. */
  keyId: string | null;
  /** Hex SHA-256 of the flattened conversation. */
  textHash: string;
  spaceVersion: string;
  latents: QueryLatents;
  policy: string;
  weights: UtilityWeights;
  constraints: HardConstraints;
  /** Read back, its numbers have 6 significant digits. */
  candidates: RouteResponse['candidates'];
  /** Version of each candidate's profile, by model. */
  profileVersions: Record<string, number>;
  model: string;
  reason: string;
  /** Probability with which the policy chose this model: 1 without exploration. */
  propensity: number;
  budget: BudgetTerms | null;
  /** Null where exploration is off. */
  exploration: ExplorationTerms | null;
  /** Null or absent where no policy was in shadow. */
  shadows?: ShadowChoices | null;
  /** Null or absent outside a roll-out. */
  rollOut?: RollOutTerms | null;
  overheadMs: number;
  /** Null or absent where no baseline is configured, or it could not take the request. */
  baseline?: BaselineForecast | null;
  /** Names the conversation among those of its key and its policy; null or absent = it is none. */
  sessionHash?: string | null;
  /** Null or absent where the conversation was on no model, or a cached prompt costs the same. */
  session?: SessionTerms | null;
  /** Counts of the request: characters, turns, tools, … */
  requestStats: JsonObject;
}

/** Which decisions are sought; what is absent admits all. */
export interface DecisionFilter {
  /** The one chosen, by name. */
  model?: string;
  policy?: string;
  keyId?: string;
  /** From then on, and before then. */
  from?: Date;
  to?: Date;
}

/** A decision as it is read back. */
export interface StoredDecision extends DecisionRecord {
  /** {@link hashCandidates} of the candidates as they were decided on; null before that was kept. */
  candidatesHash: string | null;
}

export class DecisionStore {
  private readonly prisma: PrismaClient;
  private readonly pool: pg.Pool;

  constructor(connection: Connection) {
    this.prisma = connection.prisma;
    this.pool = connection.pool;
  }

  /**
   * One INSERT for all of them, straight through the driver. A record whose id is stored already is
   * skipped, so that a retry is safe.
   */
  async appendMany(records: readonly DecisionRecord[]): Promise<void> {
    if (records.length === 0) return;
    await this.pool.query({
      name: 'append-decisions',
      text: APPEND,
      values: [storableJson(records.map(toRow))],
    });
  }

  /** With `keyId` (null = made without a key) only a decision of that caller is found. */
  async get(id: string, owner: { keyId?: string | null } = {}): Promise<StoredDecision | null> {
    const row = await this.prisma.decision.findUnique({ where: { id, ...owner } });
    return row && toRecord(row);
  }

  /**
   * The model that answered last in a conversation, or was chosen to, and how much it had read.
   * @param since older decisions count for nothing.
   */
  async lastOfSession(sessionHash: string, since: Date): Promise<SessionTerms | null> {
    const { rows } = await this.pool.query<SessionTerms>({
      name: 'last-of-session',
      text: `
        SELECT coalesce(request_stats ->> 'answered_by', model) AS model,
          (latents ->> 'inputTokens')::double precision AS "seenTokens"
        FROM decisions WHERE session_hash = $1 AND created_at >= $2
        ORDER BY created_at DESC LIMIT 1`,
      values: [sessionHash, since],
    });
    return rows[0] ?? null;
  }

  /**
   * Newest first; `before` is the id of the last decision of the page before.
   * @throws `decision-not-found`
   */
  async search(
    page: { limit: number; before?: string },
    { from, to, ...equal }: DecisionFilter = {},
  ): Promise<StoredDecision[]> {
    const { limit, before } = page;
    const cursor =
      before === undefined
        ? null
        : await this.prisma.decision.findUnique({
            where: { id: before },
            select: { id: true, createdAt: true },
          });
    if (before !== undefined && cursor === null)
      throw new DomainError(
        'decision-not-found',
        `there is no decision ${before} to continue from: start again without "before"`,
        { details: { before } },
      );
    const rows = await this.prisma.decision.findMany({
      where: {
        ...equal,
        AND: [
          olderThan(cursor),
          { createdAt: { ...(from && { gte: from }), ...(to && { lt: to }) } },
        ],
      },
      ...newestFirst(limit),
    });
    return rows.map(toRecord);
  }

  /**
   * Deletes the oldest of those that were made longer than so many ms ago, with the feedback and the labels on
   * them. Processes that do so side by side take different ones.
   * @returns how many.
   */
  async deleteOlderThan(ageMs: number, limit: number): Promise<number> {
    const { rowCount } = await this.pool.query({
      name: 'delete-decisions',
      text: `
        DELETE FROM decisions WHERE id IN (
          SELECT id FROM decisions WHERE created_at < now() - $1 * interval '1 millisecond'
          ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
      values: [ageMs, limit],
    });
    return rowCount ?? 0;
  }
}

const COLUMNS = `
  id, created_at, key_id, text_hash, space_version, latents, policy, weights, constraints,
  candidates, candidates_hash, profile_versions, model, reason, propensity, budget, exploration,
  overhead_ms, request_stats, cost_usd, p_correct, baseline_model, baseline_cost_usd, baseline_p_correct,
  session_hash, session, shadows, roll_out_id, roll_out`;

/**
 * One parameter of JSON costs the caller's event loop less than a parameter a value, or an array a
 * column.
 */
const APPEND = `
  INSERT INTO decisions (${COLUMNS})
  SELECT ${COLUMNS} FROM json_populate_recordset(NULL::decisions, $1::json)
  ON CONFLICT (id) DO NOTHING`;

/** Keys are column names; the driver's JSON makes the dates ISO strings. */
function toRow(record: DecisionRecord): object {
  const chosen = record.candidates.find(({ model }) => model === record.model);
  return {
    id: record.id,
    created_at: record.createdAt,
    key_id: record.keyId,
    text_hash: record.textHash,
    space_version: record.spaceVersion,
    latents: record.latents,
    policy: record.policy,
    weights: record.weights,
    constraints: record.constraints,
    ...candidateColumns(record.candidates, record.profileVersions),
    profile_versions: record.profileVersions,
    model: record.model,
    reason: record.reason,
    propensity: record.propensity,
    budget: record.budget,
    exploration: record.exploration,
    overhead_ms: record.overheadMs,
    request_stats: record.requestStats,
    cost_usd: chosen?.cost_usd,
    p_correct: chosen?.p_correct,
    baseline_model: record.baseline?.model,
    baseline_cost_usd: record.baseline?.costUsd,
    baseline_p_correct: record.baseline?.pCorrect,
    session_hash: record.sessionHash,
    session: record.session,
    shadows: record.shadows,
    roll_out_id: record.rollOut?.id,
    roll_out: record.rollOut,
  };
}

export function toRecord({
  costUsd: _costUsd,
  pCorrect: _pCorrect,
  baselineModel,
  baselineCostUsd,
  baselineCorrect,
  rollOutId: _rollOutId,
  ...row
}: DecisionRow): StoredDecision {
  const profileVersions = fromJson<StoredDecision['profileVersions']>(row.profileVersions);
  return {
    ...row,
    baseline:
      baselineModel === null || baselineCorrect === null
        ? null
        : { model: baselineModel, costUsd: baselineCostUsd, pCorrect: baselineCorrect },
    session: row.session === null ? null : fromJson(row.session),
    shadows: row.shadows === null ? null : fromJson(row.shadows),
    rollOut: row.rollOut === null ? null : fromJson(row.rollOut),
    latents: fromJson(row.latents),
    weights: fromJson(row.weights),
    constraints: fromJson(row.constraints),
    candidates: unpackCandidates(fromJson(row.candidates), profileVersions),
    profileVersions,
    budget: row.budget === null ? null : fromJson(row.budget),
    exploration: row.exploration === null ? null : fromJson(row.exploration),
    requestStats: fromJson(row.requestStats),
  };
}
