import { call } from '../../api/client.js';
import { saveBlob } from '../../files/save-blob.js';

/** A larger download goes straight to disk, where the browser can: memory would have to hold it. */
const MOST_IN_MEMORY_ITEMS = 200_000;

/** Of the File System Access API, which not every browser has. */
interface SavePicker {
  showSaveFilePicker?(options: { suggestedName: string }): Promise<{
    createWritable(): Promise<WritableStream<Uint8Array>>;
  }>;
}

/**
 * Saves the results of a batch as a file.
 * @returns false where the reader chose no place for it.
 * @throws ApiError
 */
export async function saveResults(id: string, items: number): Promise<boolean> {
  const path = `/v1/route/batches/${encodeURIComponent(id)}/results`;
  const name = `${id}.ndjson`;
  const picker = window as SavePicker;
  if (items <= MOST_IN_MEMORY_ITEMS || picker.showSaveFilePicker === undefined) {
    saveBlob(await (await call('GET', path)).blob(), name);
    return true;
  }
  const handle = await picker.showSaveFilePicker({ suggestedName: name }).catch(nothingIfClosed);
  if (handle === null) return false;
  const { body } = await call('GET', path);
  await body?.pipeTo(await handle.createWritable());
  return true;
}

function nothingIfClosed(error: unknown): null {
  if (error instanceof DOMException && error.name === 'AbortError') return null;
  throw error;
}
