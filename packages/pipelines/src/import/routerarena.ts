import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { ModelInfo } from '@zerorouter/data-set';
import { BadInputError } from '@zerorouter/data-set';
import type { ProgressListener } from '../progress.js';
import type { DataSetWriter } from './data-set-writer.js';
import type { ArenaAnswer } from './routerarena-rows.js';
import { answerOf, kindOf, promptOf, runOf } from './routerarena-rows.js';
import { readSourceRows, ROW_FILE } from './source-rows.js';
import { membersOf } from './source-values.js';

/*
 * RouterArena (RouteWorks/RouterArena): a clone of the repository, one of its folders, or the files of
 * its data set. The rows themselves: routerarena-rows.ts.
 * - cached_results/<model>.jsonl: a row an answer (llm_inference/parallel_inference.py), scored in
 *   place by llm_evaluation/evaluate_models.py;
 * - router_inference/predictions/<router>.json: what each router chose, with accuracy and cost
 *   (llm_evaluation/run.py);
 * - dataset/router_data.json, router_data_10.json: the prompts (scripts/process_datasets/
 *   prep_datasets.py); data/*.parquet: the questions they are made of;
 * - model_cost/cost.json, model_cost.json: prices a million tokens.
 * Files named robustness hold changed wordings under the same index and are left out. Cached results
 * come before predictions, which repeat them. Scores are in [0, 1] already.
 */

const FOLDERS = ['dataset', 'data', 'cached_results', join('router_inference', 'predictions')];

export async function importRouterArena(
  from: string,
  writer: DataSetWriter,
  onProgress: ProgressListener,
): Promise<Map<string, ModelInfo>> {
  const { rowFiles, priceFiles } = filesOf(from);
  const prompts: string[] = [];
  const answers: string[] = [];
  for (const file of rowFiles) {
    const kind = await kindOfFile(file, writer.scratch);
    if (kind === null) continue;
    if (kind === 'prompt') prompts.push(file);
    else if (kind === 'question') prompts.unshift(file);
    else answers.push(file);
  }
  const texts = new Map<string, string>();
  // Questions come first: a prompt of router_data.json, which is what was sent, replaces them.
  for (const file of prompts)
    for await (const { row, refuse } of readSourceRows(file, writer.scratch)) {
      const { index, text } = promptOf(row, refuse);
      texts.set(index, text);
    }
  for (const [done, file] of answers.entries()) {
    onProgress({ stage: 'reading results', done, total: answers.length });
    for (const answer of await answersOf(file, writer)) write(answer, texts, writer);
  }
  onProgress({ stage: 'reading results', done: answers.length, total: answers.length });
  return pricesOf(priceFiles, writer.models);
}

/**
 * The scored answers of one file. Of several runs of a query the first counts, else the first that
 * was scored (llm_inference/run.py load_cached_results_for_predictions).
 */
async function answersOf(file: string, writer: DataSetWriter): Promise<Iterable<ArenaAnswer>> {
  const chosen = new Map<string, { answer: ArenaAnswer; run: number }>();
  for await (const { row, refuse } of readSourceRows(file, writer.scratch)) {
    const answer = answerOf(row, basename(file), refuse);
    if (answer === null) {
      writer.countUnscored();
      continue;
    }
    const key = JSON.stringify([answer.model, answer.index]);
    const run = runOf(row);
    const earlier = chosen.get(key);
    if (earlier !== undefined) writer.countDuplicates(1);
    if (earlier === undefined || (run === 1 && earlier.run !== 1)) chosen.set(key, { answer, run });
  }
  return [...chosen.values()].map(({ answer }) => answer);
}

function write(answer: ArenaAnswer, texts: Map<string, string>, writer: DataSetWriter): void {
  let text = texts.get(answer.index);
  if (text === undefined) {
    if (answer.prompt.trim() === '')
      throw answer.refuse(
        `no prompt for "${answer.index}", here or in dataset/router_data.json; run prep_datasets.py`,
      );
    texts.set(answer.index, (text = answer.prompt));
  }
  const query = writer.query(answer.index, answer.benchmark, text);
  if (query !== null) writer.outcome(query, answer.model, answer.answer);
}

async function kindOfFile(file: string, scratch: string) {
  for await (const { row, refuse } of readSourceRows(file, scratch)) {
    const kind = kindOf(row);
    if (kind === null)
      throw refuse(
        'the entry is none of RouterArena: neither a prompt, a question, a cached result nor a prediction',
      );
    return kind;
  }
  return null;
}

function filesOf(from: string): { rowFiles: string[]; priceFiles: string[] } {
  const isClone = FOLDERS.slice(2).some((folder) => existsSync(join(from, folder)));
  const isFile = !statSync(from).isDirectory();
  const folders = isClone ? [...FOLDERS, 'model_cost'].map((name) => join(from, name)) : [from];
  const files = isFile
    ? [from]
    : folders
        .filter((folder) => existsSync(folder))
        .flatMap((folder) =>
          readdirSync(folder)
            .filter((name) => ROW_FILE.test(name) && !/robustness/.test(name))
            .sort()
            .map((name) => join(folder, name)),
        );
  const isPrices = (file: string) => /^(model_)?cost\.json(\.gz)?$/.test(basename(file));
  const rowFiles = files.filter((file) => !isPrices(file));
  if (rowFiles.length === 0)
    throw new BadInputError(from, null, 'holds no .jsonl, .json or .parquet file of RouterArena');
  return { rowFiles, priceFiles: files.filter(isPrices) };
}

/** Prices of the models that answered; the evaluator too looks up a batch model without its suffix. */
function pricesOf(files: readonly string[], models: readonly string[]): Map<string, ModelInfo> {
  const prices = new Map<string, ModelInfo>();
  for (const file of files) {
    const refuse = (problem: string) => new BadInputError(file, null, problem);
    const bytes = readFileSync(file);
    let value: unknown;
    try {
      value = JSON.parse((file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'));
    } catch (error) {
      throw new BadInputError(file, null, `not valid JSON (${(error as Error).message})`, error);
    }
    const table = membersOf(value, 'the price list', refuse);
    for (const model of models) {
      const name = [model, model.replace(/_batch$/, '')].find((key) => Object.hasOwn(table, key));
      if (name === undefined || prices.has(model)) continue;
      const entry = membersOf(table[name], name, refuse);
      const price = (member: string) => {
        const amount = entry[member];
        if (typeof amount !== 'number' || !(amount >= 0))
          throw refuse(`${name}: ${member} is no price`);
        return amount;
      };
      prices.set(model, {
        input_price_per_mtok: price('input_token_price_per_million'),
        output_price_per_mtok: price('output_token_price_per_million'),
        price_source: `RouterArena model_cost/${basename(file, '.gz')}`,
      });
    }
  }
  return prices;
}
