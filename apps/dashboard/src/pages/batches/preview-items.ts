import { batchItemSchema } from '@zerorouter/contracts';
import type { BatchItemInput } from '@zerorouter/contracts';

/** What is read of a file before it is sent: its beginning, however large it is. */
const READ_BYTES = 262_144;
const MOST_SHOWN = 5;

export interface ItemsPreview {
  /** The first items. */
  items: BatchItemInput[];
  /** Items in all: counted where the file was read whole, else judged by the length of its first lines. */
  count: number;
  exact: boolean;
  /** The first line that is no item; null = none among those that were read. */
  problem: { line: number; message: string } | null;
}

/** Looks at the beginning of an NDJSON file, as the gateway will read it. */
export async function previewItems(file: Blob): Promise<ItemsPreview> {
  const exact = file.size <= READ_BYTES;
  const text = await file.slice(0, READ_BYTES).text();
  const lines = text.split('\n');
  // The last line is cut off, or empty behind the last end of line.
  const rest = lines.pop() ?? '';
  if (exact && rest.trim() !== '') lines.push(rest);
  const items: BatchItemInput[] = [];
  let problem: ItemsPreview['problem'] = null;
  let filled = 0;
  for (const [i, line] of lines.entries()) {
    if (line.trim() === '') continue;
    filled += 1;
    const read = readItem(line);
    if (typeof read === 'string') problem ??= { line: i + 1, message: read };
    else if (items.length < MOST_SHOWN) items.push(read);
  }
  if (filled === 0)
    problem = exact
      ? { line: 1, message: 'the file has no items: it must hold one JSON object a line' }
      : {
          line: 1,
          message: 'its first line is longer than 256 kB: it must hold one JSON object a line',
        };
  const readBytes = Math.max(1, text.length - (exact ? 0 : rest.length));
  const count = exact ? filled : Math.round((filled * file.size) / readBytes);
  return { items, count, exact, problem };
}

/** The item, or what is wrong with it. */
function readItem(line: string): BatchItemInput | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return `is no JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
  const parsed = batchItemSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue?.path.join('.') ?? '';
  return `${path === '' ? '' : `${path}: `}${issue?.message ?? 'is no item'}`;
}
