import pg from 'pg';

async function withClient<Result>(
  databaseUrl: string,
  use: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

/**
 * Makes a database on the server of `databaseUrl`; its URL. With `template` it begins as a copy of
 * that database, to which nobody may be connected.
 */
export function createDatabase(
  databaseUrl: string,
  name: string,
  template = 'template1',
): Promise<string> {
  return withClient(databaseUrl, async (client) => {
    await client.query(
      `CREATE DATABASE ${client.escapeIdentifier(name)} TEMPLATE ${client.escapeIdentifier(template)}`,
    );
    const url = new URL(databaseUrl);
    url.pathname = `/${name}`;
    return url.href;
  });
}

/** Removes every database whose name begins so, whoever is connected to it. */
export function dropDatabases(databaseUrl: string, beginning: string): Promise<void> {
  return withClient(databaseUrl, async (client) => {
    const { rows } = await client.query<{ datname: string }>(
      'SELECT datname FROM pg_database WHERE starts_with(datname, $1)',
      [beginning],
    );
    for (const { datname } of rows) {
      await client.query(`DROP DATABASE ${client.escapeIdentifier(datname)} WITH (FORCE)`);
    }
  });
}

/** Runs one statement, for tests that look or meddle from outside; its rows. */
export function runStatement(
  databaseUrl: string,
  statement: string,
): Promise<Record<string, unknown>[]> {
  return withClient(
    databaseUrl,
    async (client) => (await client.query<Record<string, unknown>>(statement)).rows,
  );
}
