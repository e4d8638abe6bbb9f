import type { AnchorDomain } from './anchor.js';
import type { Grader, GraderOf } from './graders/grader-schema.js';
import { choiceFormat, numberFormat, textFormat } from './answer-format.js';
import type { Random } from './random.js';

export type Level = 1 | 2 | 3 | 4 | 5;
export const LEVELS: readonly Level[] = [1, 2, 3, 4, 5];

/** One item as a template draws it. */
export interface DrawnItem {
  text: string;
  grader: Grader;
  referenceAnswer: string;
  /** Rough count of the steps or symbols that a solver must handle; grows with the level. */
  effort: number;
  /** Replies that a typical slip leads to; each must fail. */
  wrongAnswers: string[];
  /** What makes two items the same question, where that is less than the whole text. */
  question?: string;
}

/** A family of items: a pure function of level and random stream. */
export interface Template {
  family: string;
  domain: AnchorDomain;
  /** Items drawn per level by default. */
  perLevel: number;
  draw(level: Level, random: Random): DrawnItem;
}

export const formatNumber = (value: number): string => String(Number(value.toFixed(6)));

interface NumericParts {
  question: string;
  level: Level;
  value: number;
  effort: number;
  /** Values that typical slips lead to; those that happen to be right are dropped. */
  slips: number[];
  tolerance?: number;
  unit?: string;
  /** What to answer with: "the number of steps". Default "the number". */
  what?: string;
  reference?: string;
}

/** An item whose answer is a number. */
export function numericItem(random: Random, parts: NumericParts): DrawnItem {
  const { value, unit, tolerance = 0 } = parts;
  const reference = parts.reference ?? formatNumber(value);
  const margin = Math.max(tolerance * 1.5, 1e-6 * Math.max(1, Math.abs(value)));
  const slips = [
    ...parts.slips,
    value + Math.max(1, Math.ceil(3 * tolerance)),
    -value - 1,
    2 * value + 3,
  ];
  return {
    text: `${parts.question}\n\n${numberFormat(random, parts.level, parts.what ?? 'the number')}`,
    grader: { kind: 'numeric', value, tolerance, ...(unit !== undefined && { unit }) },
    referenceAnswer: reference,
    effort: parts.effort,
    wrongAnswers: slips
      .filter((slip) => Number.isFinite(slip) && Math.abs(slip - value) > margin)
      .map(formatNumber),
  };
}

interface TextParts {
  question: string;
  level: Level;
  answer: string;
  effort: number;
  slips: string[];
  grader?: Partial<GraderOf<'exact'>>;
  /** What to answer with: "the resulting string". */
  what: string;
}

/** An item whose answer is a short text. */
export function textItem(random: Random, parts: TextParts): DrawnItem {
  return {
    text: `${parts.question}\n\n${textFormat(random, parts.level, parts.what)}`,
    grader: { kind: 'exact', value: parts.answer, ...parts.grader },
    referenceAnswer: parts.answer,
    effort: parts.effort,
    wrongAnswers: parts.slips.filter((slip) => slip !== parts.answer),
  };
}

interface ChoiceParts {
  question: string;
  level: Level;
  correct: string;
  distractors: string[];
  effort: number;
}

/** A multiple-choice item with its options in random order. */
export function choiceItem(random: Random, parts: ChoiceParts): DrawnItem {
  const options = random.shuffle([parts.correct, ...parts.distractors]);
  const letters = options.map((_, i) => String.fromCharCode(65 + i));
  const letter = letters[options.indexOf(parts.correct)] as string;
  const layout = random.pick(['$) ', '($) ', '$. ', '$: ']);
  const list = options.map((option, i) => layout.replace('$', letters[i] as string) + option);
  return {
    text: `${parts.question}\n\n${list.join('\n')}\n\n${choiceFormat(random)}`,
    grader: { kind: 'choice', letter, options },
    referenceAnswer: letter,
    effort: parts.effort,
    wrongAnswers: letters.filter((other) => other !== letter),
    question: parts.question,
  };
}
