import { DomainError } from '@zerorouter/contracts';
import pg from 'pg';
import { findMigrationsDir, migrationList, readMigrations } from './migration-files.js';
import type { MigrationFile } from './migration-files.js';
import { readMigrationHistory } from './migration-history.js';
import type { MigrationHistory } from './migration-history.js';
import { openSchemaEngine } from './schema-engine.js';

export interface MigrateOptions {
  /** Folder of `<timestamp>_<name>/migration.sql`; the repository's own unless told. */
  migrationsDir?: string;
}

export interface MigrateResult {
  /** Names of the migrations that this call applied, in order. */
  applied: string[];
}

/** Names ZeroRouter's migrations among a server's advisory locks; a fixed arbitrary number. */
const LOCK_KEY = 7_269_082_317;
/** Long enough for another process to finish a big migration. */
const LOCK_TIMEOUT = '10min';

/**
 * Brings the database up to the newest migration. Safe to call from several processes at once: one
 * works, the others wait for it. Migrations that the database has and the folder has not are let be,
 * so that an older process can start beside a newer one.
 * @throws `database-unreachable`, `migrations-not-found`, `migration-edited`, `migration-failed`
 */
export async function migrate(
  databaseUrl: string,
  options: MigrateOptions = {},
): Promise<MigrateResult> {
  const migrationsDir = options.migrationsDir ?? findMigrationsDir();
  const migrations = await readMigrations(migrationsDir);
  const client = await connect(databaseUrl);
  try {
    if (isUpToDate(migrations, await readMigrationHistory(client))) return { applied: [] };

    await client.query(`SET lock_timeout = '${LOCK_TIMEOUT}'`);
    await client.query('SELECT pg_advisory_lock($1)', [LOCK_KEY]);
    const history = await readMigrationHistory(client);
    if (isUpToDate(migrations, history)) return { applied: [] };
    return await applyMigrations(databaseUrl, migrationsDir, migrations, history, client);
  } finally {
    // Ending the session releases the lock.
    await client.end();
  }
}

async function connect(databaseUrl: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: 'zerorouter-migrate',
  });
  client.on('error', () => {}); // The query that is under way rejects, too.
  try {
    await client.connect();
    return client;
  } catch (cause) {
    const { host, port, database } = client;
    throw new DomainError(
      'database-unreachable',
      `cannot open database "${database}" at ${host}:${port}: ${messageOf(cause)}`,
      { details: { host, port, database }, cause },
    );
  }
}

/** @throws `migration-edited` */
function isUpToDate(migrations: readonly MigrationFile[], history: MigrationHistory): boolean {
  const edited = migrations.find(
    ({ name, checksum }) => (history.applied.get(name) ?? checksum) !== checksum,
  );
  if (edited !== undefined)
    throw new DomainError(
      'migration-edited',
      `migration ${edited.name} is not the one that this database was migrated with: restore its file, and put the change into a new migration`,
      { details: { migration: edited.name } },
    );
  return (
    history.unfinished.length === 0 && migrations.every(({ name }) => history.applied.has(name))
  );
}

async function applyMigrations(
  databaseUrl: string,
  migrationsDir: string,
  migrations: readonly MigrationFile[],
  history: MigrationHistory,
  client: pg.Client,
): Promise<MigrateResult> {
  const { engine, close } = await openSchemaEngine(databaseUrl);
  try {
    // A migration that was begun and not ended left nothing behind, for it runs as one transaction:
    // it may be tried again. Had it ended unrecorded, its first statement fails and changes nothing.
    for (const migrationName of new Set(history.unfinished))
      await engine.markMigrationRolledBack({ migrationName });
    const { appliedMigrationNames } = await engine.applyMigrations({
      migrationsList: migrationList(migrationsDir, migrations),
      filters: { externalTables: [], externalEnums: [] },
    });
    return { applied: appliedMigrationNames };
  } catch (cause) {
    throw await migrationFailure(client, cause);
  } finally {
    await close();
  }
}

async function migrationFailure(client: pg.Client, cause: unknown): Promise<DomainError> {
  const name = (await readMigrationHistory(client)).unfinished[0];
  if (name === undefined)
    return new DomainError('migration-failed', `cannot migrate: ${engineMessageOf(cause)}`, {
      cause,
    });
  return new DomainError(
    'migration-failed',
    [
      `migration ${name} failed and was rolled back whole; those before it stay applied.`,
      engineMessageOf(cause),
      `Mend the cause (a full disk, missing rights, rows that break a new constraint) and start again: it is tried anew.`,
      `If the database has its changes already, record that: UPDATE _prisma_migrations SET finished_at = now() WHERE migration_name = '${name}' AND rolled_back_at IS NULL;`,
    ].join('\n'),
    { details: { migration: name }, cause },
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error && error.message !== '' ? error.message : String(error);
}

/** The engine's message without its lead-in and the trace of its own calls. */
function engineMessageOf(error: unknown): string {
  const [message = ''] = messageOf(error).split(/\n +0: /);
  return message.replace(/^external connector error\n/, '').trim();
}
