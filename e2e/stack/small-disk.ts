import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A disk that can be full. */
export interface SmallDisk {
  folder: string;
  /** Leaves no room. @returns bytes that it took */
  fill(): number;
  /** Makes room again. */
  free(): void;
  close(): void;
}

const MEGABYTE = 1024 * 1024;

/** Mounts a file system in memory. Null where that is not permitted (it wants root on Linux). */
export function mountSmallDisk(megabytes: number): SmallDisk | null {
  const folder = mkdtempSync(join(tmpdir(), 'zerorouter-small-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=711`, 'tmpfs', folder], {
      stdio: 'ignore',
    });
  } catch {
    rmSync(folder, { recursive: true });
    return null;
  }
  const ballast = join(folder, 'ballast');
  return {
    folder,
    fill: () => fill(ballast),
    free: () => rmSync(ballast, { force: true }),
    close: () => {
      execFileSync('umount', [folder]);
      rmSync(folder, { recursive: true });
    },
  };
}

function fill(path: string): number {
  const file = openSync(path, 'a');
  let taken = 0;
  try {
    for (let size = MEGABYTE; size >= 1; size = Math.floor(size / 2))
      for (const zeros = Buffer.alloc(size); ;) {
        const written = writeSync(file, zeros);
        taken += written;
        if (written < size) break;
      }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  } finally {
    closeSync(file);
  }
  return taken;
}
