import { DomainError } from '@zerorouter/contracts';
import type { OnboardingProgress, OnboardingResult } from '@zerorouter/contracts';
import { lockForTransaction } from '../connection.js';
import type { Transaction } from '../connection.js';
import type { Prisma } from '../generated/client.js';
import type { PrismaClient } from '../generated/client.js';
import { fromJson, toJson } from '../json.js';
import type { JsonObject } from '../json.js';
import { opaqueId } from '../opaque-id.js';
import type { AskedAnchor } from './anchor-answers.js';

export type OnboardingState = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';

export interface Onboarding {
  id: string;
  modelId: string;
  /** Its name. */
  model: string;
  spaceVersion: string;
  anchorSetId: string | null;
  state: OnboardingState;
  settings: JsonObject;
  progress: OnboardingProgress | null;
  result: OnboardingResult | null;
  error: string | null;
  costUsd: number;
  createdAt: Date;
  finishedAt: Date | null;
}

export interface NewOnboarding {
  modelId: string;
  spaceVersion: string;
  anchorSetId: string;
  /** Plain data; what is undefined in it is not stored. */
  settings: object;
  /** Collected elsewhere. */
  answers?: readonly AskedAnchor[];
}

const withoutReport = {
  include: { model: { select: { name: true } } },
  omit: { report: true },
} as const;
type OnboardingRow = Prisma.OnboardingGetPayload<typeof withoutReport>;

/** Runs that measure a model on anchors, as administrators see them. */
export class OnboardingStore {
  constructor(private readonly prisma: PrismaClient) {}

  /** A run in state `queued`. @throws `onboarding-in-progress` while another of the model is unfinished. */
  async create(onboarding: NewOnboarding): Promise<Onboarding> {
    return this.prisma.$transaction(async (transaction) => {
      const unfinished = await lockOnboardings(transaction, onboarding);
      if (unfinished !== null)
        throw new DomainError(
          'onboarding-in-progress',
          `the model is being onboarded already: wait for ${unfinished}, or cancel it`,
          { details: { id: unfinished } },
        );
      return insertOnboarding(transaction, onboarding);
    });
  }

  async get(id: string): Promise<Onboarding | null> {
    const row = await this.prisma.onboarding.findUnique({ where: { id }, ...withoutReport });
    return row && toOnboarding(row);
  }

  /** The page about a run that succeeded; null where there is none. */
  async report(id: string): Promise<string | null> {
    const row = await this.prisma.onboarding.findUnique({
      where: { id },
      select: { report: true },
    });
    return row?.report ?? null;
  }

  /** Newest first. @param modelId of one model; absent = of all. */
  async list(modelId?: string): Promise<Onboarding[]> {
    const rows = await this.prisma.onboarding.findMany({
      where: modelId === undefined ? {} : { modelId },
      ...withoutReport,
      orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
      take: 1_000,
    });
    return rows.map(toOnboarding);
  }

  /** Unfinished runs that nobody has touched for `idleMs`, oldest first: their jobs may be lost. */
  async idle(idleMs: number): Promise<string[]> {
    const rows = await this.prisma.onboarding.findMany({
      where: {
        state: { in: ['queued', 'running'] },
        updatedAt: { lt: new Date(Date.now() - idleMs) },
      },
      select: { id: true },
      orderBy: { createdAt: 'asc' },
    });
    return rows.map(({ id }) => id);
  }

  /** Takes the run up, for the first time or again. @returns false when it has ended meanwhile. */
  async start(id: string): Promise<boolean> {
    return this.move(id, { state: 'running', error: null });
  }

  /** @returns false when the run has ended, by a cancel for one: then what it does is void. */
  async record(id: string, progress: OnboardingProgress): Promise<boolean> {
    return this.move(id, { progress: toJson(progress), costUsd: progress.spent_usd });
  }

  /** @param report one page of HTML. @returns false when the run had ended already. */
  async succeed(id: string, result: OnboardingResult, report: string): Promise<boolean> {
    return this.move(id, {
      state: 'succeeded',
      result: toJson(result),
      report,
      costUsd: result.cost_usd,
      error: null,
      finishedAt: new Date(),
    });
  }

  async fail(id: string, error: string): Promise<boolean> {
    return this.move(id, { state: 'failed', error, finishedAt: new Date() });
  }

  /** @throws `onboarding-not-found`, `onboarding-finished` */
  async cancel(id: string): Promise<Onboarding> {
    const moved = await this.move(id, { state: 'cancelled', finishedAt: new Date() });
    const onboarding = await this.get(id);
    if (onboarding === null)
      throw new DomainError('onboarding-not-found', `there is no onboarding "${id}"`);
    if (!moved)
      throw new DomainError(
        'onboarding-finished',
        `the onboarding ${id} has ended already: it has ${onboarding.state}`,
        { details: { id, state: onboarding.state } },
      );
    return onboarding;
  }

  /** Changes the run unless it has ended. */
  private async move(
    id: string,
    data: Prisma.OnboardingUncheckedUpdateManyInput,
  ): Promise<boolean> {
    const { count } = await this.prisma.onboarding.updateMany({
      where: { id, state: { in: ['queued', 'running'] } },
      data,
    });
    return count === 1;
  }
}

/**
 * Nobody else begins a run of the model until the transaction ends.
 * @returns id of a run in this space that has not ended; null = there is none.
 */
export async function lockOnboardings(
  transaction: Transaction,
  { modelId, spaceVersion }: Pick<NewOnboarding, 'modelId' | 'spaceVersion'>,
): Promise<string | null> {
  await lockForTransaction(transaction, `onboarding:${modelId}`);
  const unfinished = await transaction.onboarding.findFirst({
    where: { modelId, spaceVersion, state: { in: ['queued', 'running'] } },
    select: { id: true },
  });
  return unfinished?.id ?? null;
}

/** A run in state `queued`; see {@link lockOnboardings}. */
export async function insertOnboarding(
  transaction: Transaction,
  { answers = [], ...run }: NewOnboarding,
): Promise<Onboarding> {
  const { anchorSetId, settings } = run;
  const row = await transaction.onboarding.create({
    data: { ...run, id: opaqueId('onb'), settings: toJson(settings) },
    ...withoutReport,
  });
  await transaction.anchorAnswer.createMany({
    data: answers.map((answer) => ({
      onboardingId: row.id,
      anchorSetId,
      ...answer,
      answeredAt: new Date(),
    })),
  });
  return toOnboarding(row);
}

function toOnboarding(row: OnboardingRow): Onboarding {
  return {
    id: row.id,
    modelId: row.modelId,
    model: row.model.name,
    spaceVersion: row.spaceVersion,
    anchorSetId: row.anchorSetId,
    state: row.state,
    settings: fromJson(row.settings),
    progress: row.progress === null ? null : fromJson(row.progress),
    result: row.result === null ? null : fromJson(row.result),
    error: row.error,
    costUsd: row.costUsd,
    createdAt: row.createdAt,
    finishedAt: row.finishedAt,
  };
}
