import type { OutcomeCells } from '@zerorouter/latent-space';
import type { DataSet, ModelInfo } from '@zerorouter/data-set';
import { questionStem, textHash } from '@zerorouter/data-set';
import { ANSWER_CHARACTERS_PER_TOKEN, estimateInputTokens } from '@zerorouter/latent-space';

/** All data sets as one problem: queries are rows, (data set, model) pairs are subjects. */
export interface MergedOutcomes {
  readonly texts: string[];
  /** Data set of each row. */
  readonly source: string[];
  /** Tokens of each text, as they are estimated of any query. */
  readonly inputEstimate: Float64Array;
  readonly hash: string[];
  /** Rows of one benchmark of one data set have the same number: it groups folds, nothing else. */
  readonly benchmark: Int32Array;
  /** Rows that ask the same question have the same number. */
  readonly stemGroup: Int32Array;
  /** Subject names, `<data set>/<model>`. */
  readonly subjects: string[];
  /** Subjects that are one model under several harnesses have the same number. */
  readonly subjectGroup: Int32Array;
  readonly modelInfo: (ModelInfo | undefined)[];
  /** Only scored cells. */
  readonly cells: OutcomeCells;
  /** Per cell; NaN where unknown. Input tokens are the call's own count. */
  readonly logTokens: Float64Array;
  readonly inputTokens: Float64Array;
  readonly costUsd: Float64Array;
  readonly latencyS: Float64Array;
}

export function mergeDataSets(dataSets: readonly DataSet[]): MergedOutcomes {
  const texts: string[] = [];
  const source: string[] = [];
  const benchmark: string[] = [];
  const subjects: string[] = [];
  const modelInfo: (ModelInfo | undefined)[] = [];
  const item: number[] = [];
  const subject: number[] = [];
  const score: number[] = [];
  const logTokens: number[] = [];
  const inputTokens: number[] = [];
  const costUsd: number[] = [];
  const latencyS: number[] = [];
  for (const { name, queries, outcomes, modelInfo: info } of dataSets) {
    const firstRow = texts.length;
    const firstSubject = subjects.length;
    for (const query of queries) {
      texts.push(query.text);
      source.push(name);
      benchmark.push(`${name}/${query.benchmark}`);
    }
    for (const model of outcomes.models) {
      subjects.push(`${name}/${model}`);
      modelInfo.push(info.get(model));
    }
    for (let c = 0; c < outcomes.query.length; c++) {
      if (Number.isNaN(outcomes.score[c]!)) continue;
      const row = firstRow + outcomes.query[c]!;
      item.push(row);
      subject.push(firstSubject + outcomes.model[c]!);
      score.push(outcomes.score[c]!);
      logTokens.push(answerLogTokens(outcomes.outputTokens[c]!, outcomes.outputChars[c]!));
      inputTokens.push(outcomes.inputTokens[c]!);
      costUsd.push(outcomes.costUsd[c]!);
      latencyS.push(outcomes.latencyS[c]!);
    }
  }
  const hash = texts.map(textHash);
  return {
    texts,
    source,
    inputEstimate: Float64Array.from(texts, estimateInputTokens),
    hash,
    benchmark: numberGroups(benchmark),
    stemGroup: numberGroups(splitStems(texts, source, hash)),
    subjects,
    subjectGroup: numberGroups(subjects.map(modelIdentity)),
    modelInfo,
    cells: {
      items: texts.length,
      subjects: subjects.length,
      item: Int32Array.from(item),
      subject: Int32Array.from(subject),
      score: Float64Array.from(score),
    },
    logTokens: Float64Array.from(logTokens),
    inputTokens: Float64Array.from(inputTokens),
    costUsd: Float64Array.from(costUsd),
    latencyS: Float64Array.from(latencyS),
  };
}

/** More different texts of one data set than this under one stem are a template, not one question. */
const MOST_VARIANTS = 4;

/**
 * The key by which rows are kept on one side of a split: their question's stem, or their text where
 * the stem is a template ("Which sentence has the correct adjective order?").
 */
export function splitStems(
  texts: readonly string[],
  source: readonly string[],
  hash: readonly string[],
): string[] {
  const stems = texts.map(questionStem);
  const variants = new Map<string, Set<string>>();
  stems.forEach((stem, row) => {
    const key = `${stem} ${source[row]!}`;
    variants.set(key, (variants.get(key) ?? new Set()).add(hash[row]!));
  });
  const templates = new Set<string>();
  for (const [key, hashes] of variants)
    if (hashes.size > MOST_VARIANTS) templates.add(key.slice(0, key.indexOf(' ')));
  return stems.map((stem, row) => (templates.has(stem) ? hash[row]! : stem));
}

/** log tokens of an answer, from its tokens or else its characters; NaN when neither is known. */
export function answerLogTokens(outputTokens: number, outputChars: number): number {
  const tokens = Number.isNaN(outputTokens)
    ? outputChars / ANSWER_CHARACTERS_PER_TOKEN
    : outputTokens;
  return Number.isNaN(tokens) ? NaN : Math.log(Math.max(1, tokens));
}

/**
 * What remains of a subject's name when data set, maker, provider, tool mode and the usual suffixes
 * are taken off: `bfcl/gpt-4o-2024-05-13-FC` and `mmlu_pro/gpt-4o-2024-05-13` are one model.
 */
export function modelIdentity(subject: string): string {
  return subject
    .slice(subject.indexOf('/') + 1)
    .replace(/@.*$/, '')
    .replace(/^.*\//, '')
    .toLowerCase()
    .replace(/-fc(-any|-auto)?$/, '')
    .replace(/^(meta|google|mistralai|databricks|deepseek-ai|thudm|meta-llama)[-_](?=.)/, '')
    .replace(/\b(meta-)?llama/, 'llama')
    .replace(/-(instruct|inst|chat|it)\b/g, '')
    .replace(/[^a-z0-9.]+/g, '-');
}

function numberGroups(keys: readonly string[]): Int32Array {
  const numbers = new Map<string, number>();
  return Int32Array.from(keys, (key) => {
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, numbers.size);
    return numbers.size - 1;
  });
}
