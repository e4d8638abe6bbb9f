import { parse } from 'csv-parse';
import type { Parser } from 'csv-parse';
import { BadInputError, openBytes, readCsv } from '@zerorouter/data-set';
import { openDataFrame } from './pickle/data-frame.js';
import { plainFile } from './plain-file.js';
import type { Refusal } from './source-values.js';

/** A row of a table: its cells by column, and the error that names its place. */
export interface TableRow {
  cell(column: string): unknown;
  refuse: Refusal;
}

/** A table whose rows are read one at a time. */
export interface Table {
  columns: string[];
  /** Known of a pickle, not of a CSV file. */
  rowCount: number | null;
  /** Rows with these columns; a CSV file is only asked for what is needed. */
  rows(columns: readonly string[]): AsyncGenerator<TableRow>;
  close(): void;
}

/** Opens a CSV file or a pickled DataFrame, plain or gzipped. */
export async function openTable(path: string, scratch: string): Promise<Table> {
  if (/\.csv(\.gz)?$/.test(path)) return openCsvTable(path);
  const frame = openDataFrame(await plainFile(path, scratch));
  return {
    columns: frame.columns,
    rowCount: frame.rowCount,
    close: () => frame.close(),
    async *rows(columns) {
      const places = new Map(columns.map((name) => [name, frame.columns.indexOf(name)]));
      for (let row = 0; row < frame.rowCount; row++) {
        yield {
          cell: (column) => frame.cell(places.get(column)!, row),
          refuse: (problem) => new BadInputError(path, null, `row ${row + 1}: ${problem}`),
        };
      }
    },
  };
}

async function openCsvTable(path: string): Promise<Table> {
  return {
    columns: await readHeader(path),
    rowCount: null,
    close: () => undefined,
    async *rows(columns) {
      const places = new Map(columns.map((name, place) => [name, place]));
      for await (const { line, cells } of readCsv(path, { required: columns }))
        yield {
          cell: (column) => cells[places.get(column)!],
          refuse: (problem) => new BadInputError(path, line, problem),
        };
    },
  };
}

/** Column names of a CSV file. */
async function readHeader(path: string): Promise<string[]> {
  const input = openBytes(path);
  const parser: Parser = input
    .on('error', (error) => parser.destroy(error))
    .pipe(parse({ bom: true, to: 1 }));
  try {
    for await (const header of parser) return header as string[];
  } catch (error) {
    throw new BadInputError(path, 1, (error as Error).message, error);
  } finally {
    input.destroy();
  }
  throw new BadInputError(path, 1, 'is empty; it must begin with a header');
}
