import type { ModelProfile } from '@zerorouter/contracts';
import type { Connection } from '../connection.js';
import { Prisma } from '../generated/client.js';
import type { PrismaClient } from '../generated/client.js';
import { fromJson } from '../json.js';
import { toRecord } from './decision-store.js';
import type { StoredDecision } from './decision-store.js';
import { judgedAnswers } from './judged-answers.js';

/** A decision whose answer somebody has judged. */
export interface JudgedDecision {
  decision: StoredDecision;
  /** 0 to 1. */
  score: number;
  /** What the call cost; null where nobody has told. */
  realisedCostUsd: number | null;
}

export interface JudgedSelection {
  /** From then on, and before then. */
  from?: Date | undefined;
  to?: Date | undefined;
  limit: number;
}

/** What a policy in shadow would have done otherwise, added up over decisions; differences are shadow less real. */
export interface ShadowSums {
  /** Its name. */
  shadow: string;
  decisions: number;
  /** Of those: it found nothing eligible. */
  undecided: number;
  agreed: number;
  /** Of P(correct). */
  quality: Sums;
  /** USD, of decisions where both are known. */
  cost: Sums;
}

export interface Sums {
  n: number;
  sum: number;
  squares: number;
}

/** A profile's version: `model@version`. */
export type ProfileVersionKey = `${string}@${number}`;

/** What decisions, and those who judged their answers, tell of policies. */
export class PolicyEvidence {
  private readonly prisma: PrismaClient;

  constructor({ prisma }: Connection) {
    this.prisma = prisma;
  }

  /** The newest judged decisions. */
  async judged({ from, to, limit }: JudgedSelection): Promise<JudgedDecision[]> {
    const which = Prisma.sql`d.created_at >= ${from ?? new Date(0)} AND d.created_at < ${to ?? new Date('9999-12-31')}`;
    const rows = await this.prisma.$queryRaw<
      { id: string; score: number; costUsd: number | null }[]
    >`
      SELECT d.id, j.score, c.cost_usd AS "costUsd"
      FROM (${judgedAnswers(which)}) j
      JOIN decisions d ON d.id = j.decision_id
      LEFT JOIN calls c ON c.decision_id = d.id
      ORDER BY d.created_at DESC, d.id DESC
      LIMIT ${limit}`;
    const decisions = await this.prisma.decision.findMany({
      where: { id: { in: rows.map(({ id }) => id) } },
    });
    const byId = new Map(decisions.map((decision) => [decision.id, decision]));
    return rows.flatMap(({ id, score, costUsd }) => {
      const decision = byId.get(id);
      return decision === undefined
        ? []
        : [{ decision: toRecord(decision), score, realisedCostUsd: costUsd }];
    });
  }

  /** Profiles as they were, those that are there still. */
  async profilesAt(
    spaceVersion: string,
    keys: Iterable<ProfileVersionKey>,
  ): Promise<Map<ProfileVersionKey, ModelProfile>> {
    const pairs = [...keys].map((key) => {
      const at = key.lastIndexOf('@');
      return { name: key.slice(0, at), version: Number(key.slice(at + 1)) };
    });
    const rows = await this.prisma.$queryRaw<
      { name: string; version: number; profile: Prisma.JsonValue }[]
    >`
      SELECT m.name, v.version, v.profile
      FROM unnest(${pairs.map(({ name }) => name)}::text[], ${pairs.map(({ version }) => version)}::int[])
        AS wanted (name, version)
      JOIN models m ON m.name = wanted.name
      JOIN model_profile_versions v
        ON v.model_id = m.id AND v.space_version = ${spaceVersion} AND v.version = wanted.version`;
    return new Map(
      rows.map(({ name, version, profile }) => [
        `${name}@${version}`,
        fromJson<ModelProfile>(profile),
      ]),
    );
  }

  /** The judged units of a roll-out in the order of their first judgement: one answer of each, the first. */
  async armScores(rollOutId: string): Promise<{ arm: 'control' | 'candidate'; score: number }[]> {
    return this.prisma.$queryRaw`
      SELECT arm, score FROM (
        SELECT DISTINCT ON (d.roll_out->>'unit') d.roll_out->>'arm' AS arm, j.score, j.at, d.id
        FROM (${judgedAnswers(Prisma.sql`d.roll_out_id = ${rollOutId}`)}) j
        JOIN decisions d ON d.id = j.decision_id
        ORDER BY d.roll_out->>'unit', j.at, d.id
      ) units
      ORDER BY at, id`;
  }

  /** Per policy that was in shadow of another one, over the newest decisions of that one. */
  async shadowSums(policy: string, { from, to, limit }: JudgedSelection): Promise<ShadowSums[]> {
    const rows = await this.prisma.$queryRaw<
      {
        shadow: string;
        decisions: number;
        undecided: number;
        agreed: number;
        qualityN: number;
        qualitySum: number;
        qualitySquares: number;
        costN: number;
        costSum: number;
        costSquares: number;
      }[]
    >`
      WITH newest AS (
        SELECT model, p_correct, cost_usd, shadows FROM decisions
        WHERE policy = ${policy} AND shadows IS NOT NULL
          AND created_at >= ${from ?? new Date(0)} AND created_at < ${to ?? new Date('9999-12-31')}
        ORDER BY created_at DESC, id DESC LIMIT ${limit}
      ), choices AS (
        SELECT s.key AS shadow, d.model AS real, s.value->>0 AS model,
          (s.value->>1)::float8 - d.p_correct AS quality,
          (s.value->>2)::float8 - d.cost_usd AS cost
        FROM newest d, json_each(d.shadows) s
      )
      SELECT shadow, count(*)::int AS decisions,
        count(*) FILTER (WHERE model IS NULL)::int AS undecided,
        count(*) FILTER (WHERE model = real)::int AS agreed,
        count(quality)::int AS "qualityN", coalesce(sum(quality), 0) AS "qualitySum",
        coalesce(sum(quality ^ 2), 0) AS "qualitySquares",
        count(cost)::int AS "costN", coalesce(sum(cost), 0) AS "costSum",
        coalesce(sum(cost ^ 2), 0) AS "costSquares"
      FROM choices GROUP BY shadow ORDER BY shadow`;
    return rows.map(({ shadow, decisions, undecided, agreed, ...sums }) => ({
      shadow,
      decisions,
      undecided,
      agreed,
      quality: { n: sums.qualityN, sum: sums.qualitySum, squares: sums.qualitySquares },
      cost: { n: sums.costN, sum: sums.costSum, squares: sums.costSquares },
    }));
  }
}
