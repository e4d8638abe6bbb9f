import { DomainError } from '@zerorouter/contracts';
import type pg from 'pg';
import type { Connection } from '../connection.js';
import type { DeadLetter as DeadLetterRow, PrismaClient } from '../generated/client.js';
import { fromJson, storableJson } from '../json.js';
import { opaqueId } from '../opaque-id.js';

/** A job that failed for good. */
export interface DeadLetter {
  id: string;
  queue: string;
  jobId: string;
  /** Null where it was malformed. */
  payload: object | null;
  /** Whether the payload is whole. */
  replayable: boolean;
  code: string;
  message: string;
  /** Of the last round. */
  attempts: number;
  /** Rounds that ended so. */
  times: number;
  requestId: string | null;
  failedAt: Date;
}

export type NewDeadLetter = Omit<DeadLetter, 'id' | 'times' | 'failedAt'>;

/** Of each queue the newest are kept: what fails without end must not fill the disk. */
const KEPT_PER_QUEUE = 1_000;

export class DeadLetterStore {
  private readonly prisma: PrismaClient;
  private readonly pool: pg.Pool;

  constructor(
    { prisma, pool }: Connection,
    private readonly keptPerQueue = KEPT_PER_QUEUE,
  ) {
    this.prisma = prisma;
    this.pool = pool;
  }

  /** One that failed before is the same letter: it counts once more, with what went wrong this time. */
  async record(letter: NewDeadLetter, now = new Date()): Promise<void> {
    const { queue, jobId, payload, replayable, code, message, attempts, requestId } = letter;
    const json = payload === null ? null : storableJson([payload]);
    await this.pool.query(RECORD, [
      opaqueId('dlt'),
      queue,
      jobId,
      json,
      replayable,
      code,
      message.replaceAll('\0', ''),
      attempts,
      requestId,
      now,
    ]);
    await this.pool.query(PRUNE, [queue, this.keptPerQueue]);
  }

  /**
   * The last that failed first; `before` is the id of the last letter of the page before.
   * @throws DomainError `dead-letter-not-found`
   */
  async list(page: { limit: number; queue?: string; before?: string }): Promise<DeadLetter[]> {
    const { limit, queue, before } = page;
    if (before !== undefined) await this.get(before);
    const rows = await this.prisma.deadLetter.findMany({
      where: queue === undefined ? {} : { queue },
      orderBy: [{ failedAt: 'desc' }, { id: 'desc' }],
      take: limit,
      ...(before === undefined ? {} : { cursor: { id: before }, skip: 1 }),
    });
    return rows.map(toLetter);
  }

  /** @throws DomainError `dead-letter-not-found` */
  async get(id: string): Promise<DeadLetter> {
    const row = await this.prisma.deadLetter.findUnique({ where: { id } });
    if (row === null) throw notFound(id);
    return toLetter(row);
  }

  /** @throws DomainError `dead-letter-not-found` */
  async delete(id: string): Promise<void> {
    const { count } = await this.prisma.deadLetter.deleteMany({ where: { id } });
    if (count === 0) throw notFound(id);
  }

  /** Deletes a letter as it was read: one that has failed again since stays. */
  async settle({ id, failedAt }: DeadLetter): Promise<void> {
    await this.prisma.deadLetter.deleteMany({ where: { id, failedAt } });
  }

  /** Deletes those of one queue, or all. @returns how many */
  async purge(queue?: string): Promise<number> {
    const { count } = await this.prisma.deadLetter.deleteMany({
      where: queue === undefined ? {} : { queue },
    });
    return count;
  }

  /** How many there are, by queue; queues without any are left out. */
  async counts(): Promise<Map<string, number>> {
    const rows = await this.prisma.deadLetter.groupBy({ by: ['queue'], _count: true });
    return new Map(rows.map(({ queue, _count }) => [queue, _count]));
  }
}

const RECORD = `
  INSERT INTO dead_letters AS d
    (id, queue, job_id, payload, replayable, code, message, attempts, request_id, failed_at)
  VALUES ($1, $2, $3, $4::jsonb -> 0, $5, $6, $7, $8, $9, $10)
  ON CONFLICT (queue, job_id) DO UPDATE SET
    payload = excluded.payload, replayable = excluded.replayable, code = excluded.code,
    message = excluded.message, attempts = excluded.attempts, times = d.times + 1,
    request_id = excluded.request_id, failed_at = excluded.failed_at`;

const PRUNE = `
  DELETE FROM dead_letters WHERE id IN (
    SELECT id FROM dead_letters WHERE queue = $1 ORDER BY failed_at DESC OFFSET $2
    FOR UPDATE SKIP LOCKED)`;

function toLetter({ payload, ...row }: DeadLetterRow): DeadLetter {
  return { ...row, payload: payload === null ? null : fromJson(payload) };
}

function notFound(id: string): DomainError {
  return new DomainError(
    'dead-letter-not-found',
    `there is no dead letter "${id}": it was replayed or deleted, or newer ones took its place`,
  );
}
