import { DomainError } from '@zerorouter/contracts';
import { notifyChange } from '../changes.js';
import { lockForTransaction } from '../connection.js';
import type { Connection, Transaction } from '../connection.js';
import type { PrismaClient } from '../generated/client.js';
import { toJson } from '../json.js';
import { newestFirst } from '../newest-first.js';
import { opaqueId } from '../opaque-id.js';
import { raiseAlert } from './alert-store.js';
import type { NewAlert } from './alert-store.js';
import { addPolicyVersion, newestPolicy, policyLock } from './policy-rows.js';
import { toRollOut } from './roll-out-records.js';
import type { NewRollOut, RollOut, RollOutEvidence } from './roll-out-records.js';

const MOST_LISTED = 100;

export class RollOutStore {
  private readonly prisma: PrismaClient;

  constructor({ prisma }: Connection) {
    this.prisma = prisma;
  }

  /**
   * Begins one, beside the policy's newest version.
   * @throws `policy-not-found`, `roll-out-budgeted`, `roll-out-running`
   */
  async start(rollOut: NewRollOut): Promise<RollOut> {
    const { policy, candidate, ...settings } = rollOut;
    return this.prisma.$transaction(async (transaction) => {
      await lockForTransaction(transaction, policyLock(policy));
      const control = await newestPolicy(transaction, policy);
      if (control === null)
        throw new DomainError(
          'policy-not-found',
          `there is no stored policy "${policy}": PUT /admin/v1/policies/${policy} makes it`,
        );
      if (control.budget !== null)
        throw new DomainError(
          'roll-out-budgeted',
          `the policy "${policy}" has a budget, whose price takes the place of its weights: a candidate beside it would spend of the same budget. Try it on a policy without one`,
        );
      const running = await transaction.rollOut.findFirst({ where: { policy, state: 'running' } });
      if (running !== null) throw alreadyRunning(policy, running.id);
      const row = await transaction.rollOut.create({
        data: {
          id: opaqueId('rol'),
          policy,
          control: toJson({ weights: control.weights, constraints: control.constraints }),
          controlVersion: control.version,
          candidate: toJson(candidate),
          ...settings,
        },
      });
      await notifyChange(transaction, 'policy');
      return toRollOut(row);
    });
  }

  /** Those that decide a share of the traffic now. */
  async running(): Promise<RollOut[]> {
    const rows = await this.prisma.rollOut.findMany({
      where: { state: 'running' },
      orderBy: { policy: 'asc' },
    });
    return rows.map(toRollOut);
  }

  /** The newest hundred of a policy, newest first. */
  async list(policy: string): Promise<RollOut[]> {
    const rows = await this.prisma.rollOut.findMany({
      where: { policy },
      ...newestFirst(MOST_LISTED),
    });
    return rows.map(toRollOut);
  }

  async get(policy: string, id: string): Promise<RollOut | null> {
    const row = await this.prisma.rollOut.findUnique({ where: { id, policy } });
    return row && toRollOut(row);
  }

  /** Makes the candidate the policy's newest version. @throws `roll-out-not-found`, `roll-out-ended` */
  async finish(policy: string, id: string): Promise<RollOut> {
    return this.end(policy, id, 'finished', async (transaction, { candidate }) => {
      const newest = await newestPolicy(transaction, policy);
      await addPolicyVersion(transaction, {
        name: policy,
        version: (newest?.version ?? 0) + 1,
        weights: candidate.weights,
        constraints: candidate.constraints,
        budget: null,
        shadow: newest?.shadow ?? [],
      });
    });
  }

  /** All traffic is the control's again. @throws `roll-out-not-found`, `roll-out-ended` */
  async abort(policy: string, id: string): Promise<RollOut> {
    return this.end(policy, id, 'aborted', () => Promise.resolve());
  }

  /**
   * Takes on the roll-outs that nobody has looked at for so long: of several processes one gets each.
   */
  async claimDue(intervalMs: number): Promise<RollOut[]> {
    const rows = await this.prisma.$queryRaw<{ id: string }[]>`
      UPDATE roll_outs SET swept_at = now()
      WHERE id IN (
        SELECT id FROM roll_outs
        WHERE state = 'running'
          AND (swept_at IS NULL OR swept_at <= now() - make_interval(secs => ${intervalMs / 1000}))
        FOR UPDATE SKIP LOCKED
      )
      RETURNING id`;
    const found = await this.prisma.rollOut.findMany({
      where: { id: { in: rows.map(({ id }) => id) } },
    });
    return found.map(toRollOut);
  }

  /** Keeps what was seen of one that runs. */
  async record(id: string, evidence: RollOutEvidence): Promise<void> {
    await this.prisma.rollOut.updateMany({
      where: { id, state: 'running' },
      data: { evidence: toJson(evidence) },
    });
  }

  /** Ends one that runs, and tells of it, in one transaction. @returns false when it had ended before. */
  async rollBack(id: string, evidence: RollOutEvidence, alert: NewAlert): Promise<boolean> {
    return this.prisma.$transaction(async (transaction) => {
      const { count } = await transaction.rollOut.updateMany({
        where: { id, state: 'running' },
        data: { state: 'rolled_back', evidence: toJson(evidence), endedAt: new Date() },
      });
      if (count === 0) return false;
      await raiseAlert(transaction, alert);
      await notifyChange(transaction, 'policy');
      return true;
    });
  }

  private async end(
    policy: string,
    id: string,
    state: 'finished' | 'aborted',
    work: (transaction: Transaction, rollOut: RollOut) => Promise<void>,
  ): Promise<RollOut> {
    return this.prisma.$transaction(async (transaction) => {
      await lockForTransaction(transaction, policyLock(policy));
      const [row] = await transaction.rollOut.updateManyAndReturn({
        where: { id, policy, state: 'running' },
        data: { state, endedAt: new Date() },
      });
      if (row === undefined) throw await this.notRunning(transaction, policy, id);
      const rollOut = toRollOut(row);
      await work(transaction, rollOut);
      await notifyChange(transaction, 'policy');
      return rollOut;
    });
  }

  private async notRunning(transaction: Transaction, policy: string, id: string) {
    const row = await transaction.rollOut.findUnique({ where: { id, policy } });
    return row === null
      ? rollOutNotFound(policy, id)
      : new DomainError(
          'roll-out-ended',
          `the roll-out ${id} is ${row.state.replace('_', ' ')} already: nothing is left to end`,
          { details: { state: row.state } },
        );
  }
}

export function rollOutNotFound(policy: string, id: string): DomainError {
  return new DomainError(
    'roll-out-not-found',
    `the policy "${policy}" has no roll-out "${id}": GET /admin/v1/policies/${policy}/roll-outs lists them`,
  );
}

/** @param id of the one that runs. */
export function alreadyRunning(policy: string, id: string): DomainError {
  return new DomainError(
    'roll-out-running',
    `the roll-out ${id} of the policy "${policy}" runs: finish or abort it first`,
    { details: { roll_out: id } },
  );
}
