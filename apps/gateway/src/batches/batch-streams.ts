import type { Batch, BatchStore } from '@zerorouter/database';
import { viewResult } from './batch-view.js';

const PAGE_ROWS = 1_000;

/** Results of a batch that has ended as NDJSON, a page of lines at a time, read as fast as they are taken. */
export async function* streamResults(
  batches: Pick<BatchStore, 'results'>,
  batch: Batch,
): AsyncGenerator<string> {
  let after = -1;
  for (;;) {
    const rows = await batches.results(batch.id, after, PAGE_ROWS);
    if (rows.length > 0)
      yield rows.map((row) => `${JSON.stringify(viewResult(row, batch))}\n`).join('');
    if (rows.length < PAGE_ROWS) return;
    after = rows.at(-1)!.index;
  }
}
