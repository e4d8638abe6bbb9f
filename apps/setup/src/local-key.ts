import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import type { Database } from '@zerorouter/database';

/**
 * The key with which programs of this machine route and chat, kept in a file that its owner alone may read.
 * It is made where there is none, and anew where it opens nothing any more: its database was deleted, or
 * an administrator has revoked it.
 * @returns whether it was made
 */
export async function ensureLocalKey(database: Database, file: string): Promise<boolean> {
  const { generateApiKey, hashApiKey } = await import('@zerorouter/platform');
  if (existsSync(file)) {
    chmodSync(file, 0o600);
    const known = readFileSync(file, 'utf8').trim();
    const key = await database.keys.findByHash(hashApiKey(known));
    if (key !== null && (key.expiresAt === null || key.expiresAt > new Date())) {
      return false;
    }
  }
  const { key, hash, prefix } = generateApiKey();
  await database.keys.create({ name: 'local', scopes: ['route', 'chat'], hash, prefix });
  writePrivately(file, `${key}\n`);
  return true;
}

/** Whole or not at all, whatever happens meanwhile. */
function writePrivately(file: string, text: string): void {
  const partial = openSync(`${file}.partial`, 'w', 0o600);
  try {
    writeSync(partial, text);
    fsyncSync(partial);
  } finally {
    closeSync(partial);
  }
  renameSync(`${file}.partial`, file);
}
