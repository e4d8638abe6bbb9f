import { DomainError } from '@zerorouter/contracts';
import type { PrismaClient } from '../generated/client.js';
import { newestFirst, olderThan } from '../newest-first.js';
import { opaqueId } from '../opaque-id.js';

/** A change that somebody made, or tried to make, through /admin/v1. */
export interface AuditEntry {
  id: string;
  createdAt: Date;
  /** Null where no good key was presented. */
  keyId: string | null;
  /** `POST /admin/v1/keys` */
  action: string;
  /** What the path names, or the id of what was made; null where there is neither. */
  target: string | null;
  /** HTTP status of the answer. */
  status: number;
  /** Code of the problem document; null for a change that was made. */
  problem: string | null;
  requestId: string;
  ip: string;
}

export interface AuditFilter {
  keyId?: string;
  action?: string;
  target?: string;
  /** Refused ones alone, or all but those. */
  refused?: boolean;
  /** From then on. */
  from?: Date;
  /** Before then. */
  to?: Date;
}

const FIRST_REFUSAL = 400;

export class AuditStore {
  constructor(private readonly prisma: PrismaClient) {}

  async add(entry: Omit<AuditEntry, 'id'>): Promise<void> {
    await this.prisma.auditEntry.create({ data: { ...entry, id: opaqueId('aud') } });
  }

  /** A page, newest first. @throws `audit-entry-not-found` for a `before` that there is not */
  async search(
    { limit, before }: { limit: number; before?: string },
    { refused, from, to, ...equal }: AuditFilter = {},
  ): Promise<AuditEntry[]> {
    const last = before === undefined ? null : await this.find(before);
    return this.prisma.auditEntry.findMany({
      where: {
        ...equal,
        ...(refused === undefined
          ? {}
          : { status: refused ? { gte: FIRST_REFUSAL } : { lt: FIRST_REFUSAL } }),
        AND: [
          olderThan(last),
          { createdAt: { ...(from && { gte: from }), ...(to && { lt: to }) } },
        ],
      },
      ...newestFirst(limit),
    });
  }

  /** @returns how many there were */
  async deleteBefore(time: Date): Promise<number> {
    const { count } = await this.prisma.auditEntry.deleteMany({
      where: { createdAt: { lt: time } },
    });
    return count;
  }

  private async find(id: string): Promise<{ id: string; createdAt: Date }> {
    const entry = await this.prisma.auditEntry.findUnique({
      where: { id },
      select: { id: true, createdAt: true },
    });
    if (entry === null)
      throw new DomainError(
        'audit-entry-not-found',
        `there is no entry ${id} to continue from: start again without "before"`,
        { details: { before: id } },
      );
    return entry;
  }
}
