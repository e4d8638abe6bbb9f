import type { HardConstraints, UtilityWeights } from '@zerorouter/optimizer';
import type { Transaction } from '../connection.js';
import { Prisma } from '../generated/client.js';
import type { Policy as PolicyRow } from '../generated/client.js';
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
  /** Policies that are decided beside it, and never followed. */
  shadow: string[];
  createdAt: Date;
}

/** Whoever writes versions or roll-outs of a policy holds it. */
export function policyLock(name: string): string {
  return `policy:${name}`;
}

export async function newestPolicy(
  client: Pick<Transaction, 'policy'>,
  name: string,
): Promise<Policy | null> {
  const row = await client.policy.findFirst({ where: { name }, orderBy: { version: 'desc' } });
  return row && toPolicy(row);
}

export async function addPolicyVersion(
  transaction: Transaction,
  { budget, ...policy }: Omit<Policy, 'createdAt'>,
): Promise<Policy> {
  const row = await transaction.policy.create({
    data: {
      ...policy,
      weights: toJson(policy.weights),
      constraints: toJson(policy.constraints),
      budget: budget === null ? Prisma.DbNull : toJson(budget),
    },
  });
  return toPolicy(row);
}

export function toPolicy(row: PolicyRow): Policy {
  return {
    ...row,
    weights: fromJson(row.weights),
    constraints: fromJson(row.constraints),
    budget: row.budget === null ? null : fromJson(row.budget),
  };
}
