import { BadInputError } from './bad-input-error.js';
import { parseCell, readCsv } from './read-csv.js';

/** Outcomes in columns: cell c is query `query[c]` answered by model `model[c]`. NaN = blank. */
export interface Outcomes {
  models: string[];
  query: Int32Array;
  model: Int32Array;
  /** Score in [0, 1]. */
  score: Float64Array;
  inputTokens: Float64Array;
  outputTokens: Float64Array;
  costUsd: Float64Array;
  latencyS: Float64Array;
  /** Characters of the whole answer. */
  outputChars: Float64Array;
}

const NUMERIC = ['score', 'input_tokens', 'output_tokens', 'cost_usd', 'latency_s'] as const;

/**
 * Reads `outcomes.csv`, and `output_chars.csv` where given, against the queries' ids.
 * @throws BadInputError with file and line for an unknown query, a bad number or a repeated cell.
 */
export async function readOutcomes(
  path: string,
  queryIds: readonly string[],
  outputCharsPath: string | null,
): Promise<Outcomes> {
  const queryIndex = new Map(queryIds.map((id, index) => [id, index]));
  const modelIndex = new Map<string, number>();
  const cellOf = new Map<number, number>();
  const query: number[] = [];
  const model: number[] = [];
  const columns: number[][] = NUMERIC.map(() => []);

  const key = (q: number, m: number) => m * queryIds.length + q;
  const lookUp = (file: string, line: number, queryId: string): number => {
    const q = queryIndex.get(queryId);
    if (q === undefined)
      throw new BadInputError(file, line, `query_id "${queryId}" is not in the queries file`);
    return q;
  };

  const wanted = { required: ['query_id', 'model', 'score'], optional: NUMERIC.slice(1) };
  for await (const { line, cells } of readCsv(path, wanted)) {
    const [queryId, name, ...numbers] = cells as [string, string, ...string[]];
    const q = lookUp(path, line, queryId);
    if (name === '') throw new BadInputError(path, line, 'model is blank');
    let m = modelIndex.get(name);
    if (m === undefined) modelIndex.set(name, (m = modelIndex.size));
    if (cellOf.has(key(q, m)))
      throw new BadInputError(path, line, `model "${name}" answers query "${queryId}" twice`);
    cellOf.set(key(q, m), query.length);
    query.push(q);
    model.push(m);
    NUMERIC.forEach((column, k) =>
      columns[k]!.push(
        parseCell(path, line, column, numbers[k]!, 0, column === 'score' ? 1 : Infinity),
      ),
    );
  }
  if (query.length === 0) throw new BadInputError(path, null, 'holds no outcome');

  const outputChars = new Float64Array(query.length).fill(NaN);
  if (outputCharsPath !== null) {
    const required = ['query_id', 'model', 'output_chars'];
    for await (const { line, cells } of readCsv(outputCharsPath, { required })) {
      const q = lookUp(outputCharsPath, line, cells[0]!);
      const m = modelIndex.get(cells[1]!);
      const cell = m === undefined ? undefined : cellOf.get(key(q, m));
      // A length without an outcome says nothing about a routed answer.
      if (cell === undefined) continue;
      outputChars[cell] = parseCell(outputCharsPath, line, 'output_chars', cells[2]!);
    }
  }
  const [score, inputTokens, outputTokens, costUsd, latencyS] = columns.map((column) =>
    Float64Array.from(column),
  ) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
  return {
    models: [...modelIndex.keys()],
    query: Int32Array.from(query),
    model: Int32Array.from(model),
    score,
    inputTokens,
    outputTokens,
    costUsd,
    latencyS,
    outputChars,
  };
}
