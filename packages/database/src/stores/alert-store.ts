import { DomainError } from '@zerorouter/contracts';
import type { OnboardingResult } from '@zerorouter/contracts';
import { lockForTransaction } from '../connection.js';
import type { Transaction } from '../connection.js';
import type { Prisma, PrismaClient } from '../generated/client.js';
import { fromJson, toJson } from '../json.js';
import type { JsonObject } from '../json.js';
import { opaqueId } from '../opaque-id.js';
import type { OnboardingState } from './onboarding-store.js';

/** Kinds of alerts that say: a model is not what its profile says any more. */
export const DRIFT_ALERTS = ['drift', 'length-drift', 'sentinel-drift'] as const;

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
  /** The run that was begun by itself because of it; null = none was. */
  reprofiling: Reprofiling | null;
}

export interface Reprofiling {
  onboardingId: string;
  state: OnboardingState;
  /** Why the model keeps the profile that it had; null = it does not, or the run has not ended. */
  kept: string | null;
}

export type NewAlert = Pick<Alert, 'kind' | 'modelId' | 'message' | 'evidence'>;

const MOST_LISTED = 1_000;
const withOnboarding = {
  include: { onboarding: { select: { id: true, state: true, error: true, result: true } } },
} as const;
type AlertRow = Prisma.AlertGetPayload<typeof withOnboarding>;

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
      ...withOnboarding,
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
    const row = await this.prisma.alert.findUnique({ where: { id }, ...withOnboarding });
    if (row === null)
      throw new DomainError(
        'alert-not-found',
        `there is no alert "${id}": name one that is listed`,
      );
    return toAlert(row);
  }

  /** Those that say that a model is not what its profile says: it was measured again, and has another one. */
  async resolveDrift(modelId: string): Promise<void> {
    await this.prisma.alert.updateMany({
      where: { modelId, kind: { in: [...DRIFT_ALERTS] }, resolvedAt: null },
      data: { resolvedAt: new Date() },
    });
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
      ? await transaction.alert.create({
          data: { ...data, id: opaqueId('alr'), kind, modelId },
          ...withOnboarding,
        })
      : await transaction.alert.update({ where: open, data, ...withOnboarding });
  return toAlert(row);
}

function toAlert({ onboarding, onboardingId: _onboardingId, ...row }: AlertRow): Alert {
  return {
    ...row,
    evidence: fromJson(row.evidence),
    reprofiling: onboarding && {
      onboardingId: onboarding.id,
      state: onboarding.state,
      kept: whyKept(onboarding),
    },
  };
}

function whyKept({ state, error, result }: NonNullable<AlertRow['onboarding']>): string | null {
  switch (state) {
    case 'queued':
    case 'running':
      return null;
    case 'succeeded':
      return result === null ? null : fromJson<OnboardingResult>(result).held;
    case 'failed':
      return error;
    case 'cancelled':
      return 'the onboarding was cancelled';
  }
}
