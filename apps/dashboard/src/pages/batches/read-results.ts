import { batchResultSchema } from '@zerorouter/contracts';
import type { BatchResult } from '@zerorouter/contracts';
import { call } from '../../api/client.js';

/**
 * The first results of a batch, in the order of its items; the rest of the file is not fetched.
 * @param most results at most.
 * @throws ApiError, or the reason of the signal
 */
export async function readResults(
  id: string,
  most: number,
  signal: AbortSignal,
): Promise<BatchResult[]> {
  const { body } = await call('GET', `/v1/route/batches/${encodeURIComponent(id)}/results`, {
    signal,
  });
  return body === null ? [] : takeResults(body, most);
}

/** The first lines of NDJSON, held to their contract. */
export async function takeResults(
  body: ReadableStream<Uint8Array>,
  most: number,
): Promise<BatchResult[]> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  const results: BatchResult[] = [];
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      const lines = (rest + decoder.decode(value, { stream: !done })).split('\n');
      rest = done ? '' : (lines.pop() ?? '');
      for (const line of lines) {
        if (results.length >= most) return results;
        if (line.trim() !== '') results.push(batchResultSchema.parse(JSON.parse(line)));
      }
      if (done) return results;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
