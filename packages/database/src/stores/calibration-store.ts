import { DomainError } from '@zerorouter/contracts';
import type { ModelProfile, OnboardingResult } from '@zerorouter/contracts';
import { Prisma } from '../generated/client.js';
import type { Calibration as CalibrationRow, PrismaClient } from '../generated/client.js';
import { fromJson, toJson } from '../json.js';
import type { JsonObject } from '../json.js';
import { opaqueId } from '../opaque-id.js';
import { requireSpace } from './space-rows.js';

export type CalibrationState = 'queued' | 'running' | 'succeeded' | 'failed';

export interface CalibrationProgress {
  stage: string;
  /** 0 to 1 over the whole run. */
  fraction: number;
}

export interface Calibration {
  id: string;
  dataSets: string[];
  options: JsonObject;
  state: CalibrationState;
  progress: CalibrationProgress | null;
  error: string | null;
  /** The latent space that it made. */
  spaceVersion: string | null;
  createdAt: Date;
  updatedAt: Date;
}

/** Absent fields stay as they are. */
export interface CalibrationUpdate {
  state?: CalibrationState;
  progress?: CalibrationProgress | null;
  error?: string | null;
  spaceVersion?: string | null;
}

/** A model's newest measurement on an anchor set. */
export interface AnchorMeasurement {
  onboardingId: string;
  modelId: string;
  /** Its name. */
  model: string;
  /** As those answers told it then. */
  ability: ModelProfile['ability'];
}

export class CalibrationStore {
  constructor(private readonly prisma: PrismaClient) {}

  /** A run in state `queued`. */
  async create(calibration: {
    dataSets: readonly string[];
    options: JsonObject;
  }): Promise<Calibration> {
    const row = await this.prisma.calibration.create({
      data: {
        id: opaqueId('cal'),
        dataSets: [...calibration.dataSets],
        options: toJson(calibration.options),
      },
    });
    return toCalibration(row);
  }

  async get(id: string): Promise<Calibration | null> {
    const row = await this.prisma.calibration.findUnique({ where: { id } });
    return row && toCalibration(row);
  }

  /** Newest first. */
  async list(): Promise<Calibration[]> {
    const rows = await this.prisma.calibration.findMany({
      orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
    });
    return rows.map(toCalibration);
  }

  /** Runs that are to be carried out and of which nothing has been heard for so long, oldest first. */
  async idle(idleMs: number): Promise<Calibration[]> {
    const rows = await this.prisma.calibration.findMany({
      where: {
        state: { in: ['queued', 'running'] },
        updatedAt: { lt: new Date(Date.now() - idleMs) },
      },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    });
    return rows.map(toCalibration);
  }

  /**
   * What a recalibration is made from: each model's newest onboarding on the set that succeeded in the
   * space and has graded answers, by model name.
   */
  async measurements(anchorSetId: string, spaceVersion: string): Promise<AnchorMeasurement[]> {
    const rows = await this.prisma.onboarding.findMany({
      where: {
        anchorSetId,
        spaceVersion,
        state: 'succeeded',
        answers: { some: { score: { not: null } } },
      },
      select: { id: true, modelId: true, result: true, model: { select: { name: true } } },
      orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
      distinct: ['modelId'],
    });
    return rows
      .map(({ id, modelId, model, result }) => ({
        onboardingId: id,
        modelId,
        model: model.name,
        ability: fromJson<OnboardingResult>(result).ability,
      }))
      .sort((a, b) => (a.model < b.model ? -1 : 1));
  }

  /** @throws `calibration-not-found`, `space-not-found` */
  async update(id: string, update: CalibrationUpdate): Promise<Calibration> {
    const { progress, ...columns } = update;
    return this.prisma.$transaction(async (transaction) => {
      if (update.spaceVersion != null) await requireSpace(transaction, update.spaceVersion);
      const [row] = await transaction.calibration.updateManyAndReturn({
        where: { id },
        data: {
          ...columns,
          ...(progress !== undefined && {
            progress: progress === null ? Prisma.DbNull : toJson(progress),
          }),
        },
      });
      if (row === undefined)
        throw new DomainError('calibration-not-found', `there is no calibration ${id}`, {
          details: { id },
        });
      return toCalibration(row);
    });
  }
}

function toCalibration(row: CalibrationRow): Calibration {
  return {
    ...row,
    options: fromJson(row.options),
    progress: row.progress === null ? null : fromJson<CalibrationProgress>(row.progress),
  };
}
