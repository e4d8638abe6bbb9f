import { BadInputError, readJsonLines } from '@zerorouter/data-set';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { readJsonArray } from './json-array.js';
import { plainFile } from './plain-file.js';
import type { Refusal } from './source-values.js';
import { membersOf } from './source-values.js';

/** A row of a JSON-lines, JSON or Parquet file, and the error that names its place. */
export interface SourceRow {
  row: Record<string, unknown>;
  refuse: Refusal;
}

export const ROW_FILE = /\.(jsonl|json|parquet)(\.gz)?$/;

/** Reads the rows of such a file one at a time (Parquet: a row group at a time). */
export async function* readSourceRows(path: string, scratch: string): AsyncGenerator<SourceRow> {
  if (/\.parquet(\.gz)?$/.test(path)) {
    yield* readParquetRows(path, await plainFile(path, scratch));
    return;
  }
  const isLines = /\.jsonl(\.gz)?$/.test(path);
  for await (const { line, value } of isLines ? readJsonLines(path) : readJsonArray(path, null)) {
    const refuse: Refusal = (problem) => new BadInputError(path, line, problem);
    yield { row: membersOf(value, 'the entry', refuse), refuse };
  }
}

async function* readParquetRows(path: string, plain: string): AsyncGenerator<SourceRow> {
  try {
    const file = await asyncBufferFromFile(plain);
    const metadata = await parquetMetadataAsync(file);
    let rowStart = 0;
    for (const group of metadata.row_groups) {
      const rowEnd = rowStart + Number(group.num_rows);
      const rows = await parquetReadObjects({ file, metadata, rowStart, rowEnd, compressors });
      for (const [index, row] of rows.entries()) {
        const place = rowStart + index + 1;
        yield {
          row,
          refuse: (problem) => new BadInputError(path, null, `row ${place}: ${problem}`),
        };
      }
      rowStart = rowEnd;
    }
  } catch (error) {
    if (error instanceof BadInputError) throw error;
    throw new BadInputError(
      path,
      null,
      `is no readable Parquet file: ${(error as Error).message}`,
      error,
    );
  }
}
