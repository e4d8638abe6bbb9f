import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe } from '@jest/globals';
import pg from 'pg';
import { findMigrationsDir, readMigrations } from '../src/migrations/migration-files.js';
import { migrate } from '../src/migrations/migrate.js';

const SERVER_URL = process.env['ZEROROUTER_TEST_DATABASE_URL'];
const TEMPLATE_LOCK = 7_269_082_318;

/**
 * A suite with a Postgres database of its own, dropped at its end. Without a server
 * (ZEROROUTER_TEST_DATABASE_URL) the suite is skipped, and says so.
 * @param migrated false = an empty database
 */
export function describeWithDatabase(
  name: string,
  suite: (databaseUrl: () => string) => void,
  { migrated = true } = {},
): void {
  if (SERVER_URL === undefined) {
    console.warn(`ZEROROUTER_TEST_DATABASE_URL is not set: "${name}" is SKIPPED`);
    describe.skip(name, () => suite(() => ''));
    return;
  }
  describe(name, () => {
    const database = `zerorouter_test_${randomUUID().replaceAll('-', '')}`;
    beforeAll(async () => {
      const template = migrated ? await migratedTemplate(SERVER_URL) : 'template1';
      await onServer(SERVER_URL, (client) =>
        client.query(`CREATE DATABASE ${database} TEMPLATE ${template}`),
      );
    }, 60_000);
    suite(() => urlOf(SERVER_URL, database));
    // After the suite's own hooks, which close its connections.
    afterAll(() =>
      onServer(SERVER_URL, (client) =>
        client.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`),
      ),
    );
  });
}

/** A migrated database that is copied, made by whichever test file comes first; one per set of migrations. */
async function migratedTemplate(serverUrl: string): Promise<string> {
  const migrations = await readMigrations(findMigrationsDir());
  const digest = createHash('sha256').update(JSON.stringify(migrations)).digest('hex');
  const template = `zerorouter_template_${digest.slice(0, 16)}`;
  const building = `${template}_building`;
  await onServer(serverUrl, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [
      template,
    ]);
    if (rowCount === 1) return;
    await client.query(`DROP DATABASE IF EXISTS ${building}`);
    await client.query(`CREATE DATABASE ${building}`);
    await migrate(urlOf(serverUrl, building));
    await client.query(`ALTER DATABASE ${building} RENAME TO ${template}`);
  });
  return template;
}

/** One statement, on a connection of its own. */
export async function runSql(databaseUrl: string, sql: string): Promise<pg.QueryResult> {
  return onServer(databaseUrl, (client) => client.query(sql));
}

async function onServer<Result>(
  url: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function urlOf(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.href;
}
