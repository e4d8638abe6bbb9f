import { existsSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { BadInputError } from './bad-input-error.js';
import type { ModelInfo } from './model-info.js';
import { readModelInfo } from './model-info.js';
import { findFile } from './open-text.js';
import type { Outcomes } from './outcomes.js';
import { readOutcomes } from './outcomes.js';
import type { Query } from './queries.js';
import { readQueries } from './queries.js';

/** A data set of the offline protocol: queries, outcomes, and what is known of the models. */
export interface DataSet {
  /** The folder's base name; subjects are named `<name>/<model>`. */
  name: string;
  queries: Query[];
  outcomes: Outcomes;
  modelInfo: Map<string, ModelInfo>;
}

/** Reads one data-set folder. @throws BadInputError that names the file, the line and the mend. */
export async function readDataSet(directory: string): Promise<DataSet> {
  const folder = checkFolder(directory);
  const queries = await readQueries(requireFile(folder, 'queries.jsonl'));
  const outcomes = await readOutcomes(
    requireFile(folder, 'outcomes.csv'),
    queries.map((query) => query.id),
    findFile(join(folder, 'output_chars.csv')),
  );
  return {
    name: basename(folder),
    queries,
    outcomes,
    modelInfo: readFolderModelInfo(folder),
  };
}

/** Reads several folders. @throws BadInputError when two have the same base name. */
export async function readDataSets(directories: readonly string[]): Promise<DataSet[]> {
  const byName = new Map<string, string>();
  for (const directory of directories) {
    const folder = checkFolder(directory);
    const name = basename(folder);
    const other = byName.get(name);
    if (other !== undefined)
      throw new BadInputError(
        directory,
        null,
        `has the same base name as ${other}; subjects are named <folder>/<model>, so rename one`,
      );
    byName.set(name, directory);
  }
  const dataSets: DataSet[] = [];
  for (const directory of directories) dataSets.push(await readDataSet(directory));
  return dataSets;
}

/** The queries file of a data-set folder. */
export function queriesFile(directory: string): string {
  return requireFile(checkFolder(directory), 'queries.jsonl');
}

export function readFolderModelInfo(directory: string): Map<string, ModelInfo> {
  const path = findFile(join(directory, 'models.json'));
  return path === null ? new Map<string, ModelInfo>() : readModelInfo(path);
}

function checkFolder(directory: string): string {
  const folder = resolve(directory);
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new BadInputError(directory, null, 'is not a folder');
  return folder;
}

function requireFile(folder: string, name: string): string {
  const path = findFile(join(folder, name));
  if (path === null)
    throw new BadInputError(join(folder, name), null, 'is missing (a .gz of it would do as well)');
  return path;
}
