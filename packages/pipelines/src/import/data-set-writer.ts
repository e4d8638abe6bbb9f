import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { ModelInfo } from '@zerorouter/data-set';
import { BadInputError, textHash } from '@zerorouter/data-set';
import { SeenCells } from './seen-cells.js';
import { TextFile } from './text-file.js';

/** What is known of one answer; null = unknown. */
export interface Answer {
  score: number;
  inputTokens?: number | null;
  outputTokens?: number | null;
  costUsd?: number | null;
  outputChars?: number | null;
}

export interface ImportSummary {
  queries: number;
  models: number;
  outcomes: number;
  /** Answers of the source without a score: they are left out. */
  unscored: number;
  /** Repeated answers of a model to a query: the first was kept, or they were averaged. */
  duplicates: number;
  /** Queries that share the source's id with another text; their id carries a hash of the text. */
  variants: number;
  files: string[];
}

/**
 * Writes a data-set folder, whole or not at all: a temporary folder beside it is renamed by
 * `finish`. Holds ids and hashes in memory, no text. Rows come out in the order they came in.
 */
export class DataSetWriter {
  /** A folder for temporary files, gone when the writer is done. */
  readonly scratch: string;
  readonly #target: string;
  readonly #partial: string;
  readonly #limit: number;
  readonly #queries: TextFile;
  readonly #outcomes: TextFile;
  #outputChars: TextFile | null = null;
  readonly #ids: string[] = [];
  /** Hash of source id and exact text → query; saves normalising a text that came before. */
  readonly #exact = new Map<string, number>();
  /** Source id → the queries that carry it, by the hash of their normalised text. */
  readonly #bySourceId = new Map<string, Map<string, number>>();
  readonly #cells = new SeenCells();
  #outcomeCount = 0;
  #unscored = 0;
  #duplicates = 0;
  #variants = 0;

  /** @throws BadInputError when the folder exists with something in it. */
  constructor(directory: string, limit = Infinity) {
    this.#target = resolve(directory);
    if (existsSync(this.#target) && !isEmptyFolder(this.#target))
      throw new BadInputError(directory, null, 'exists already; choose another --out');
    this.#limit = limit;
    this.#partial = join(
      dirname(this.#target),
      `.${basename(this.#target)}.${process.pid}.partial`,
    );
    this.scratch = join(this.#partial, 'scratch');
    rmSync(this.#partial, { recursive: true, force: true });
    mkdirSync(this.scratch, { recursive: true });
    this.#queries = new TextFile(join(this.#partial, 'queries.jsonl'));
    this.#outcomes = new TextFile(join(this.#partial, 'outcomes.csv'));
    this.#outcomes.write('query_id,model,score,input_tokens,output_tokens,cost_usd,latency_s\n');
  }

  /**
   * The query of a source id and a text, new or known (case and white space do not count). A second
   * text under the same id becomes a query of its own. Null beyond the limit.
   */
  query(sourceId: string, benchmark: string, text: string): number | null {
    const exact = createHash('sha256').update(`${sourceId}\0${text}`).digest('base64');
    const known = this.#exact.get(exact);
    if (known !== undefined) return known;
    let variants = this.#bySourceId.get(sourceId);
    if (variants === undefined)
      this.#bySourceId.set(sourceId, (variants = new Map<string, number>()));
    const hash = textHash(text);
    let index = variants.get(hash);
    if (index === undefined) {
      if (this.#ids.length >= this.#limit) return null;
      index = this.#ids.length;
      const id = variants.size === 0 ? sourceId : `${sourceId}#${hash.slice(0, 8)}`;
      if (variants.size > 0) this.#variants++;
      variants.set(hash, index);
      this.#ids.push(id);
      this.#queries.write(`${JSON.stringify({ id, benchmark, text })}\n`);
    }
    this.#exact.set(exact, index);
    return index;
  }

  /** Writes an outcome, unless the model has answered this query before. */
  outcome(query: number, model: string, answer: Answer): void {
    if (!this.#cells.add(query, model)) {
      this.#duplicates++;
      return;
    }
    this.#outcomeCount++;
    const cell = `${csvCell(this.#ids[query]!)},${csvCell(model)}`;
    const { score, inputTokens, outputTokens, costUsd, outputChars } = answer;
    this.#outcomes.write(
      `${cell},${score},${inputTokens ?? ''},${outputTokens ?? ''},${costUsd ?? ''},\n`,
    );
    if (outputChars === null || outputChars === undefined) return;
    if (this.#outputChars === null) {
      this.#outputChars = new TextFile(join(this.#partial, 'output_chars.csv'));
      this.#outputChars.write('query_id,model,output_chars\n');
    }
    this.#outputChars.write(`${cell},${outputChars}\n`);
  }

  countUnscored(): void {
    this.#unscored++;
  }

  countDuplicates(count: number): void {
    this.#duplicates += count;
  }

  /** The models that have an outcome, in the order they came. */
  get models(): string[] {
    return this.#cells.models;
  }

  /** Moves the folder into place. @throws BadInputError when there is no outcome to write. */
  finish(source: string, modelInfo: ReadonlyMap<string, ModelInfo> = new Map()): ImportSummary {
    if (this.#outcomeCount === 0)
      throw new BadInputError(source, null, 'holds no scored answer in this format');
    for (const file of this.#files()) file.close();
    if (modelInfo.size > 0) {
      const sorted = [...modelInfo].sort(([a], [b]) => (a < b ? -1 : 1));
      writeFileSync(
        join(this.#partial, 'models.json'),
        `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`,
      );
    }
    rmSync(this.scratch, { recursive: true, force: true });
    const files = readdirSync(this.#partial).sort();
    rmSync(this.#target, { recursive: true, force: true });
    renameSync(this.#partial, this.#target);
    return {
      queries: this.#ids.length,
      models: this.models.length,
      outcomes: this.#outcomeCount,
      unscored: this.#unscored,
      duplicates: this.#duplicates,
      variants: this.#variants,
      files,
    };
  }

  /** Removes everything that was written. */
  discard(): void {
    for (const file of this.#files()) {
      try {
        file.abandon();
      } catch {
        // Closed already: `finish` failed after closing.
      }
    }
    rmSync(this.#partial, { recursive: true, force: true });
  }

  #files(): TextFile[] {
    return [this.#queries, this.#outcomes, ...(this.#outputChars ? [this.#outputChars] : [])];
  }
}

function isEmptyFolder(path: string): boolean {
  return statSync(path).isDirectory() && readdirSync(path).length === 0;
}

function csvCell(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
