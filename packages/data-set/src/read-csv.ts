import { parse } from 'csv-parse';
import { BadInputError } from './bad-input-error.js';
import { openBytes } from './open-text.js';

/** One CSV row: its cells in the order of the columns asked for, `''` where the file has no such column. */
export interface CsvRow {
  line: number;
  cells: string[];
}

/**
 * Reads a CSV file with a header, in any column order.
 * @throws BadInputError when a required column is missing or a row is malformed, with its line.
 */
export async function* readCsv(
  path: string,
  columns: { required: readonly string[]; optional?: readonly string[] },
): AsyncGenerator<CsvRow> {
  const wanted = [...columns.required, ...(columns.optional ?? [])];
  const parser = openBytes(path)
    .on('error', (error) => parser.destroy(error))
    .pipe(parse({ bom: true, info: true, relax_column_count: false, skip_empty_lines: true }));
  let places: number[] | null = null;
  try {
    for await (const entry of parser) {
      const { record, info } = entry as { record: string[]; info: { lines: number } };
      if (places === null) {
        places = wanted.map((column) => record.indexOf(column));
        const missing = columns.required.filter((column) => !record.includes(column));
        if (missing.length > 0)
          throw new BadInputError(
            path,
            1,
            `column ${missing.map((column) => `"${column}"`).join(', ')} missing; the header must name ${wanted.join(',')}`,
          );
        continue;
      }
      yield {
        line: info.lines,
        cells: places.map((place) => (place < 0 ? '' : record[place]!)),
      };
    }
  } catch (error) {
    if (error instanceof BadInputError) throw error;
    const line = (error as { lines?: number }).lines ?? null;
    throw new BadInputError(path, line, (error as Error).message, error);
  }
  if (places === null)
    throw new BadInputError(path, 1, `is empty; the header must name ${wanted.join(',')}`);
}

/**
 * A number, or NaN for a blank cell.
 * @throws BadInputError for anything else, or when outside [min, max].
 */
export function parseCell(
  path: string,
  line: number,
  column: string,
  cell: string,
  min = 0,
  max = Infinity,
): number {
  if (cell.trim() === '') return NaN;
  const value = Number(cell);
  if (!Number.isFinite(value) || value < min || value > max)
    throw new BadInputError(
      path,
      line,
      `${column} is "${cell}", expected a number ${max === Infinity ? `≥ ${min}` : `from ${min} to ${max}`} or a blank`,
    );
  return value;
}
