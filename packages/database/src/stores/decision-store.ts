import type { QueryLatents, RouteResponse } from '@zerorouter/contracts';
import { DomainError } from '@zerorouter/contracts';
import type { HardConstraints, UtilityWeights } from '@zerorouter/optimizer';
import type pg from 'pg';
import type { Connection } from '../connection.js';
import type { Decision as DecisionRow, PrismaClient } from '../generated/client.js';
import { fromJson, storableJson } from '../json.js';
import type { JsonObject } from '../json.js';
import { newestFirst, olderThan } from '../newest-first.js';
import { fromColumns, toColumns } from './candidate-columns.js';
import { hashCandidates } from './candidate-hash.js';

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
  overheadMs: number;
  /** Counts of the request: characters, turns, tools, … */
  requestStats: JsonObject;
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
   * Newest first; `before` is the id of the last decision of the page before.
   * @throws `decision-not-found`
   */
  async search(page: { limit: number; before?: string }): Promise<StoredDecision[]> {
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
      where: olderThan(cursor),
      ...newestFirst(limit),
    });
    return rows.map(toRecord);
  }
}

const COLUMNS = `
  id, created_at, key_id, text_hash, space_version, latents, policy, weights, constraints,
  candidates, candidates_hash, profile_versions, model, reason, propensity, budget, exploration,
  overhead_ms, request_stats`;

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
    candidates: toColumns(record.candidates),
    candidates_hash: hashCandidates(record.candidates),
    profile_versions: record.profileVersions,
    model: record.model,
    reason: record.reason,
    propensity: record.propensity,
    budget: record.budget,
    exploration: record.exploration,
    overhead_ms: record.overheadMs,
    request_stats: record.requestStats,
  };
}

function toRecord(row: DecisionRow): StoredDecision {
  return {
    ...row,
    latents: fromJson(row.latents),
    weights: fromJson(row.weights),
    constraints: fromJson(row.constraints),
    candidates: fromColumns(fromJson(row.candidates)),
    profileVersions: fromJson(row.profileVersions),
    budget: row.budget === null ? null : fromJson(row.budget),
    exploration: row.exploration === null ? null : fromJson(row.exploration),
    requestStats: fromJson(row.requestStats),
  };
}
