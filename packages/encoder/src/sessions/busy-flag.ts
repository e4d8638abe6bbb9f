/**
 * Keeps a process from ending while a thread is inside onnxruntime.
 *
 * Node tears worker threads down when the process exits; a thread that is in native code then
 * makes the whole process abort, whatever its exit code was to be. So every thread raises a flag
 * around its native calls, and the process's exit waits (for one run, some milliseconds) until all
 * flags are down.
 */

const [BUSY, STOP] = [0, 1] as const;
const CELLS = 2;
const LONGEST_WAIT_MS = 10_000;

/** Memory that a thread and its owner share: [busy, stop]. */
export type BusyFlag = Int32Array<SharedArrayBuffer>;

const guarded = new Set<BusyFlag>();

/** A flag that the exit of this process waits for, until `releaseBusyFlag`. */
export function guardBusyFlag(): BusyFlag {
  if (guarded.size === 0) process.on('exit', awaitThreads);
  const flag: BusyFlag = new Int32Array(
    new SharedArrayBuffer(CELLS * Int32Array.BYTES_PER_ELEMENT),
  );
  guarded.add(flag);
  return flag;
}

export function releaseBusyFlag(flag: BusyFlag): void {
  guarded.delete(flag);
  if (guarded.size === 0) process.off('exit', awaitThreads);
}

/** In the thread: runs `native` with the flag up, or not at all when the process is ending. */
export async function whileBusy<Result>(
  flag: BusyFlag,
  native: () => Promise<Result>,
): Promise<Result> {
  Atomics.store(flag, BUSY, 1);
  try {
    if (Atomics.load(flag, STOP) === 1) throw new Error('the process is ending');
    return await native();
  } finally {
    Atomics.store(flag, BUSY, 0);
    Atomics.notify(flag, BUSY);
  }
}

function awaitThreads(): void {
  for (const flag of guarded) Atomics.store(flag, STOP, 1);
  for (const flag of guarded) Atomics.wait(flag, BUSY, 1, LONGEST_WAIT_MS);
}
