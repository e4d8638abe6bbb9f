import { DomainError } from '@zerorouter/contracts';
import type pg from 'pg';
import { storableJson } from '../json.js';
import { opaqueId } from '../opaque-id.js';
import { PoolTransaction } from '../pool-transaction.js';
import type { NewBatch, NewBatchItem } from './batch-records.js';

/**
 * A batch that is coming in, in one transaction: until `commit` nobody sees it, and if the client or
 * this process goes away, it never was.
 */
export class BatchUpload {
  private added = 0;
  private failed = 0;

  private constructor(
    private readonly transaction: PoolTransaction,
    /** Id of the new batch; of the old one where `repeats`. */
    readonly id: string,
    /** Hash of the batch that this idempotency key made earlier; null when it is new. */
    readonly earlierHash: string | null,
  ) {}

  /**
   * Holds a connection of the pool until `commit` or `abandon`.
   * @throws DomainError `idempotency-key-in-use` while another upload under the key is under way.
   */
  static async open(pool: pg.Pool, batch: NewBatch): Promise<BatchUpload> {
    const transaction = await PoolTransaction.begin(pool);
    try {
      const earlier = await findEarlier(transaction, batch);
      if (earlier !== null) return new BatchUpload(transaction, earlier.id, earlier.requestHash);
      const id = opaqueId('bat');
      await transaction.query({
        text: `INSERT INTO batches
                 (id, key_id, space_version, policy, constraints, item_count, idempotency_key,
                  request_hash, expires_at)
               VALUES ($1, $2, $3, $4, $5, 0, $6, '', $7)`,
        values: [
          id,
          batch.keyId,
          batch.spaceVersion,
          batch.policy,
          batch.constraints,
          batch.idempotencyKey,
          batch.expiresAt,
        ],
      });
      return new BatchUpload(transaction, id, null);
    } catch (error) {
      await transaction.rollBack();
      throw error;
    }
  }

  /** Items so far. */
  get count(): number {
    return this.added;
  }

  /**
   * One INSERT. Resolves when Postgres has taken them: who waits for it holds the client back.
   * @throws DomainError `duplicate-custom-id`, whose details name the `index` of the later item.
   */
  async add(items: readonly NewBatchItem[]): Promise<void> {
    const { rows } = await this.transaction.query<{ index: number }>({
      name: 'add-batch-items',
      text: ADD_ITEMS,
      values: [this.id, storableJson(items.map(toRow))],
    });
    if (rows.length < items.length) {
      const stored = new Set(rows.map(({ index }) => index));
      const { customId, index } = items.find((item) => !stored.has(item.index))!;
      throw new DomainError(
        'duplicate-custom-id',
        `custom_id "${customId}" stands at an earlier item, too: each must be unique in its batch`,
        { details: { customId, index } },
      );
    }
    this.added += items.length;
    this.failed += items.filter(({ error }) => error !== undefined).length;
  }

  /** A batch without anything to predict goes on to its end at once. */
  async commit(requestHash: string): Promise<void> {
    await this.transaction.query({
      text: `UPDATE batches SET item_count = $2, failed_count = $3, request_hash = $4,
               created_at = clock_timestamp(), updated_at = clock_timestamp(), state = $5
             WHERE id = $1`,
      values: [
        this.id,
        this.added,
        this.failed,
        requestHash,
        this.failed === this.added ? 'optimizing' : 'queued',
      ],
    });
    await this.transaction.commit();
  }

  async abandon(): Promise<void> {
    await this.transaction.rollBack();
  }
}

const ADD_ITEMS = `
  INSERT INTO batch_items (batch_id, index, custom_id, state, request, error)
  SELECT $1, index, custom_id, state::batch_item_state, request, error
  FROM json_to_recordset($2::json)
    AS item(index int, custom_id text, state text, request jsonb, error jsonb)
  ON CONFLICT DO NOTHING
  RETURNING index`;

function toRow({ index, customId, request, error }: NewBatchItem): object {
  return {
    index,
    custom_id: customId,
    state: error === undefined ? 'pending' : 'failed',
    request,
    error,
  };
}

/**
 * Of two uploads under one key one waits in vain: it is told so at once, instead of being held until
 * the other has ended. A unique index would not do, for a caller without a key has no key id.
 */
async function findEarlier(
  transaction: PoolTransaction,
  { keyId, idempotencyKey }: NewBatch,
): Promise<{ id: string; requestHash: string } | null> {
  if (idempotencyKey === null) return null;
  const { rows: locks } = await transaction.query<{ locked: boolean }>({
    text: 'SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS locked',
    values: [`zerorouter:batch:${keyId ?? ''}:${idempotencyKey}`],
  });
  if (locks[0]?.locked !== true)
    throw new DomainError(
      'idempotency-key-in-use',
      `another upload with the Idempotency-Key "${idempotencyKey}" is under way: repeat this one when it has ended`,
    );
  const { rows } = await transaction.query<{ id: string; requestHash: string }>({
    text: `SELECT id, request_hash AS "requestHash" FROM batches
           WHERE key_id IS NOT DISTINCT FROM $1 AND idempotency_key = $2`,
    values: [keyId, idempotencyKey],
  });
  return rows[0] ?? null;
}
