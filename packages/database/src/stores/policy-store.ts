import { isDeepStrictEqual } from 'node:util';
import type { HardConstraints, UtilityWeights } from '@zerorouter/optimizer';
import { notifyChange } from '../changes.js';
import { lockForTransaction } from '../connection.js';
import { Prisma } from '../generated/client.js';
import type { Policy as PolicyRow, PrismaClient } from '../generated/client.js';
import { fromJson, toJson } from '../json.js';

/** What may be spent in a period, in UTC. */
export interface PolicyBudget {
  usd: number;
  period: 'hour' | 'day' | 'month';
  /** A guess for the first period; absent = as many as in the one before. */
  expectedQueries?: number;
}

export interface Policy {
  name: string;
  /** Counts from 1; earlier versions are kept. */
  version: number;
  weights: UtilityWeights;
  constraints: HardConstraints;
  budget: PolicyBudget | null;
  createdAt: Date;
}

export interface NewPolicy {
  name: string;
  weights: UtilityWeights;
  constraints?: HardConstraints;
  budget?: PolicyBudget | null;
}

export class PolicyStore {
  constructor(private readonly prisma: PrismaClient) {}

  /** The newest version of each, by name. */
  async list(): Promise<Policy[]> {
    const rows = await this.prisma.policy.findMany({
      distinct: ['name'],
      orderBy: [{ name: 'asc' }, { version: 'desc' }],
    });
    return rows.map(toPolicy);
  }

  /** The newest version. */
  async get(name: string): Promise<Policy | null> {
    const row = await this.prisma.policy.findFirst({
      where: { name },
      orderBy: { version: 'desc' },
    });
    return row && toPolicy(row);
  }

  /** All versions, newest first. */
  async versions(name: string): Promise<Policy[]> {
    const rows = await this.prisma.policy.findMany({
      where: { name },
      orderBy: { version: 'desc' },
    });
    return rows.map(toPolicy);
  }

  /** Stores a new version; one equal to the newest changes nothing. */
  async put({ name, weights, constraints = {}, budget = null }: NewPolicy): Promise<Policy> {
    return this.prisma.$transaction(async (transaction) => {
      await lockForTransaction(transaction, `policy:${name}`);
      const newest = await transaction.policy.findFirst({
        where: { name },
        orderBy: { version: 'desc' },
      });
      if (
        newest !== null &&
        isDeepStrictEqual(
          [newest.weights, newest.constraints, newest.budget],
          [weights, constraints, budget],
        )
      )
        return toPolicy(newest);
      const row = await transaction.policy.create({
        data: {
          name,
          version: (newest?.version ?? 0) + 1,
          weights: toJson(weights),
          constraints: toJson(constraints),
          budget: budget === null ? Prisma.DbNull : toJson(budget),
        },
      });
      await notifyChange(transaction, 'policy');
      return toPolicy(row);
    });
  }
}

function toPolicy(row: PolicyRow): Policy {
  return {
    ...row,
    weights: fromJson(row.weights),
    constraints: fromJson(row.constraints),
    budget: row.budget === null ? null : fromJson(row.budget),
  };
}
