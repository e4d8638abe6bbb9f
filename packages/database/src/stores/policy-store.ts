import { isDeepStrictEqual } from 'node:util';
import { DomainError } from '@zerorouter/contracts';
import { notifyChange } from '../changes.js';
import { lockForTransaction } from '../connection.js';
import type { PrismaClient } from '../generated/client.js';
import { addPolicyVersion, newestPolicy, policyLock, toPolicy } from './policy-rows.js';
import type { Policy } from './policy-rows.js';
import { alreadyRunning } from './roll-out-store.js';

export type { Policy, PolicyBudget } from './policy-rows.js';

export type NewPolicy = Pick<Policy, 'name' | 'weights'> &
  Partial<Pick<Policy, 'constraints' | 'budget' | 'shadow'>>;

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

  /** The newest version, or the one that is asked for. */
  async get(name: string, version?: number): Promise<Policy | null> {
    if (version === undefined) return newestPolicy(this.prisma, name);
    const row = await this.prisma.policy.findUnique({ where: { name_version: { name, version } } });
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

  /**
   * Stores a new version; one equal to the newest changes nothing.
   * @throws `roll-out-running`: what a roll-out compares must stay what it is.
   */
  async put(given: NewPolicy): Promise<Policy> {
    const { name, weights, constraints = {}, budget = null, shadow = [] } = given;
    return this.prisma.$transaction(async (transaction) => {
      await lockForTransaction(transaction, policyLock(name));
      const newest = await newestPolicy(transaction, name);
      if (
        newest !== null &&
        isDeepStrictEqual(
          [newest.weights, newest.constraints, newest.budget, newest.shadow],
          [weights, constraints, budget, shadow],
        )
      )
        return newest;
      const running = await transaction.rollOut.findFirst({
        where: { policy: name, state: 'running' },
        select: { id: true },
      });
      if (running !== null) throw alreadyRunning(name, running.id);
      const version = (newest?.version ?? 0) + 1;
      const policy = { name, version, weights, constraints, budget, shadow };
      const stored = await addPolicyVersion(transaction, policy);
      await notifyChange(transaction, 'policy');
      return stored;
    });
  }

  /**
   * Deletes all versions of a policy.
   * @throws `policy-not-found`, `policy-in-use` where another policy has it in its shadow or a key that is not
   *   revoked names it, `roll-out-running`
   */
  async delete(name: string): Promise<void> {
    await this.prisma.$transaction(async (transaction) => {
      await lockForTransaction(transaction, policyLock(name));
      const running = await transaction.rollOut.findFirst({
        where: { policy: name, state: 'running' },
        select: { id: true },
      });
      if (running !== null) throw alreadyRunning(name, running.id);
      const policies = await transaction.policy.findMany({
        distinct: ['name'],
        orderBy: [{ name: 'asc' }, { version: 'desc' }],
      });
      const user = policies.map(toPolicy).find(({ shadow }) => shadow.includes(name));
      if (user !== undefined)
        throw new DomainError(
          'policy-in-use',
          `the policy "${user.name}" has "${name}" in its shadow: store a version of it without that first`,
          { details: { policy: user.name } },
        );
      const key = await transaction.apiKey.findFirst({
        where: { revokedAt: null, OR: [{ policies: { has: name } }, { downgradePolicy: name }] },
        select: { id: true, name: true },
      });
      if (key !== null)
        throw new DomainError(
          'policy-in-use',
          `the key "${key.name}" (${key.id}) names "${name}", and its calls would be refused: change or revoke it first`,
          { details: { key: key.id } },
        );
      const { count } = await transaction.policy.deleteMany({ where: { name } });
      if (count === 0)
        throw new DomainError('policy-not-found', `there is no stored policy "${name}"`);
      await notifyChange(transaction, 'policy');
    });
  }
}
