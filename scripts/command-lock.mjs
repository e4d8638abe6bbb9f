import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 200;

/** When the process of this number started, or null when none runs: a recycled pid is another. */
function startOf(pid) {
  try {
    if (process.platform === 'linux') {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    }
    const started = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
    return started.trim() || null;
  } catch {
    return null;
  }
}

function readOwner(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/** Names a process so that it is not taken for a later one of the same number. */
export const identify = (pid) => `${pid} ${startOf(pid)}`;

export function isAlive(identity) {
  const [pid, ...started] = identity.split(' ');
  return started.length > 0 && startOf(Number(pid)) === started.join(' ');
}

/**
 * Takes the lock at `path` for this process, after `onWait(pid)` when another holds it; returns the
 * function that gives it back. The lock of a process that has died counts for nothing.
 */
export async function takeLock(path, onWait) {
  mkdirSync(dirname(path), { recursive: true });
  const owner = identify(process.pid);
  const ticket = `${path}.${process.pid}`;
  writeFileSync(ticket, owner);
  let told = false;
  try {
    for (;;) {
      try {
        linkSync(ticket, path);
        return () => {
          if (readOwner(path) === owner) {
            rmSync(path, { force: true });
          }
        };
      } catch (error) {
        if (error.code !== 'EEXIST') {
          throw error;
        }
      }
      const holder = readOwner(path);
      if (holder !== null && isAlive(holder)) {
        if (!told) {
          onWait(Number(holder.split(' ')[0]));
          told = true;
        }
        await sleep(POLL_MS);
      } else if (holder !== null) {
        setAside(path, holder);
      }
    }
  } finally {
    rmSync(ticket, { force: true });
  }
}

/** Removes the lock of a dead holder, unless it has meanwhile become another's. */
function setAside(path, deadHolder) {
  const aside = `${path}.${process.pid}.stale`;
  try {
    renameSync(path, aside);
    if (readOwner(aside) !== deadHolder) {
      linkSync(aside, path);
    }
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') {
      throw error;
    }
  } finally {
    rmSync(aside, { force: true });
  }
}
