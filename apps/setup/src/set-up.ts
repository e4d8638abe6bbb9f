import { DomainError } from '@zerorouter/contracts';
import { connectDatabase, migrate } from '@zerorouter/database';
import { makeAdminKey, makeFirstKey } from './admin-key.js';
import { applyConfigFile, readSetupConfig } from './config-file.js';
import { ensureLocalKey } from './local-key.js';
import { seedAnchors } from './seed-anchors.js';
import { seedStarterSpace } from './seed-starter-space.js';

export interface SetUpOptions {
  /** Makes one more admin key even when keys exist. */
  newAdminKey: boolean;
  /** Keeps a key for the programs of this machine there; null = none. */
  localKeyFile: string | null;
  note: (line: string) => void;
}

export interface SetUpResult {
  /** A key that this run has made, to be shown once. */
  adminKey: string | null;
}

/**
 * Brings a database to where the apps can start on it: migrated, with the starter space, its
 * profiles and anchors, what the configuration file declares, and an admin key. Each step looks first whether it is done, so that a run
 * with nothing to do costs a few queries, and one that was cut short is finished by the next.
 */
export async function setUp(
  environment: NodeJS.ProcessEnv,
  { newAdminKey, localKeyFile, note }: SetUpOptions,
): Promise<SetUpResult> {
  const file = await readSetupConfig(environment);
  const databaseUrl = file?.config.DATABASE_URL ?? environment['DATABASE_URL'];
  if (databaseUrl === undefined || databaseUrl === '') {
    throw new DomainError('no_database', 'DATABASE_URL is not set: name the Postgres to set up');
  }
  const { applied } = await migrate(databaseUrl);
  if (applied.length > 0) {
    note(`applied ${applied.length} migrations`);
  }
  const database = connectDatabase(databaseUrl, { maxConnections: 2 });
  try {
    const starter = await seedStarterSpace(database, note);
    await seedAnchors(database, starter, environment, note);
    if (file !== null) {
      await applyConfigFile(database, file, note);
    }
    const adminKey = newAdminKey ? await makeAdminKey(database) : await makeFirstKey(database);
    if (localKeyFile !== null && (await ensureLocalKey(database, localKeyFile))) {
      note(`made a key for this machine, in ${localKeyFile}`);
    }
    return { adminKey };
  } finally {
    await database.close();
  }
}
