import type { Database, NewApiKey } from '@zerorouter/database';

async function generate(): Promise<{ key: string; stored: NewApiKey }> {
  // Platform brings Nest along: a setup with nothing to do starts without it.
  const { generateApiKey } = await import('@zerorouter/platform');
  const { key, hash, prefix } = generateApiKey();
  return { key, stored: { name: 'setup', scopes: ['admin', 'route', 'chat'], hash, prefix } };
}

/** The first key of an installation, or null when an administrator has a usable one. */
export async function makeFirstKey(database: Database): Promise<string | null> {
  if ((await database.keys.countAdmins()) > 0) {
    return null;
  }
  const { key, stored } = await generate();
  return (await database.keys.createFirst(stored)) === null ? null : key;
}

/** One more admin key. */
export async function makeAdminKey(database: Database): Promise<string> {
  const { key, stored } = await generate();
  await database.keys.create(stored);
  return key;
}
