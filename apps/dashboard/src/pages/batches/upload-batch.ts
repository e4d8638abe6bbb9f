import { batchSchema } from '@zerorouter/contracts';
import type { BatchQuery, BatchView } from '@zerorouter/contracts';
import { describeFailure, describeNoAnswer } from '../../api/problem.js';
import { currentKey } from '../../keys/credentials.js';
import { toSearch } from './batch-form.js';

export interface UploadOptions {
  query: BatchQuery;
  /** The same one again is the same batch: a repeated click makes no second one. */
  idempotencyKey: string;
  signal: AbortSignal;
  onProgress: (share: number) => void;
}

const PATH = '/v1/route/batches';
const WHERE = `POST ${PATH}`;

/**
 * Sends a file of items. XMLHttpRequest, since fetch does not tell how far an upload is; the browser
 * reads the file from disk as it sends it, so that its size does not matter.
 * @throws ApiError, or the reason of the signal.
 */
export function uploadBatch(file: Blob, options: UploadOptions): Promise<BatchView> {
  const { query, idempotencyKey, signal, onProgress } = options;
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', `${PATH}?${toSearch(query)}`);
    request.setRequestHeader('content-type', 'application/x-ndjson');
    request.setRequestHeader('idempotency-key', idempotencyKey);
    const key = currentKey();
    if (key !== null) request.setRequestHeader('authorization', `Bearer ${key}`);
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 1);
    request.onerror = () => reject(describeNoAnswer(WHERE, new Error('the connection broke off')));
    request.onabort = () => reject(signal.reason);
    request.onload = () => {
      const body = parseJson(request.responseText);
      const batch = batchSchema.safeParse(body);
      if (request.status === 202 && batch.success) resolve(batch.data);
      else reject(describeFailure(request.status, body, WHERE));
    };
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.send(file);
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
