import { setTimeout as sleep } from 'node:timers/promises';
import type { Batch, BatchStore } from '@zerorouter/database';
import { viewBatch, viewResult } from './batch-view.js';

const PAGE_ROWS = 1_000;
const POLL_MS = 500;
/** Proxies close a stream that stays silent for long. */
const HEARTBEAT_MS = 15_000;

/** Results as NDJSON, a page of lines at a time, read as fast as they are taken. */
export async function* streamResults(
  batches: Pick<BatchStore, 'results'>,
  id: string,
): AsyncGenerator<string> {
  let after = -1;
  for (;;) {
    const rows = await batches.results(id, after, PAGE_ROWS);
    if (rows.length > 0) yield rows.map((row) => `${JSON.stringify(viewResult(row))}\n`).join('');
    if (rows.length < PAGE_ROWS) return;
    after = rows.at(-1)!.index;
  }
}

/**
 * Progress as server-sent events: `progress` with the batch now and whenever it has changed, `end`
 * with its final state, or nothing more where `signal` aborts.
 */
export async function* streamProgress(
  read: () => Promise<Batch | null>,
  signal: AbortSignal,
): AsyncGenerator<string> {
  let last = '';
  let spokenAt = Date.now();
  while (!signal.aborted) {
    const batch = await read();
    if (batch === null) return;
    const ended = batch.finishedAt !== null;
    const data = JSON.stringify(viewBatch(batch));
    if (data !== last) {
      yield `event: ${ended ? 'end' : 'progress'}\ndata: ${data}\n\n`;
      last = data;
      spokenAt = Date.now();
    } else if (Date.now() - spokenAt >= HEARTBEAT_MS) {
      yield ': still here\n\n';
      spokenAt = Date.now();
    }
    if (ended) return;
    await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
}
