import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { DomainError } from '@zerorouter/contracts';
import { errorCode } from './error-code.js';

const KEY_BYTES = 32;

/**
 * The key that seals the API keys of deployments, base64: made at random once, readable by its owner
 * alone. It reaches the disk before it is used, for what it has sealed is lost with it.
 *
 * @throws DomainError `secrets_key_broken` for a file that holds something else
 */
export function ensureSecretsKey(file: string): string {
  const known = readKey(file);
  if (known !== null) {
    chmodSync(file, 0o600);
    return known;
  }
  const key = randomBytes(KEY_BYTES).toString('base64');
  const partial = openSync(`${file}.partial`, 'w', 0o600);
  try {
    writeSync(partial, `${key}\n`);
    fsyncSync(partial);
  } finally {
    closeSync(partial);
  }
  renameSync(`${file}.partial`, file);
  return key;
}

/** Null where there is no file yet. */
function readKey(file: string): string | null {
  let key: string;
  try {
    key = readFileSync(file, 'utf8').trim();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') {
      return null;
    }
    throw error;
  }
  const bytes = Buffer.from(key, 'base64');
  if (bytes.length !== KEY_BYTES || bytes.toString('base64') !== key) {
    throw new DomainError(
      'secrets_key_broken',
      `${file} does not hold a key: put it back from a backup, or delete it and enter the API keys of all deployments anew`,
    );
  }
  return key;
}
