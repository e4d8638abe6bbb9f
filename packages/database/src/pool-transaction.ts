import type pg from 'pg';

/** A transaction on a connection of its own, for statements that Prisma has no part in. */
export class PoolTransaction {
  private constructor(private readonly client: pg.PoolClient) {}

  static async begin(pool: pg.Pool): Promise<PoolTransaction> {
    const client = await pool.connect();
    // The pool listens to idle connections only; one that breaks in use would end the process. Its
    // query fails as well, which is how it is told.
    client.on('error', ignoreBrokenConnection);
    const transaction = new PoolTransaction(client);
    try {
      await client.query('BEGIN');
      return transaction;
    } catch (error) {
      await transaction.rollBack();
      throw error;
    }
  }

  query<Row extends pg.QueryResultRow>(query: pg.QueryConfig): Promise<pg.QueryResult<Row>> {
    return this.client.query<Row>(query);
  }

  /** On failure it is still to be rolled back. */
  async commit(): Promise<void> {
    await this.client.query('COMMIT');
    this.release(false);
  }

  /** A connection that cannot roll back is broken, and Postgres has rolled back already. */
  async rollBack(): Promise<void> {
    await this.client.query('ROLLBACK').then(
      () => this.release(false),
      () => this.release(true),
    );
  }

  private release(broken: boolean): void {
    this.client.off('error', ignoreBrokenConnection);
    this.client.release(broken);
  }
}

/** Commits what `work` did, or none of it when it throws. */
export async function inTransaction<Result>(
  pool: pg.Pool,
  work: (transaction: PoolTransaction) => Promise<Result>,
): Promise<Result> {
  const transaction = await PoolTransaction.begin(pool);
  try {
    const result = await work(transaction);
    await transaction.commit();
    return result;
  } catch (error) {
    await transaction.rollBack();
    throw error;
  }
}

function ignoreBrokenConnection(): void {}
