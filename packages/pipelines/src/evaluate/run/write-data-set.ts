import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DataSet } from '@zerorouter/data-set';

/**
 * Writes the part of a data set that a step may know as a data-set folder of the same base name, so
 * that the step reads files like any other user's. Returns the folder, or null when nothing is left.
 *
 * @param keepQuery by the query's place in the data set.
 */
export function writeDataSetPart(
  dataSet: DataSet,
  parent: string,
  keepQuery: (query: number) => boolean,
  keepModel: (model: string) => boolean,
): string | null {
  const { outcomes, modelInfo } = dataSet;
  const folder = join(parent, dataSet.name);
  const kept = Uint8Array.from(dataSet.queries, (_, q) => (keepQuery(q) ? 1 : 0));
  const models = outcomes.models.map(keepModel);
  const rows: string[] = [];
  const lengths: string[] = [];
  for (let c = 0; c < outcomes.query.length; c++) {
    const q = outcomes.query[c]!;
    if (kept[q] !== 1 || !models[outcomes.model[c]!]!) continue;
    const key = `${csvCell(dataSet.queries[q]!.id)},${csvCell(outcomes.models[outcomes.model[c]!]!)}`;
    const numbers = [
      outcomes.score,
      outcomes.inputTokens,
      outcomes.outputTokens,
      outcomes.costUsd,
      outcomes.latencyS,
    ].map((column) => blankOr(column[c]!));
    rows.push(`${key},${numbers.join(',')}`);
    if (!Number.isNaN(outcomes.outputChars[c]!))
      lengths.push(`${key},${blankOr(outcomes.outputChars[c]!)}`);
  }
  if (rows.length === 0) return null;
  mkdirSync(folder, { recursive: true });
  writeQueries(
    join(folder, 'queries.jsonl'),
    dataSet.queries.filter((_, q) => kept[q] === 1),
  );
  writeLines(join(folder, 'outcomes.csv'), [
    'query_id,model,score,input_tokens,output_tokens,cost_usd,latency_s',
    ...rows,
  ]);
  if (lengths.length > 0)
    writeLines(join(folder, 'output_chars.csv'), ['query_id,model,output_chars', ...lengths]);
  const info = [...modelInfo].filter(([model]) => keepModel(model));
  if (info.length > 0)
    writeFileSync(join(folder, 'models.json'), JSON.stringify(Object.fromEntries(info)));
  return folder;
}

/** Writes queries as JSON lines. */
export function writeQueries(
  path: string,
  queries: readonly { id: string; text: string; benchmark?: string }[],
): void {
  writeLines(
    path,
    queries.map(({ id, benchmark, text }) => JSON.stringify({ id, benchmark, text })),
  );
}

function writeLines(path: string, lines: readonly string[]): void {
  writeFileSync(path, `${lines.join('\n')}\n`);
}

function csvCell(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function blankOr(value: number): string {
  return Number.isNaN(value) ? '' : String(value);
}
