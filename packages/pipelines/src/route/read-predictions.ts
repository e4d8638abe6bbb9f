import { existsSync } from 'node:fs';
import { BadInputError, parseCell, readCsv } from '@zerorouter/data-set';
import type { ForecastTable } from './forecast-table.js';
import { emptyBulk } from './forecast-table.js';

/**
 * Reads a predictions file: `query_id,model,p`, and `cost_usd,latency_s` where known. Queries and
 * models come in the order of their first row; a model without a row is not eligible for the query.
 * @throws BadInputError with file and line for a malformed or repeated row.
 */
export async function readPredictions(path: string): Promise<ForecastTable> {
  if (!existsSync(path)) throw new BadInputError(path, null, 'is missing');
  const queries = new Numbering();
  const models = new Numbering();
  const rows = new PredictionRows();
  const columns = { required: ['query_id', 'model', 'p'], optional: ['cost_usd', 'latency_s'] };
  for await (const { line, cells } of readCsv(path, columns)) {
    const [query, model, p, cost, latency] = cells as [string, string, string, string, string];
    if (query === '' || model === '')
      throw new BadInputError(path, line, `${query === '' ? 'query_id' : 'model'} is blank`);
    const probability = parseCell(path, line, 'p', p, 0, 1);
    if (Number.isNaN(probability))
      throw new BadInputError(
        path,
        line,
        `p is blank, expected a number from 0 to 1; leave the row out where the model is not eligible`,
      );
    rows.push({
      query: queries.of(query),
      model: models.of(model),
      line,
      probability,
      costUsd: parseCell(path, line, 'cost_usd', cost),
      latencyS: parseCell(path, line, 'latency_s', latency),
    });
  }
  if (rows.count === 0) throw new BadInputError(path, null, 'holds no prediction');

  const bulk = emptyBulk(queries.names.length, models.names.length);
  const { columns: of } = rows;
  for (let row = 0; row < rows.count; row++) {
    const cell = of.query[row]! * bulk.models + of.model[row]!;
    if (!Number.isNaN(bulk.probability[cell]!))
      throw new BadInputError(
        path,
        of.line[row]!,
        `query "${queries.names[of.query[row]!]}" has a prediction for model "${models.names[of.model[row]!]}" already`,
      );
    bulk.probability[cell] = of.probability[row]!;
    bulk.costUsd[cell] = of.costUsd[row]!;
    bulk.latencyS[cell] = of.latencyS[row]!;
  }
  return { queryIds: queries.names, models: models.names, bulk };
}

/** Numbers names from 0 in the order in which they first come. */
class Numbering {
  readonly names: string[] = [];
  readonly #numbers = new Map<string, number>();

  of(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    this.#numbers.set(name, this.names.length);
    return this.names.push(name) - 1;
  }
}

const FIRST_ROWS = 1024;

/** Rows by column in typed arrays: how many queries and models there are is known at the end only. */
class PredictionRows {
  count = 0;
  columns = {
    query: new Int32Array(FIRST_ROWS),
    model: new Int32Array(FIRST_ROWS),
    line: new Int32Array(FIRST_ROWS),
    probability: new Float64Array(FIRST_ROWS),
    costUsd: new Float64Array(FIRST_ROWS),
    latencyS: new Float64Array(FIRST_ROWS),
  };

  push(row: Record<keyof PredictionRows['columns'], number>): void {
    if (this.count === this.columns.query.length) this.#grow();
    const { columns, count } = this;
    columns.query[count] = row.query;
    columns.model[count] = row.model;
    columns.line[count] = row.line;
    columns.probability[count] = row.probability;
    columns.costUsd[count] = row.costUsd;
    columns.latencyS[count] = row.latencyS;
    this.count++;
  }

  #grow(): void {
    const integers = (from: Int32Array) => {
      const to = new Int32Array(2 * from.length);
      to.set(from);
      return to;
    };
    const reals = (from: Float64Array) => {
      const to = new Float64Array(2 * from.length);
      to.set(from);
      return to;
    };
    const { query, model, line, probability, costUsd, latencyS } = this.columns;
    this.columns = {
      query: integers(query),
      model: integers(model),
      line: integers(line),
      probability: reals(probability),
      costUsd: reals(costUsd),
      latencyS: reals(latencyS),
    };
  }
}
