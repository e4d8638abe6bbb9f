import type { Answer } from './data-set-writer.js';
import type { Refusal } from './source-values.js';
import { amountOf, membersOf, nameOf, scoreOf } from './source-values.js';
import { answerCharacters, textOf } from './source-texts.js';

type Row = Record<string, unknown>;

/**
 * What a row of RouterArena is:
 * - prompt: "global index", prompt_formatted (scripts/process_datasets/prep_datasets.py);
 * - question: "Global Index", Context, Question, Options of the published data set (same file);
 * - result: global_index, question (the prompt sent), llm_selected, generated_answer, token_usage
 *   {input_tokens, output_tokens}, success, run_number, evaluation_result {score, inference_cost} or
 *   null (llm_inference/parallel_inference.py, llm_evaluation/evaluate_models.py);
 * - prediction: "global index", prompt, prediction (a model), generated_result {generated_answer,
 *   token_usage, success}, accuracy, cost (router_inference/generate_prediction_file.py,
 *   llm_evaluation/run.py).
 */
export type ArenaRowKind = 'prompt' | 'question' | 'result' | 'prediction';

export function kindOf(row: Row): ArenaRowKind | null {
  if ('Global Index' in row && 'Question' in row) return 'question';
  if (indexMember(row) === undefined) return null;
  if ('prediction' in row) return 'prediction';
  if ('evaluation_result' in row || 'generated_answer' in row) return 'result';
  return 'prompt_formatted' in row ? 'prompt' : null;
}

/** The text of a query; a question is laid out as context, question and lettered options. */
export function promptOf(row: Row, refuse: Refusal): { index: string; text: string } {
  if (kindOf(row) !== 'question')
    return {
      index: nameOf(indexMember(row), 'global index', refuse),
      text: nameOf(row['prompt_formatted'], 'prompt_formatted', refuse),
    };
  const options = Array.isArray(row['Options']) ? row['Options'] : [];
  const lettered = options.map((option, i) => `${String.fromCharCode(65 + i)}. ${String(option)}`);
  const question = nameOf(row['Question'], 'Question', refuse);
  return {
    index: nameOf(row['Global Index'], 'Global Index', refuse),
    text: [textOf(row['Context']), question, lettered.join('\n')]
      .filter((part) => part.trim() !== '')
      .join('\n\n'),
  };
}

/** A scored answer of a model to a query. */
export interface ArenaAnswer {
  index: string;
  benchmark: string;
  model: string;
  /** What the model was sent, as this row has it; may be ''. */
  prompt: string;
  answer: Answer;
  refuse: Refusal;
}

/** Null for an answer that failed or was not scored. */
export function answerOf(row: Row, file: string, refuse: Refusal): ArenaAnswer | null {
  const kind = kindOf(row);
  if (kind !== 'result' && kind !== 'prediction')
    throw refuse('the entry is no result, unlike the first of this file');
  const prediction = kind === 'prediction';
  const generated = prediction
    ? optional(row['generated_result'], 'generated_result', refuse)
    : row;
  const evaluation = prediction
    ? row
    : optional(row['evaluation_result'], 'evaluation_result', refuse);
  const scoreName = prediction ? 'accuracy' : 'score';
  const score = scoreOf(evaluation?.[scoreName], scoreName, refuse);
  if (score === null || generated === null || generated['success'] === false) return null;
  const index = nameOf(indexMember(row), 'global_index', refuse);
  const usage = optional(generated['token_usage'], 'token_usage', refuse) ?? {};
  const costName = prediction ? 'cost' : 'inference_cost';
  return {
    index,
    benchmark: benchmarkOf(index),
    model: prediction
      ? nameOf(row['prediction'], 'prediction', refuse)
      : nameOf(row['llm_selected'] ?? file.replace(/\.\w+(\.gz)?$/, ''), 'llm_selected', refuse),
    prompt: textOf(prediction ? (row['prompt'] ?? row['prompt_formatted']) : row['question']),
    answer: {
      score,
      inputTokens: amountOf(usage['input_tokens'], 'input_tokens', refuse),
      outputTokens: amountOf(usage['output_tokens'], 'output_tokens', refuse),
      costUsd: amountOf(evaluation![costName], costName, refuse),
      outputChars: answerCharacters(generated['generated_answer']),
    },
    refuse,
  };
}

/** Number of the run of this query; the first where none is written. */
export function runOf(row: Row): number {
  return Number(row['run_number'] ?? 1);
}

/** "AIME_112" → "AIME", "Ethics_virtue_3" → "Ethics_virtue" (prep_datasets.py). */
function benchmarkOf(index: string): string {
  const parts = index.split('_');
  return parts[0] === 'Ethics' && parts.length > 1 ? parts.slice(0, 2).join('_') : parts[0]!;
}

function indexMember(row: Row): unknown {
  return row['global index'] ?? row['global_index'];
}

function optional(value: unknown, name: string, refuse: Refusal): Row | null {
  return value === null || value === undefined ? null : membersOf(value, name, refuse);
}
