import type pg from 'pg';
import type { Connection } from '../connection.js';
import type { PrismaClient } from '../generated/client.js';
import { storableJson, toJson } from '../json.js';
import { inTransaction } from '../pool-transaction.js';
import type {
  Batch,
  BatchChoice,
  BatchFailure,
  BatchPrediction,
  BatchState,
  BatchSummary,
  PredictedItem,
} from './batch-records.js';
import { toBatch } from './batch-store.js';

const UNFINISHED: BatchState[] = ['queued', 'predicting', 'optimizing'];
/** Items a statement: its parameter stays below a MB or two. */
const CHOICES_PER_STATEMENT = 2_000;

export interface PendingChunk {
  spaceVersion: string;
  itemCount: number;
  items: { index: number; text: string }[];
}

/**
 * Batches as those see them who work on them. Every write is guarded by the state that it leaves
 * behind, so that a job may run twice, or at the same time in two places, and counts once.
 */
export class BatchWork {
  private readonly prisma: PrismaClient;
  private readonly pool: pg.Pool;

  constructor(connection: Connection) {
    this.prisma = connection.prisma;
    this.pool = connection.pool;
  }

  async get(id: string): Promise<Batch | null> {
    const row = await this.prisma.batch.findUnique({ where: { id } });
    return row && toBatch(row);
  }

  /**
   * The items from `from` to before `to` that are still to be predicted.
   * @returns null when the batch is not to be predicted (any more).
   */
  async beginChunk(id: string, from: number, to: number): Promise<PendingChunk | null> {
    const { rows: batches } = await this.pool.query<Omit<PendingChunk, 'items'>>({
      name: 'begin-batch-chunk',
      text: `UPDATE batches SET state = 'predicting', updated_at = now()
             WHERE id = $1 AND state IN ('queued', 'predicting')
             RETURNING space_version AS "spaceVersion", item_count AS "itemCount"`,
      values: [id],
    });
    if (batches[0] === undefined) return null;
    const { rows: items } = await this.pool.query<{ index: number; text: string }>({
      name: 'pending-batch-items',
      text: `SELECT index, request->>'text' AS text FROM batch_items
             WHERE batch_id = $1 AND index >= $2 AND index < $3 AND state = 'pending'
             ORDER BY index`,
      values: [id, from, to],
    });
    return { ...batches[0], items };
  }

  /**
   * Stores what was predicted; what had been stored before stays. The batch whose last item this was
   * becomes `optimizing`.
   * @returns the batch's state now; null when it was not to be predicted any more, and nothing was
   *   stored.
   */
  async storePredictions(
    id: string,
    predictions: readonly BatchPrediction[],
  ): Promise<BatchState | null> {
    return inTransaction(this.pool, async (transaction) => {
      // The batch's row is locked first, by all: two workers on one chunk wait for each other instead
      // of deadlocking over its items, and a batch that is cancelled meanwhile is not brought back.
      const locked = await transaction.query({
        text: `SELECT FROM batches WHERE id = $1 AND state IN ('queued', 'predicting') FOR UPDATE`,
        values: [id],
      });
      if (locked.rowCount === 0) return null;
      const { rows: stored } = await transaction.query<{ state: string }>({
        name: 'store-batch-predictions',
        text: STORE_PREDICTIONS,
        values: [id, storableJson(predictions)],
      });
      const failed = stored.filter(({ state }) => state === 'failed').length;
      const { rows } = await transaction.query<{ state: BatchState }>({
        name: 'count-batch-predictions',
        text: `UPDATE batches SET
                 predicted_count = predicted_count + $2, failed_count = failed_count + $3,
                 updated_at = clock_timestamp(),
                 state = CASE WHEN predicted_count + failed_count + $2 + $3 = item_count
                   THEN 'optimizing'::batch_state ELSE 'predicting' END
               WHERE id = $1 RETURNING state`,
        values: [id, stored.length - failed, failed],
      });
      return rows[0]!.state;
    });
  }

  /** Predicted items from after an index (−1 = from the first), in order. */
  async predicted(id: string, after: number, limit: number): Promise<PredictedItem[]> {
    const { rows } = await this.pool.query<PredictedItem>(
      `SELECT index, latents, request - 'text' AS request FROM batch_items
       WHERE batch_id = $1 AND index > $2 AND state = 'predicted' ORDER BY index LIMIT $3`,
      [id, after, limit],
    );
    return rows;
  }

  /**
   * Stores the choice of every predicted item and completes the batch, in one transaction: there are
   * all results or none.
   * @returns false when the batch was not `optimizing` any more, and nothing was stored.
   * @throws Error when the choices are not those of the predicted items.
   */
  async complete(
    id: string,
    choices: Iterable<BatchChoice>,
    summary: BatchSummary,
  ): Promise<boolean> {
    try {
      await inTransaction(this.pool, async (transaction) => {
        let failed = 0;
        for (const part of partition(choices, CHOICES_PER_STATEMENT)) {
          const { rowCount } = await transaction.query({
            name: 'store-batch-choices',
            text: STORE_CHOICES,
            values: [id, storableJson(part)],
          });
          if (rowCount !== part.length) throw new Superseded();
          failed += part.filter(({ error }) => error !== undefined).length;
        }
        // The state last: a caller who cancels need not wait for a long transaction.
        const { rowCount } = await transaction.query({
          text: `UPDATE batches SET state = 'completed', summary = $2,
                   failed_count = failed_count + $3,
                   updated_at = clock_timestamp(), finished_at = clock_timestamp()
                 WHERE id = $1 AND state = 'optimizing' AND NOT EXISTS
                   (SELECT FROM batch_items
                    WHERE batch_id = $1 AND state IN ('pending', 'predicted'))`,
          values: [id, summary, failed],
        });
        if (rowCount === 0) throw new Superseded();
      });
      return true;
    } catch (error) {
      if (!(error instanceof Superseded)) throw error;
      if ((await this.get(id))?.state === 'optimizing')
        throw new Error(`the choices for batch ${id} are not those of its predicted items`, {
          cause: error,
        });
      return false;
    }
  }

  /** Ends a batch that is under way. @returns false when it was not. */
  async fail(id: string, failure: BatchFailure): Promise<boolean> {
    const { count } = await this.prisma.batch.updateMany({
      where: { id, state: { in: UNFINISHED } },
      data: { state: 'failed', error: toJson(failure), finishedAt: new Date() },
    });
    return count > 0;
  }

  /**
   * Unfinished batches without progress for so long; each is claimed, hence seen by one of several
   * that look at the same time, and not again before as long has passed.
   */
  async claimStalled(stalledMs: number, limit: number): Promise<Batch[]> {
    const { rows } = await this.pool.query<{ id: string }>(
      `UPDATE batches SET updated_at = now() WHERE id IN (
         SELECT id FROM batches
         WHERE state IN ('queued', 'predicting', 'optimizing')
           AND updated_at < now() - $1 * interval '1 millisecond'
         ORDER BY updated_at LIMIT $2 FOR UPDATE SKIP LOCKED)
       RETURNING id`,
      [stalledMs, limit],
    );
    const found = await this.prisma.batch.findMany({
      where: { id: { in: rows.map(({ id }) => id) } },
      orderBy: { createdAt: 'asc' },
    });
    return found.map(toBatch);
  }

  /** First indices of the first chunks that have something to predict. */
  async pendingChunks(id: string, chunkItems: number, limit: number): Promise<number[]> {
    const { rows } = await this.pool.query<{ start: number }>(
      `SELECT DISTINCT index / $2 * $2 AS start FROM batch_items
       WHERE batch_id = $1 AND state = 'pending' ORDER BY start LIMIT $3`,
      [id, chunkItems, limit],
    );
    return rows.map(({ start }) => start);
  }

  /**
   * Deletes the texts of one batch whose time is over; one that is still under way fails.
   * @returns its id; null when there is none (that nobody else is at).
   */
  async expireNext(): Promise<string | null> {
    return inTransaction(this.pool, async (transaction) => {
      const { rows } = await transaction.query<{ id: string }>({
        text: `SELECT id FROM batches WHERE expires_at < now() AND texts_deleted_at IS NULL
               ORDER BY expires_at LIMIT 1 FOR UPDATE SKIP LOCKED`,
      });
      const id = rows[0]?.id;
      if (id === undefined) return null;
      await transaction.query({
        text: `UPDATE batches SET state = 'failed', finished_at = now(), error = $2
               WHERE id = $1 AND state IN ('queued', 'predicting', 'optimizing')`,
        values: [
          id,
          { code: 'batch-expired', message: 'its retention ended before it was completed' },
        ],
      });
      await transaction.query({
        text: `UPDATE batch_items SET request = NULL WHERE batch_id = $1 AND request IS NOT NULL`,
        values: [id],
      });
      await transaction.query({
        text: 'UPDATE batches SET texts_deleted_at = now() WHERE id = $1',
        values: [id],
      });
      return id;
    });
  }
}

/** Somebody else has ended or done the work in the meantime. */
class Superseded extends Error {}

const STORE_PREDICTIONS = `
  UPDATE batch_items SET latents = new.latents, error = new.error,
    state = CASE WHEN new.error IS NULL THEN 'predicted'::batch_item_state ELSE 'failed' END
  FROM json_to_recordset($2::json) AS new(index int, latents jsonb, error jsonb)
  WHERE batch_items.batch_id = $1 AND batch_items.index = new.index
    AND batch_items.state = 'pending'
  RETURNING batch_items.state`;

const STORE_CHOICES = `
  UPDATE batch_items SET model = new.model, p_correct = new."pCorrect",
    cost_usd = new."costUsd", latency_ms = new."latencyMs", error = new.error,
    state = CASE WHEN new.error IS NULL THEN 'succeeded'::batch_item_state ELSE 'failed' END
  FROM json_to_recordset($2::json) AS new(
    index int, model text, "pCorrect" float8, "costUsd" float8, "latencyMs" float8, error jsonb)
  WHERE batch_items.batch_id = $1 AND batch_items.index = new.index
    AND batch_items.state = 'predicted'`;

function* partition<Item>(items: Iterable<Item>, size: number): Generator<Item[]> {
  let part: Item[] = [];
  for (const item of items) {
    part.push(item);
    if (part.length === size) {
      yield part;
      part = [];
    }
  }
  if (part.length > 0) yield part;
}
