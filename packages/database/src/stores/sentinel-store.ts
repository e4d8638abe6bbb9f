import type { Connection } from '../connection.js';
import type { PrismaClient } from '../generated/client.js';
import { toJson } from '../json.js';
import type { ProfileKey } from './profile-rows.js';

/** Sentinel anchors of one model in one slot of time. */
export interface SentinelSlot extends ProfileKey {
  /** Number of the slot: the same in every process. */
  slot: number;
}

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
