import { execFileSync } from 'node:child_process';
import { existsSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DomainError } from '@zerorouter/contracts';

/** Who runs Postgres when root starts it: Postgres refuses to run as root. */
export interface Account {
  uid: number;
  gid: number;
}

const OWN_ACCOUNT = 'zerorouter';

function lookUp(name: string): Account | null {
  const id = (flag: string): number =>
    Number(
      execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    );
  try {
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return null;
  }
}

/**
 * The unprivileged account for Postgres, or null when the caller is not root and Postgres simply
 * runs as the caller. A data folder that exists keeps its owner; else the account is `zerorouter`
 * or `postgres`, and where neither exists a system account `zerorouter` is made (initdb wants one
 * that has a name).
 *
 * @throws DomainError `no_postgres_account` when none can be had
 */
export function postgresAccount(dataDir: string, note: (line: string) => void): Account | null {
  if (process.getuid?.() !== 0) {
    return null;
  }
  if (existsSync(dataDir)) {
    const owner = statSync(dataDir);
    if (owner.uid !== 0) {
      return { uid: owner.uid, gid: owner.gid };
    }
  }
  const known = lookUp(OWN_ACCOUNT) ?? lookUp('postgres');
  if (known !== null) {
    return known;
  }
  try {
    execFileSync(
      'useradd',
      ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', OWN_ACCOUNT],
      { stdio: 'ignore' },
    );
  } catch {
    // The look-up below says whether the account is there (another start may have made it).
  }
  const made = lookUp(OWN_ACCOUNT);
  if (made === null) {
    throw new DomainError(
      'no_postgres_account',
      'Postgres does not run as root, and no system account could be made for it: start as another user, or set DATABASE_URL',
    );
  }
  note(`made the system account "${OWN_ACCOUNT}" (uid ${made.uid}): Postgres does not run as root`);
  return made;
}

/** True when the account may pass through every folder above `path` (access lists are not read). */
export function canReach(account: Account | null, path: string): boolean {
  if (account === null) {
    return true;
  }
  let folder = existsSync(path) ? dirname(realpathSync(path)) : nearestFolder(dirname(path));
  for (;;) {
    const { mode, uid, gid } = statSync(folder);
    const mayPass = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & mayPass) === 0) {
      return false;
    }
    const parent = dirname(folder);
    if (parent === folder) {
      return true;
    }
    folder = parent;
  }
}

function nearestFolder(path: string): string {
  return existsSync(path) ? realpathSync(path) : nearestFolder(dirname(path));
}
