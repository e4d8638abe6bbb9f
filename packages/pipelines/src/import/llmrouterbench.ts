import { readdirSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { BadInputError } from '@zerorouter/data-set';
import type { ProgressListener } from '../progress.js';
import type { DataSetWriter } from './data-set-writer.js';
import type { JsonElement } from './json-array.js';
import { readJsonArray } from './json-array.js';
import { amountOf, membersOf, nameOf, scoreOf } from './source-values.js';
import { answerCharacters, textOf } from './source-texts.js';

/*
 * LLMRouterBench (ynulihao/LLMRouterBench): one JSON file a run at
 * results/bench/<dataset>/<split>/<model>/<dataset>-<split>-<model>-<YYYYMMDD_HHMMSS>.json with
 * dataset_name, split, model_name, demo and records of index, origin_query, prompt, score,
 * prompt_tokens, completion_tokens, cost, raw_output (data_collector/storage.py save_result; the
 * README's shorter form has no names, which then come from the path). Of several runs the newest that
 * is no demo counts (storage.py, baselines/data_loader.py). A score of null is a failed or unjudged
 * record (data_collector/runner.py): no outcome, where data_loader.py would count it as 0. Scores are
 * in [0, 1] already; a cost of 0 is that of a model without a price.
 */

export async function importLlmRouterBench(
  from: string,
  writer: DataSetWriter,
  onProgress: ProgressListener,
): Promise<void> {
  const root = resultsFolder(from);
  const runs = runsOf(root);
  if (runs.length === 0)
    throw new BadInputError(
      from,
      null,
      'holds no .json result file; extract the release and name its results/bench folder',
    );
  for (const [index, newestFirst] of runs.entries()) {
    for (const file of newestFirst) if (await importRun(root, file, writer)) break;
    onProgress({ stage: 'reading results', done: index + 1, total: runs.length });
  }
}

/** False for a demo run, which is left alone. */
async function importRun(root: string, file: string, writer: DataSetWriter): Promise<boolean> {
  const header: Record<string, unknown> = {};
  const path = relative(root, dirname(file)).split(sep).slice(-3);
  for await (const element of readJsonArray(file, 'records', header)) {
    if (header['demo'] === true) return false;
    const refuse = (problem: string) =>
      new BadInputError(file, element.line, `record ${element.index + 1}: ${problem}`);
    const [dataset, split, model] = ['dataset_name', 'split', 'model_name'].map((name, place) =>
      nameOf(header[name] ?? (path.length === 3 ? path[place] : null), name, refuse),
    ) as [string, string, string];
    importRecord(element, { dataset, split, model }, writer, refuse);
  }
  return header['demo'] !== true;
}

function importRecord(
  { value, index }: JsonElement,
  run: { dataset: string; split: string; model: string },
  writer: DataSetWriter,
  refuse: (problem: string) => BadInputError,
): void {
  const record = membersOf(value, 'the record', refuse);
  if (!('score' in record)) throw refuse('score is missing');
  const score = scoreOf(record['score'], 'score', refuse);
  if (score === null) {
    writer.countUnscored();
    return;
  }
  const prompt = textOf(record['prompt']);
  const text = prompt.trim() === '' ? textOf(record['origin_query']) : prompt;
  if (text.trim() === '') throw refuse('prompt and origin_query are blank');
  const place = nameOf(record['index'] ?? index + 1, 'index', refuse);
  const query = writer.query(`${run.dataset}/${run.split}/${place}`, run.dataset, text);
  if (query === null) return;
  writer.outcome(query, run.model, {
    score,
    inputTokens: amountOf(record['prompt_tokens'], 'prompt_tokens', refuse),
    outputTokens: amountOf(record['completion_tokens'], 'completion_tokens', refuse),
    costUsd: amountOf(record['cost'], 'cost', refuse),
    outputChars: answerCharacters(record['raw_output']),
  });
}

function resultsFolder(from: string): string {
  if (!statSync(from).isDirectory()) return dirname(from);
  const isFolder = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory();
  return [join(from, 'results', 'bench'), join(from, 'bench')].find(isFolder) ?? from;
}

/** Result files of the same data set, split and model together, newest first. */
function runsOf(root: string): string[][] {
  const groups = new Map<string, string[]>();
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.json(\.gz)?$/.test(name))
    .sort();
  for (const name of files) {
    const key = name.replace(TIMESTAMP, '');
    groups.set(key, [...(groups.get(key) ?? []), join(root, name)]);
  }
  return [...groups.values()].map((group) =>
    group.sort((a, b) => (timestamp(a) < timestamp(b) ? 1 : -1)),
  );
}

const TIMESTAMP = /-?(\d{8}_\d{6})\.json(\.gz)?$/;

function timestamp(file: string): string {
  return TIMESTAMP.exec(file)?.[1] ?? '';
}
