import { Parser } from 'pickleparser';
import { BadInputError } from '@zerorouter/data-set';
import { LazyReader, LongText } from './lazy-reader.js';
import type { NumpyArray } from './numpy-array.js';
import { PandasFrame, resolvePandasName, UnknownClassError } from './pandas-classes.js';

/** A pandas DataFrame of numbers, booleans and texts, read from a pickle without running any of it. */
export interface DataFrame {
  columns: string[];
  rowCount: number;
  cell(column: number, row: number): unknown;
  close(): void;
}

/**
 * Opens a pickled DataFrame (protocols 2 to 5). Long texts stay in the file until a cell is read, so
 * the file must stay open until `close`.
 * @throws BadInputError for anything but a plain DataFrame; it names a class that is not known.
 */
export function openDataFrame(path: string): DataFrame {
  const reader = new LazyReader(path);
  try {
    const { columns, places, rowCount } = layOut(parse(reader));
    return {
      columns,
      rowCount,
      cell: (column, row) => {
        const { values, line } = places[column]!;
        const value = values.at(line, row);
        return value instanceof LongText ? value.read() : value;
      },
      close: () => reader.close(),
    };
  } catch (error) {
    const { position } = reader;
    reader.close();
    if (error instanceof UnknownClassError)
      throw new BadInputError(path, null, error.message, error);
    throw new BadInputError(
      path,
      null,
      `is no pickled DataFrame that can be read (byte ${position}: ${(error as Error).message})`,
      error,
    );
  }
}

function parse(reader: LazyReader): unknown {
  return new Parser({
    nameResolver: { resolve: resolvePandasName },
    unpicklingTypeOfDictionary: 'Map',
  }).read(reader);
}

function layOut(frame: unknown): {
  columns: string[];
  places: { values: NumpyArray; line: number }[];
  rowCount: number;
} {
  if (!(frame instanceof PandasFrame) || frame.manager === null)
    throw new Error('it holds something else');
  const { axes, blocks } = frame.manager;
  const [columnIndex, rowIndex] = axes;
  if (columnIndex === undefined || rowIndex === undefined) throw new Error('it has no axes');
  const columns =
    columnIndex.labels?.map(String) ??
    Array.from({ length: Math.min(columnIndex.length, blocks.length) }, (_, i) => String(i));
  const rowCount = rowIndex.length;
  const places: { values: NumpyArray; line: number }[] = [];
  for (const { values, places: at } of blocks) {
    if (values.length !== rowCount) throw new Error('its columns differ in length');
    at.forEach((place, line) => (places[place] = { values, line }));
  }
  for (let place = 0; place < columns.length; place++)
    if (places[place] === undefined) throw new Error(`its column "${columns[place]}" is missing`);
  return { columns, places, rowCount };
}
