import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BadInputError } from '@zerorouter/data-set';
import type { ProgressListener } from '../progress.js';
import type { DataSetWriter } from './data-set-writer.js';
import { amountOf, nameOf, scoreOf } from './source-values.js';
import { answerCharacters, textOf, unwrapPythonList } from './source-texts.js';
import type { Table, TableRow } from './table.js';
import { openTable } from './table.js';

/*
 * RouterBench (withmartian/routerbench; files routerbench_0shot.pkl, routerbench_5shot.pkl and
 * routerbench_raw.pkl of the data set of that name), pickled DataFrames or their CSV export:
 * - wide, a row a query: sample_id, prompt, eval_name, oracle_model_to_route_to and, for each model M,
 *   the columns "M" (performance), "M|model_response" and "M|total_cost" in dollars
 *   (convertors/common.py convert_to_wide_format, utils.py get_models_to_route);
 * - raw, a row an answer: sample_id, eval_name, prompt, model_name, model_response, performance
 *   (convertors/martian_evals_convertor.py process_raw_data), a cost where there is one
 *   (convert_to_wide_format with_cost_col).
 * Prompts and responses are str() of a Python list of turns (process_api_logs there). Scores are in
 * [0, 1] already. convert_data.py sets the performance of an answer that does not exist to 0: a blank
 * response is therefore no outcome. evaluate_routers.py drops rows with a repeated sample_id, as here.
 */

const RESPONSE = '|model_response';
const COST = '|total_cost';
const QUERY_COLUMNS = ['sample_id', 'prompt', 'eval_name'];

export async function importRouterBench(
  from: string,
  writer: DataSetWriter,
  onProgress: ProgressListener,
): Promise<void> {
  const file = chooseFile(from);
  const table = await openTable(file, writer.scratch);
  try {
    const missing = QUERY_COLUMNS.filter((column) => !table.columns.includes(column));
    if (missing.length > 0)
      throw new BadInputError(
        file,
        1,
        `column ${missing.map((column) => `"${column}"`).join(', ')} missing; expected RouterBench's sample_id, prompt, eval_name and columns for each model`,
      );
    const raw = table.columns.includes('model_name');
    const layout = raw ? rawLayout(table, file) : wideLayout(table, file);
    let done = 0;
    for await (const row of table.rows(layout.columns)) {
      for (const answer of layout.answers(row)) writeAnswer(row, answer, writer);
      done++;
      // A CSV file does not say how many rows it has.
      if (table.rowCount !== null && done % 1000 === 0)
        onProgress({ stage: 'reading rows', done, total: table.rowCount });
    }
    onProgress({ stage: 'reading rows', done, total: done });
  } finally {
    table.close();
  }
}

/** Columns that hold one model's answer in a row. */
interface AnswerColumns {
  model: string;
  score: string;
  cost: string | null;
  response: string | null;
}

interface Layout {
  columns: string[];
  answers(row: TableRow): AnswerColumns[];
}

function wideLayout(table: Table, file: string): Layout {
  const has = (column: string) => (table.columns.includes(column) ? column : null);
  const answers = table.columns
    .filter((column) => has(column + RESPONSE) !== null || has(column + COST) !== null)
    .map((model) => ({
      model,
      score: model,
      cost: has(model + COST),
      response: has(model + RESPONSE),
    }));
  if (answers.length === 0)
    throw new BadInputError(
      file,
      1,
      `no model found: a model "M" has the columns "M", "M${RESPONSE}" and "M${COST}"`,
    );
  return {
    columns: [
      ...QUERY_COLUMNS,
      ...answers.flatMap(({ score, cost, response }) => present([score, cost, response])),
    ],
    answers: () => answers,
  };
}

function rawLayout(table: Table, file: string): Layout {
  const first = (...names: string[]) => names.find((name) => table.columns.includes(name)) ?? null;
  const score = first('performance', 'correct');
  if (score === null)
    throw new BadInputError(
      file,
      1,
      'column "performance" missing: a raw table scores each answer',
    );
  const cost = first('cost', 'total_cost');
  const response = first('model_response', 'sampled');
  return {
    columns: [...QUERY_COLUMNS, 'model_name', ...present([score, cost, response])],
    answers: (row) => [
      {
        model: nameOf(row.cell('model_name'), 'model_name', row.refuse),
        score,
        cost,
        response,
      },
    ],
  };
}

function writeAnswer(row: TableRow, columns: AnswerColumns, writer: DataSetWriter): void {
  const { model, score: scoreColumn, cost, response } = columns;
  const answer = response === null ? undefined : unwrap(row.cell(response));
  const score = scoreOf(row.cell(scoreColumn), scoreColumn, row.refuse);
  if (score === null || answer === null) {
    writer.countUnscored();
    return;
  }
  const text = textOf(unwrap(row.cell('prompt')));
  if (text.trim() === '') throw row.refuse('prompt is blank');
  const query = writer.query(
    nameOf(row.cell('sample_id'), 'sample_id', row.refuse),
    nameOf(row.cell('eval_name'), 'eval_name', row.refuse),
    text,
  );
  if (query === null) return;
  writer.outcome(query, model, {
    score,
    costUsd: cost === null ? null : amountOf(row.cell(cost), cost, row.refuse),
    outputChars: answerCharacters(answer),
  });
}

/** The turns of a cell; null for one that is missing (None or NaN of a pickle, blank in CSV). */
function unwrap(cell: unknown): unknown {
  if (typeof cell === 'string') return cell === '' ? null : unwrapPythonList(cell);
  return Array.isArray(cell) ? cell : null;
}

function present(columns: readonly (string | null)[]): string[] {
  return columns.filter((column) => column !== null);
}

function chooseFile(from: string): string {
  if (!statSync(from).isDirectory()) return from;
  const files = readdirSync(from).filter((name) => /\.(pkl|pickle|csv)(\.gz)?$/.test(name));
  if (files.length === 1) return join(from, files[0]!);
  throw new BadInputError(
    from,
    null,
    files.length === 0
      ? 'holds no .pkl or .csv file of RouterBench'
      : `holds ${files.length} tables (${files.sort().join(', ')}): name one of them with --from`,
  );
}
