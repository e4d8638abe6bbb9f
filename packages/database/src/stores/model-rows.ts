import { DomainError } from '@zerorouter/contracts';
import type { ModelPrices } from '@zerorouter/contracts';
import { notifyChange } from '../changes.js';
import type { Transaction } from '../connection.js';
import type { Prisma } from '../generated/client.js';
import { fromJson } from '../json.js';
import { withoutKey } from './model-deployments.js';
import type { StoredDeployment } from './model-deployments.js';

/** A model as administrators manage it; what is known of it in a space is its profile. */
export interface StoredModel {
  id: string;
  name: string;
  /** Tokens; null where unknown. */
  contextWindow: number | null;
  capabilities: string[];
  /** Null = the profile's own cost model counts. */
  prices: ModelPrices | null;
  /** Billions of parameters; null where unknown. */
  sizeB: number | null;
  /** Counts from 1; rises with every change by an administrator. */
  revision: number;
  /** In the order in which they came. */
  deployments: StoredDeployment[];
  createdAt: Date;
  updatedAt: Date;
}

export interface RevisionGuard {
  /** The model must have one of these; absent = any will do. */
  revisions?: readonly number[];
}

export const withDeployments = {
  deployments: { select: withoutKey, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] },
} as const satisfies Prisma.ModelInclude;

type ModelRow = Prisma.ModelGetPayload<{ include: typeof withDeployments }>;

/** The model, whose row stays locked. */
export async function lockModel(
  transaction: Transaction,
  idOrName: string,
  { revisions }: RevisionGuard,
): Promise<StoredModel> {
  const rows = await transaction.$queryRaw<{ id: string }[]>`
    SELECT id FROM models WHERE id = ${idOrName} OR name = ${idOrName} LIMIT 1 FOR UPDATE`;
  if (rows[0] === undefined) throw modelNotFound(idOrName);
  const model = await readModel(transaction, rows[0].id);
  if (revisions !== undefined && !revisions.includes(model.revision))
    throw new DomainError(
      'revision-mismatch',
      `the model "${model.name}" was changed meanwhile, it is at revision ${model.revision} now: read it again and repeat the change on what it is`,
      { details: { revision: model.revision } },
    );
  return model;
}

/** Writes what has changed of a locked model, as its next revision. */
export async function raiseRevision(
  transaction: Transaction,
  id: string,
  data: Prisma.ModelUpdateInput,
): Promise<StoredModel> {
  const row = await transaction.model.update({
    where: { id },
    data: { ...data, revision: { increment: 1 } },
    include: withDeployments,
  });
  await notifyChange(transaction, 'profile');
  return toStoredModel(row);
}

export async function readModel(transaction: Transaction, id: string): Promise<StoredModel> {
  const row = await transaction.model.findUniqueOrThrow({
    where: { id },
    include: withDeployments,
  });
  return toStoredModel(row);
}

export function toStoredModel(row: ModelRow): StoredModel {
  return { ...row, prices: row.prices === null ? null : fromJson<ModelPrices>(row.prices) };
}

export function modelNotFound(idOrName: string): DomainError {
  return new DomainError(
    'model-not-found',
    `there is no model with the id or name "${idOrName}": name one that is listed`,
  );
}
