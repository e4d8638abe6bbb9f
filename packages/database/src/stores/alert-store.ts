import { DomainError } from '@zerorouter/contracts';
import { lockForTransaction } from '../connection.js';
import type { Transaction } from '../connection.js';
import type { Alert as AlertRow, PrismaClient } from '../generated/client.js';
import { fromJson, toJson } from '../json.js';
import type { JsonObject } from '../json.js';
import { opaqueId } from '../opaque-id.js';

/** Something about a model that people should look at. */
export interface Alert {
  id: string;
  kind: string;
  /** Null where it is about no model in particular. */
  modelId: string | null;
  message: string;
  evidence: JsonObject;
  createdAt: Date;
  /** Null while it is open. */
  resolvedAt: Date | null;
}

export type NewAlert = Pick<Alert, 'kind' | 'modelId' | 'message' | 'evidence'>;

const MOST_LISTED = 1_000;

export class AlertStore {
  constructor(private readonly prisma: PrismaClient) {}

  /** At most one of a kind is open for a model: raised again, it takes the newer message and evidence. */
  async create(alert: NewAlert): Promise<Alert> {
    return this.prisma.$transaction((transaction) => raiseAlert(transaction, alert));
  }

  /** Newest first. @param filter `open`: only those that are, or are not; absent = all. */
  async list({ open }: { open?: boolean } = {}): Promise<Alert[]> {
    const rows = await this.prisma.alert.findMany({
      where: open === undefined ? {} : { resolvedAt: open ? null : { not: null } },
      orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
      take: MOST_LISTED,
    });
    return rows.map(toAlert);
  }

  /** One that is resolved already stays as it is. @throws `alert-not-found` */
  async resolve(id: string): Promise<Alert> {
    await this.prisma.alert.updateMany({
      where: { id, resolvedAt: null },
      data: { resolvedAt: new Date() },
    });
    const row = await this.prisma.alert.findUnique({ where: { id } });
    if (row === null)
      throw new DomainError(
        'alert-not-found',
        `there is no alert "${id}": name one that is listed`,
      );
    return toAlert(row);
  }
}

/** See {@link AlertStore.create}. */
export async function raiseAlert(
  transaction: Transaction,
  { kind, modelId, message, evidence }: NewAlert,
): Promise<Alert> {
  await lockForTransaction(transaction, `alert:${kind}:${modelId ?? ''}`);
  const open = await transaction.alert.findFirst({
    where: { kind, modelId, resolvedAt: null },
    select: { id: true },
  });
  const data = { message, evidence: toJson(evidence) };
  const row =
    open === null
      ? await transaction.alert.create({ data: { ...data, id: opaqueId('alr'), kind, modelId } })
      : await transaction.alert.update({ where: open, data });
  return toAlert(row);
}

function toAlert(row: AlertRow): Alert {
  return { ...row, evidence: fromJson(row.evidence) };
}
