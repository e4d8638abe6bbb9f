import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 500;
/** Proxies close a stream that stays silent for long. */
const HEARTBEAT_MS = 15_000;

/** Something that goes on for a while, as it is now. */
export interface Changing {
  /** Told as JSON. */
  view: object;
  ended: boolean;
}

/**
 * What becomes of a long piece of work, as server-sent events: `progress` with its state now and whenever
 * it has changed, `end` with the last one, or nothing more where `signal` aborts.
 * @param read null = it is gone.
 */
export async function* streamChanges(
  read: () => Promise<Changing | null>,
  signal: AbortSignal,
): AsyncGenerator<string> {
  let last = '';
  let spokenAt = Date.now();
  while (!signal.aborted) {
    const now = await read();
    if (now === null) return;
    const data = JSON.stringify(now.view);
    if (data !== last) {
      yield `event: ${now.ended ? 'end' : 'progress'}\ndata: ${data}\n\n`;
      last = data;
      spokenAt = Date.now();
    } else if (Date.now() - spokenAt >= HEARTBEAT_MS) {
      yield ': still here\n\n';
      spokenAt = Date.now();
    }
    if (now.ended) return;
    await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
}
