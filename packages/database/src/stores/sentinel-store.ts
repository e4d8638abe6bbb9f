import { lockForTransaction } from '../connection.js';
import type { Connection } from '../connection.js';
import type { PrismaClient } from '../generated/client.js';
import { fromJson, toJson } from '../json.js';
import type { ProfileKey } from './profile-rows.js';

/** Sentinel anchors of one model in one slot of time. */
export interface SentinelSlot extends ProfileKey {
  /** Number of the slot: the same in every process. */
  slot: number;
}

/** One run and what it has shown. */
export interface SentinelRun extends SentinelSlot {
  /** Null while nobody has begun. */
  startedAt: Date | null;
  finishedAt: Date | null;
  /** Null until it is finished. */
  result: SentinelResult | null;
  costUsd: number;
}

export interface SentinelResult {
  answers: { anchor: string; score: number }[];
  /** Absent where nothing was answered, like what follows. */
  expected?: number;
  observed?: number;
  shift?: number[];
  distance?: number;
  p_value?: number;
  /** Why it came to nothing. */
  error?: string;
}

/** Stands in `started_at` for a run that nobody has begun: any worker may claim it. */
const NOT_STARTED = new Date(0);
const MOST_LISTED = 100;

/** Which sentinel runs have been taken on; whoever takes one first does it. */
export class SentinelStore {
  private readonly prisma: PrismaClient;

  constructor(connection: Connection) {
    this.prisma = connection.prisma;
  }

  /**
   * Takes a run on, unless another process has: it may be taken over once it has not finished for `staleMs`. What
   * earlier tries have set aside stays counted.
   * @returns USD that it has cost so far; null = it is another's, or done.
   */
  async claim(
    { modelId, spaceVersion, slot }: SentinelSlot,
    staleMs: number,
  ): Promise<number | null> {
    const rows = await this.prisma.$queryRaw<{ costUsd: number }[]>`
      INSERT INTO sentinel_runs AS run (model_id, space_version, slot)
      VALUES (${modelId}, ${spaceVersion}, ${slot})
      ON CONFLICT (model_id, space_version, slot) DO UPDATE SET started_at = now()
      WHERE run.finished_at IS NULL
        AND run.started_at < now() - make_interval(secs => ${staleMs / 1000})
      RETURNING cost_usd AS "costUsd"`;
    return rows[0]?.costUsd ?? null;
  }

  /** A run that somebody asks for: its slot is below 0, where no scheduled one's is, and the next that is free. */
  async request(key: ProfileKey): Promise<SentinelRun> {
    return this.prisma.$transaction(async (transaction) => {
      await lockForTransaction(transaction, `sentinels:${key.modelId}:${key.spaceVersion}`);
      const { _min } = await transaction.sentinelRun.aggregate({
        where: key,
        _min: { slot: true },
      });
      const slot = Math.min(0, _min.slot ?? 0) - 1;
      await transaction.sentinelRun.create({ data: { ...key, slot, startedAt: NOT_STARTED } });
      return { ...key, slot, startedAt: null, finishedAt: null, result: null, costUsd: 0 };
    });
  }

  /** The newest hundred of a model, newest first; those that wait come last. */
  async list(modelId: string): Promise<SentinelRun[]> {
    const rows = await this.prisma.sentinelRun.findMany({
      where: { modelId },
      orderBy: [{ startedAt: 'desc' }, { slot: 'asc' }],
      take: MOST_LISTED,
    });
    return rows.map(({ startedAt, result, ...row }) => ({
      ...row,
      startedAt: startedAt.getTime() === NOT_STARTED.getTime() ? null : startedAt,
      result: result === null ? null : fromJson<SentinelResult>(result),
    }));
  }

  /** Adds what a call may cost before it is made, and takes off what it did not cost after it. */
  async spend(key: SentinelSlot, usd: number): Promise<void> {
    await this.prisma.sentinelRun.update({
      where: { modelId_spaceVersion_slot: key },
      data: { costUsd: { increment: usd } },
    });
  }

  async finish(key: SentinelSlot, result: object): Promise<void> {
    await this.prisma.sentinelRun.update({
      where: { modelId_spaceVersion_slot: key },
      data: { finishedAt: new Date(), result: toJson(result) },
    });
  }
}
