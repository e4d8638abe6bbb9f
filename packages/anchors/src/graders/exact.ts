import { findClocks, findDates } from '../reply/calendar-text.js';
import type { AnswerReader } from '../reply/final-answer.js';
import { plainText } from '../reply/plain-text.js';
import type { GraderOf } from './grader-schema.js';
import {
  crisp,
  foldText,
  freeTextReader,
  listReader,
  same,
  vocabularyReader,
  type TextAnswer,
} from './text-readers.js';

export function exactReader(grader: GraderOf<'exact'>): AnswerReader<TextAnswer> {
  if (grader.form === 'date' || grader.form === 'clock') {
    const find = grader.form === 'date' ? findDates : findClocks;
    const read = (text: string): TextAnswer[] => find(plainText(text)).map(crisp);
    const lastSentence = (text: string): TextAnswer[] =>
      text
        .split(/(?<=[.!?])\s+(?=\D)|\n+/)
        .map(read)
        .findLast((found) => found.length > 0) ?? [];
    return {
      read,
      readBare: (line) => {
        const found = read(line);
        return found.length === 1 && line.trim().length < 40 ? found[0] : undefined;
      },
      conclude: lastSentence,
      same,
    };
  }

  const fold = (text: string): string => foldText(text, grader.caseSensitive ?? false);
  const vocabulary = grader.among?.map((word) => fold(word));

  if (grader.form === 'list' || grader.form === 'set') {
    return listReader(grader.form === 'set', vocabulary, fold);
  }
  if (vocabulary) return vocabularyReader(vocabulary, fold);
  return freeTextReader(fold);
}

export function isRightText(grader: GraderOf<'exact'>, answer: TextAnswer): boolean {
  const reader = exactReader(grader);
  return [grader.value, ...(grader.accept ?? [])].some((text) =>
    reader
      .read(text)
      .some((value) => answer.readings.some((reading) => value.readings[0] === reading)),
  );
}
