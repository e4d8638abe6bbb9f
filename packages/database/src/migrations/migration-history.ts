import type pg from 'pg';

/** What `_prisma_migrations` tells of a database. */
export interface MigrationHistory {
  /** Checksums of the migrations that ended well, by name. */
  applied: ReadonlyMap<string, string>;
  /** Names of those begun, not ended and not given up. */
  unfinished: readonly string[];
}

export async function readMigrationHistory(client: pg.Client): Promise<MigrationHistory> {
  const table = await client.query<{ name: string | null }>(
    `SELECT to_regclass('_prisma_migrations')::text AS name`,
  );
  if (table.rows[0]?.name == null) return { applied: new Map(), unfinished: [] };
  const { rows } = await client.query<{ name: string; checksum: string; finished: boolean }>(
    `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished
     FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at`,
  );
  return {
    applied: new Map(rows.filter((row) => row.finished).map((row) => [row.name, row.checksum])),
    unfinished: rows.filter((row) => !row.finished).map((row) => row.name),
  };
}
