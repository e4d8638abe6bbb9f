import { DomainError } from '@zerorouter/contracts';
import type pg from 'pg';
import type { Connection } from '../connection.js';
import type { Batch as BatchRow, PrismaClient } from '../generated/client.js';
import { fromJson } from '../json.js';
import { newestFirst, olderThan } from '../newest-first.js';
import type { Batch, BatchResultRow, NewBatch } from './batch-records.js';
import { BatchUpload } from './batch-upload.js';

/** With `keyId` (null = made without a key) only batches of that caller are seen. */
export interface BatchOwner {
  keyId: string | null;
}

/** Batches as their callers see them; {@link BatchWork} is the workers' side. */
export class BatchStore {
  private readonly prisma: PrismaClient;
  private readonly pool: pg.Pool;

  constructor(connection: Connection) {
    this.prisma = connection.prisma;
    this.pool = connection.pool;
  }

  /** @throws DomainError `idempotency-key-in-use` */
  openUpload(batch: NewBatch): Promise<BatchUpload> {
    return BatchUpload.open(this.pool, batch);
  }

  async get(id: string, owner: BatchOwner): Promise<Batch | null> {
    const row = await this.prisma.batch.findUnique({ where: { id, keyId: owner.keyId } });
    return row && toBatch(row);
  }

  /**
   * Newest first; `before` is the id of the last batch of the page before.
   * @throws DomainError `batch-not-found`
   */
  async list(owner: BatchOwner, page: { limit: number; before?: string }): Promise<Batch[]> {
    const { before, limit } = page;
    const cursor = before === undefined ? null : await this.require(before, owner);
    const rows = await this.prisma.batch.findMany({
      where: { keyId: owner.keyId, ...olderThan(cursor) },
      ...newestFirst(limit),
    });
    return rows.map(toBatch);
  }

  /**
   * Ends a batch that is under way; one that was cancelled before stays so.
   * @throws DomainError `batch-not-found`, `batch-finished`
   */
  async cancel(id: string, owner: BatchOwner): Promise<Batch> {
    const now = new Date();
    await this.prisma.batch.updateMany({
      where: { id, keyId: owner.keyId, state: { in: ['queued', 'predicting', 'optimizing'] } },
      data: { state: 'cancelled', finishedAt: now },
    });
    const batch = await this.require(id, owner);
    if (batch.state !== 'cancelled')
      throw new DomainError(
        'batch-finished',
        `batch ${id} is ${batch.state} already: there is nothing to cancel`,
        { details: { state: batch.state } },
      );
    return batch;
  }

  /** Items of a batch that has ended, from after an index (−1 = from the first), in their order. */
  async results(id: string, after: number, limit: number): Promise<BatchResultRow[]> {
    const { rows } = await this.pool.query<BatchResultRow>({
      name: 'batch-results',
      text: `SELECT index, custom_id AS "customId", state, model, p_correct AS "pCorrect",
               cost_usd AS "costUsd", latency_ms AS "latencyMs", error
             FROM batch_items WHERE batch_id = $1 AND index > $2 ORDER BY index LIMIT $3`,
      values: [id, after, limit],
    });
    return rows;
  }

  private async require(id: string, owner: BatchOwner): Promise<Batch> {
    const batch = await this.get(id, owner);
    if (batch === null)
      throw new DomainError('batch-not-found', `you have no batch "${id}"`, { details: { id } });
    return batch;
  }
}

export function toBatch(row: BatchRow): Batch {
  return {
    ...row,
    policy: fromJson(row.policy),
    constraints: fromJson(row.constraints),
    summary: row.summary === null ? null : fromJson(row.summary),
    error: row.error === null ? null : fromJson(row.error),
  };
}
