import type pg from 'pg';
import type { Connection } from '../connection.js';

/** A chunk of a batch by its first index, or, `alone`, the one item there. */
export interface BatchTryKey {
  batchId: string;
  from: number;
  alone: boolean;
}

/**
 * Counts tries that began and did not end. It is written before the try, since a worker that dies has
 * no later chance: what stands there when nobody is at it are deaths.
 */
export class BatchTries {
  private readonly pool: pg.Pool;

  constructor(connection: Connection) {
    this.pool = connection.pool;
  }

  /**
   * Runs `work` as a try, which ends with it, whether it resolves or rejects.
   * @param work is told how many tries are open beside this one.
   */
  async during<Result>(key: BatchTryKey, work: (open: number) => Promise<Result>): Promise<Result> {
    const open = await this.begin(key);
    try {
      return await work(open);
    } finally {
      await this.end(key);
    }
  }

  private async begin({ batchId, from, alone }: BatchTryKey): Promise<number> {
    const { rows } = await this.pool.query<{ others: number }>({
      name: 'begin-batch-try',
      text: `INSERT INTO batch_tries (batch_id, from_index, alone, open) VALUES ($1, $2, $3, 1)
             ON CONFLICT (batch_id, from_index, alone) DO UPDATE SET open = batch_tries.open + 1
             RETURNING open - 1 AS others`,
      values: [batchId, from, alone],
    });
    return rows[0]!.others;
  }

  private async end({ batchId, from, alone }: BatchTryKey): Promise<void> {
    await this.pool.query({
      name: 'end-batch-try',
      text: `UPDATE batch_tries SET open = open - 1
             WHERE batch_id = $1 AND from_index = $2 AND alone = $3`,
      values: [batchId, from, alone],
    });
  }
}
