import { mkdirSync, statSync } from 'node:fs';
import { DomainError } from '@zerorouter/contracts';
import { canReach, type Account } from './postgres-account.js';

const CANDIDATES = ['/var/lib/zerorouter', '/opt/zerorouter'];

/**
 * A folder of root's that every account can reach and none but root can write: where the Postgres
 * binaries and data go when the clone itself lies below a folder that only root may enter.
 *
 * @throws DomainError `no_reachable_folder`
 */
export function sharedFolder(account: Account): string {
  for (const folder of CANDIDATES) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o755 });
    } catch {
      continue;
    }
    const { uid, mode } = statSync(folder);
    const rootOnly = uid === 0 && (mode & 0o022) === 0 && (mode & 0o001) !== 0;
    if (rootOnly && canReach(account, folder)) {
      return folder;
    }
  }
  throw new DomainError(
    'no_reachable_folder',
    `This folder lies below one that only root may enter, and neither ${CANDIDATES.join(' nor ')} can hold the database: start as another user, move the folder, or set DATABASE_URL`,
  );
}
