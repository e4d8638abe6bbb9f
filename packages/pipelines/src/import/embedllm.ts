import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BadInputError, findFile, normalizeText, readCsv } from '@zerorouter/data-set';
import type { ProgressListener } from '../progress.js';
import type { DataSetWriter } from './data-set-writer.js';
import { nameOf, scoreOf } from './source-values.js';

/*
 * EmbedLLM (richardzhuang0412/EmbedLLM; data_preprocessing/download_data.py): train.csv, val.csv and
 * test.csv, a row an answer, with prompt_id, model_id, category_id, label, model_name, prompt,
 * category; question_order.csv (prompt_id, prompt) and model_order.csv (model_id, model_name).
 * LLMRouterBench's baselines/adaptors/embedllm_adaptor.py writes the same columns to train_ours.csv,
 * test_ours.csv and question_order_ours.csv. prompt_id numbers the questions across the splits
 * (algorithm/mf.py). A label is 0 or 1, or a score between (the adaptor). A (model, prompt) may come
 * several times, under several variants of its category: algorithm/knn.py takes the largest label;
 * here their mean is the score, for one lucky variant is no mastery.
 */

const TABLES = ['train', 'val', 'test'];

interface Prompt {
  id: string;
  category: string;
  text: string;
}

export async function importEmbedLlm(
  from: string,
  writer: DataSetWriter,
  onProgress: ProgressListener,
  limit = Infinity,
): Promise<void> {
  const files = tablesOf(from);
  const folder = dirname(files[0]!);
  const questions = await readOrder(folder, 'question_order', 'prompt_id', 'prompt');
  const models = await readOrder(folder, 'model_order', 'model_id', 'model_name');
  const labels = new Labels();
  const prompts: Prompt[] = [];
  const placeOf = new Map<string, number>();

  for (const [done, file] of files.entries()) {
    onProgress({ stage: 'reading tables', done, total: files.length });
    const required = ['prompt_id', 'label'];
    const optional = ['model_name', 'model_id', 'category', 'prompt'];
    for await (const { line, cells } of readCsv(file, { required, optional })) {
      const [promptId, label, modelName, modelId, category, prompt] = cells as [
        ...[string, string, string, string, string, string],
      ];
      const refuse = (problem: string) => new BadInputError(file, line, problem);
      const model = nameOf(
        modelName === '' ? models.get(modelId) : modelName,
        'model_name (or model_id in model_order.csv)',
        refuse,
      );
      const score = scoreOf(label, 'label', refuse);
      if (score === null) {
        writer.countUnscored();
        continue;
      }
      let place = placeOf.get(promptId);
      if (place === undefined) {
        if (prompts.length >= limit) continue;
        const text = questions.get(promptId) ?? prompt;
        if (text.trim() === '')
          throw refuse('prompt is blank, here and in question_order.csv (prompt_id, prompt)');
        placeOf.set(promptId, (place = prompts.length));
        prompts.push({ id: nameOf(promptId, 'prompt_id', refuse), category, text });
      }
      const known = prompts[place]!.text;
      if (prompt !== known && prompt !== '' && normalizeText(prompt) !== normalizeText(known))
        throw refuse(`prompt_id "${promptId}" came with another prompt before`);
      labels.add(model, place, score);
    }
  }
  onProgress({ stage: 'reading tables', done: files.length, total: files.length });
  writer.countDuplicates(labels.repeated);
  prompts.forEach(({ id, category, text }, place) => {
    const query = writer.query(id, category, text);
    if (query === null) return;
    for (const [model, score] of labels.meansOf(place)) writer.outcome(query, model, { score });
  });
}

/** Mean label of every (model, prompt), in growing columns: the source has four million rows. */
class Labels {
  repeated = 0;
  readonly #columns = new Map<string, { sums: Float64Array; counts: Uint16Array }>();

  add(model: string, place: number, label: number): void {
    let column = this.#columns.get(model);
    if (column === undefined || place >= column.sums.length) {
      const length = Math.max(place + 1, 2 * (column?.sums.length ?? 512));
      const wider = { sums: new Float64Array(length), counts: new Uint16Array(length) };
      if (column !== undefined) {
        wider.sums.set(column.sums);
        wider.counts.set(column.counts);
      }
      this.#columns.set(model, (column = wider));
    }
    if (column.counts[place]! > 0) this.repeated++;
    column.sums[place]! += label;
    column.counts[place]!++;
  }

  *meansOf(place: number): Generator<[model: string, score: number]> {
    for (const [model, { sums, counts }] of this.#columns) {
      const count = counts[place] ?? 0;
      if (count > 0) yield [model, sums[place]! / count];
    }
  }
}

/** One of the two order files as a map; empty where there is none. */
async function readOrder(
  folder: string,
  name: string,
  key: string,
  value: string,
): Promise<Map<string, string>> {
  const path = findFile(join(folder, `${name}.csv`)) ?? findFile(join(folder, `${name}_ours.csv`));
  const entries = new Map<string, string>();
  if (path === null) return entries;
  for await (const { line, cells } of readCsv(path, { required: [key, value] })) {
    const [id, text] = cells as [string, string];
    const earlier = entries.get(id);
    if (earlier !== undefined && earlier !== text)
      throw new BadInputError(path, line, `${key} "${id}" stands already with another ${value}`);
    entries.set(id, text);
  }
  return entries;
}

/** The tables of answers: a single file, or those of the folder. */
function tablesOf(from: string): string[] {
  if (!statSync(from).isDirectory()) return [from];
  const files = TABLES.flatMap((name) => {
    const path = findFile(join(from, `${name}.csv`)) ?? findFile(join(from, `${name}_ours.csv`));
    return path === null ? [] : [path];
  });
  if (files.length === 0)
    throw new BadInputError(from, null, 'holds none of train.csv, val.csv, test.csv (or .csv.gz)');
  return files;
}
