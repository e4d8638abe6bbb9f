import { findFinalAnswer, type AnswerReader } from '../reply/final-answer.js';
import { withoutReasoning } from '../reply/reply-parts.js';
import { plainText } from '../reply/plain-text.js';
import { choiceReader } from './choice.js';
import { findCode, testCode } from './code.js';
import { breaches, offeredText } from './constraints.js';
import { exactReader, isRightText } from './exact.js';
import type { Grader, GraderOf } from './grader-schema.js';
import { faultOfJson, findJson, isSameJson, isSameShape } from './json.js';
import { judgePrompt, parseVerdict, type Judge } from './judge.js';
import { isRightNumber, numericReader } from './numeric.js';

export interface Grade {
  /** From 0 (wrong) to 1 (right); only a judge gives values between. */
  score: number;
  /** False when no answer could be made out: a failed answer that is counted apart. */
  gradable: boolean;
  /** What was taken for the answer. */
  extracted?: string;
  reason: string;
}

export interface GradingOptions {
  /** Needed by `judge` graders alone; without it their replies cannot be graded. */
  judge?: Judge;
}

/** Longer replies are runaway output, not answers, and would only burn the grader's time. */
const MAX_REPLY_CHARS = 200_000;
const REFUSAL =
  /\b(?:I (?:can(?:no|')t|am unable to|'m unable to|won't)|as an AI\b[^.]{0,80}\b(?:can(?:no|')t|unable))/i;

const right = (extracted: string, reason = 'right'): Grade => ({
  score: 1,
  gradable: true,
  extracted: extracted.slice(0, 500),
  reason,
});
const wrong = (extracted: string, reason: string): Grade => ({
  score: 0,
  gradable: true,
  extracted: extracted.slice(0, 500),
  reason,
});
const ungradable = (reason: string): Grade => ({ score: 0, gradable: false, reason });

/**
 * Grades a model's reply. The last answer that the reply commits to counts, in whatever dress
 * (reasoning before it, Markdown, LaTeX, units, thousands separators); a reply that commits to two
 * different answers is wrong. Never throws on account of the reply; a judge's failed call is passed on.
 */
export async function gradeAnswer(
  grader: Grader,
  replyText: string,
  options: GradingOptions = {},
): Promise<Grade> {
  if (replyText.length > MAX_REPLY_CHARS) return ungradable('the reply is too long');
  const reply = withoutReasoning(replyText);
  if (reply === '') {
    return ungradable(
      replyText.trim() === '' ? 'the reply is empty' : 'the reply ends within its reasoning',
    );
  }
  const grade = await gradeByKind(grader, reply, options);
  return !grade.gradable && REFUSAL.test(reply) ? ungradable('the reply refuses') : grade;
}

function gradeByKind(
  grader: Grader,
  reply: string,
  options: GradingOptions,
): Grade | Promise<Grade> {
  switch (grader.kind) {
    case 'exact':
      return gradeFinal(reply, exactReader(grader), (answer) => isRightText(grader, answer));
    case 'numeric':
      return gradeFinal(reply, numericReader(grader), (value) => isRightNumber(grader, value));
    case 'choice':
      return gradeFinal(reply, choiceReader(grader), (letter) => letter === grader.letter);
    case 'regex':
      return gradeRegex(grader, reply);
    case 'json':
      return gradeJson(grader, reply);
    case 'constraints':
      return gradeConstraints(grader, reply);
    case 'code':
      return gradeCode(grader, reply);
    case 'judge':
      return gradeByJudge(grader, reply, options.judge);
  }
}

function gradeFinal<Value>(
  reply: string,
  reader: AnswerReader<Value>,
  isRight: (value: Value) => boolean,
): Grade {
  const final = findFinalAnswer(reply, reader);
  if (final.status === 'none') return ungradable('no final answer could be made out');
  if (final.status === 'contradiction') {
    return wrong(final.segments.join(' | '), 'the reply ends on more than one answer');
  }
  const extracted = plainText(final.segment);
  return isRight(final.value) ? right(extracted) : wrong(extracted, 'another answer was expected');
}

function gradeRegex(grader: GraderOf<'regex'>, reply: string): Grade {
  if (grader.scope === 'reply') {
    const match = new RegExp(grader.pattern, grader.flags).exec(reply);
    return match ? right(match[0]) : wrong(reply, 'the pattern does not occur');
  }
  const whole = new RegExp(`^(?:${grader.pattern})$`, grader.flags);
  const final = findFinalAnswer(
    reply,
    exactReader({ kind: 'exact', value: 'x', caseSensitive: true }),
  );
  if (final.status === 'none') return ungradable('no final answer could be made out');
  if (final.status === 'contradiction') {
    return wrong(final.segments.join(' | '), 'the reply ends on more than one answer');
  }
  const match = final.value.readings.find((reading) => whole.test(reading));
  return match === undefined
    ? wrong(plainText(final.segment), 'the answer does not have the form asked for')
    : right(match);
}

function gradeJson(grader: GraderOf<'json'>, reply: string): Grade {
  const values = findJson(reply);
  const last =
    values.findLast((value) => grader.value !== undefined && isSameShape(value, grader.value)) ??
    values.at(-1);
  if (last === undefined) return ungradable('the reply holds no JSON');
  const text = JSON.stringify(last);
  const rivals = values.filter((value) => isSameShape(value, last) && !isSameJson(value, last));
  if (rivals.length > 0) return wrong(text, 'the reply offers different JSON values');
  const fault = faultOfJson(grader, last);
  return fault === null ? right(text) : wrong(text, fault);
}

function gradeConstraints(grader: GraderOf<'constraints'>, reply: string): Grade {
  const text = offeredText(reply);
  if (text === '') return ungradable('the reply offers no text');
  const faults = grader.checks
    .map((check) => breaches(text, check))
    .filter((fault) => fault !== null);
  if (faults.length === 0) return right(text, `all ${grader.checks.length} checks passed`);
  return wrong(text, faults.join('; '));
}

async function gradeCode(grader: GraderOf<'code'>, reply: string): Promise<Grade> {
  const code = findCode(reply, grader.functionName);
  if (code === undefined) return ungradable(`the reply defines no function ${grader.functionName}`);
  const verdict = await testCode(grader, code);
  return verdict.passed === verdict.total
    ? right(code, verdict.reason)
    : wrong(code, verdict.reason);
}

async function gradeByJudge(
  grader: GraderOf<'judge'>,
  reply: string,
  judge: Judge | undefined,
): Promise<Grade> {
  if (!judge) return ungradable('no judge is configured');
  const verdict = parseVerdict(await judge(judgePrompt(grader, reply)));
  if (!verdict) return ungradable('the judge gave no verdict of the form asked for');
  return {
    score: verdict.score,
    gradable: true,
    extracted: reply.slice(0, 500),
    reason: verdict.reason,
  };
}
