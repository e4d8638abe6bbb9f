import { plainText } from '../reply/plain-text.js';
import type { AnswerReader } from '../reply/final-answer.js';
import { findQuantities, leadingNumberWord, type Quantity } from '../reply/quantities.js';
import { convert, findUnit } from '../reply/units.js';
import type { GraderOf } from './grader-schema.js';

const NEGATED = /\bnot\s*(?:equal to|be|exactly)?\s*$|n't\s*(?:be\s*)?$|≠\s*$/i;
/** Between two numbers: alternatives, a range or a list, so that no one of them is the answer. */
const ALTERNATIVES = /\bor\b|\beither\b|^\s*(?:to|-|–|—|,|;|\/|&|and)\s*$|^\s*\p{L}*\s+to\s*$/iu;
/** Makes the number after it a bound, or the argument of a function, not the answer. */
const BEFORE_BOUND =
  /(?:\b(?:at least|at most|(?:more|less|fewer|greater|larger|smaller) than|up to|log|ln|sqrt)|[<>≤≥√]|\\sqrt)\s*[({]?\s*$/i;
/** Makes the number before it a factor. */
const AFTER_FACTOR = /^\s?(?:√|\\?sqrt|π|\\?pi\b|[xyz]\b(?!\s?\d)|\^)/i;
const ASSIGNMENT = /\b(\p{L}\w*)\s*=/gu;
const OPERATOR = /[+×*÷/^]|\s-\s/;

/** Reads numbers in the grader's unit. A number in a unit of another dimension reads as NaN. */
export function numericReader(grader: GraderOf<'numeric'>): AnswerReader<number> {
  const expected = grader.unit === undefined ? undefined : findUnit(grader.unit);

  const inUnit = (quantity: Quantity): number => {
    const { unit, value } = quantity;
    if (!unit) return value;
    // 37.5 % answers a question for a plain number as 0.375.
    if (unit.dimension === 'ratio') return expected?.dimension === 'ratio' ? value : value / 100;
    if (unit.dimension === 'angle' && expected?.dimension === 'temperature') return value;
    return expected ? convert(value, unit, expected) : value;
  };

  const read = (segment: string): number[] => {
    const text = sentenceWithNumber(plainText(segment));
    return readEquation(text);
  };

  const readEquation = (text: string): number[] => {
    const [exact = '', approximate] = text.split(/≈|\bapproximately equal to\b/i);
    if (approximate !== undefined) {
      const literal = findQuantities(withoutAsides(exact.split('=').at(-1) ?? '')).length === 1;
      const left = literal ? readEquation(exact) : [];
      return left.length === 1 ? left : readEquation(approximate);
    }
    // "x = 4, y = 5" answers two questions.
    const assigned = new Set([...text.matchAll(ASSIGNMENT)].map((match) => match[1]));
    if (assigned.size > 1) return findQuantities(text, expected?.dimension).map(inUnit);
    const sides = withoutAsides(text).split(/={1,3}|→/);
    const right = sides.at(-1) ?? '';
    if (sides.length > 1) {
      const values = readPlain(right);
      if (values.length === 1 && !(OPERATOR.test(right) && findQuantities(right).length > 1)) {
        return values;
      }
      return readPlain(sides[0] ?? '');
    }
    return readPlain(text);
  };

  const readPlain = (text: string): number[] => {
    const outside = withoutAsides(text);
    const quantities = mergeCompounds(findQuantities(outside, expected?.dimension), outside).filter(
      (quantity) => !NEGATED.test(outside.slice(0, quantity.start)),
    );
    const first = quantities[0];
    if (!first) {
      const word = leadingNumberWord(outside);
      return word === undefined ? [] : [word];
    }
    const values = quantities.map((quantity) =>
      BEFORE_BOUND.test(outside.slice(0, quantity.start)) ||
      AFTER_FACTOR.test(outside.slice(quantity.end))
        ? NaN
        : inUnit(quantity),
    );
    if (quantities.length === 1) return values;
    const second = quantities[1] as Quantity;
    const between = outside.slice(first.end, second.start);
    if (
      ALTERNATIVES.test(between) ||
      /\b(?:between|either|from)\b/i.test(outside.slice(0, first.start))
    ) {
      return values;
    }
    const before = outside.slice(0, first.start);
    if (OPERATOR.test(between)) return [];
    // "42 apples, of which 12 are red": what opens the segment is what is stated.
    if (
      /^[\s~:≈*]*(?:(?:about|approximately|roughly|exactly|just|a total of|[a-z]\w? (?:is|equals))\s*)?$/i.test(
        before,
      )
    ) {
      return values.slice(0, 1);
    }
    return new Set(values).size === 1 ? values.slice(0, 1) : [];
  };

  const boldNumbers = (text: string): number[] =>
    [...text.matchAll(/\*\*([^*\n]+)\*\*/g)]
      .map((match) => match[1] ?? '')
      .filter((bold) => /\d/.test(bold) && !/:\s*$/.test(bold))
      .flatMap((bold) => readEquation(plainText(bold)));

  const conclude = (paragraph: string): number[] => {
    const last = splitSentences(paragraph).findLast((sentence) => /\d/.test(sentence));
    if (last === undefined) return leadingWordOf(paragraph);
    const bold = boldNumbers(last);
    if (bold.length > 0) return bold;
    const values = readEquation(plainText(last));
    return values.length > 0 ? values : boldNumbers(paragraph);
  };

  const leadingWordOf = (text: string): number[] => {
    const word = leadingNumberWord(plainText(text));
    return word === undefined || text.trim().split(/\s+/).length > 4 ? [] : [word];
  };

  return {
    read,
    readBare: (line) => {
      const text = plainText(line);
      const [quantity, ...others] = mergeCompounds(findQuantities(text, expected?.dimension), text);
      if (!quantity) return leadingWordOf(line)[0];
      if (others.length > 0) return undefined;
      const before = text.slice(0, quantity.start);
      const after = text.slice(quantity.end);
      const isBare =
        /^[\s("'≈~]*(?:[a-z]\s*[=≈]\s*)?$/i.test(before) &&
        /^[\s)"']*(?:[a-z]+)?[\s.!]*$/i.test(after);
      return isBare ? inUnit(quantity) : undefined;
    },
    conclude,
    // Several numbers in a closing remark are talk about the answer, not the answer.
    readClosing: (sentence) => {
      const values = conclude(sentence);
      const isTalk = findQuantities(plainText(sentence)).length > 1 && !/[=*≈]/.test(sentence);
      return isTalk ? [] : values;
    },
    same: (a, b) => {
      if (Object.is(a, b)) return true;
      const margin = Math.max(2 * grader.tolerance, 1e-9 * Math.abs(a));
      return Math.abs(a - b) <= margin || isRoundingOf(a, b) || isRoundingOf(b, a);
    },
  };
}

/** Whether a fractional `rounded` is `precise` cut to its own number of decimals. */
function isRoundingOf(rounded: number, precise: number): boolean {
  const decimals = (String(rounded).split('.')[1] ?? '').length;
  return decimals > 0 && decimals < 12 && Math.abs(rounded - precise) <= 0.51 * 10 ** -decimals;
}

/** Parenthetical remarks go, unless the numbers are only there. */
function withoutAsides(text: string): string {
  const outside = text.replace(/(?<!\^)\([^()]*[^()\d.,\s-][^()]*\)/g, ' ');
  return /\d/.test(outside) ? outside : text;
}

function splitSentences(text: string): string[] {
  return text.split(/(?<=[.!?])\s+(?=[^\d\s])|\n+/).filter((sentence) => sentence.trim() !== '');
}

const sentenceWithNumber = (text: string): string =>
  splitSentences(text).find((sentence) => /\d/.test(sentence)) ?? text;

/** "2 h 30 min", "5 ft 3 in": neighbours of one dimension in falling size become one quantity. */
function mergeCompounds(quantities: Quantity[], text: string): Quantity[] {
  const merged: Quantity[] = [];
  for (const quantity of quantities) {
    const previous = merged.at(-1);
    const between = previous ? text.slice(previous.end, quantity.start) : '';
    if (
      previous?.unit &&
      quantity.unit &&
      previous.unit.dimension === quantity.unit.dimension &&
      previous.unit.factor > quantity.unit.factor &&
      /^[\s,]*(?:and\s+)?$/.test(between)
    ) {
      previous.value += convert(quantity.value, quantity.unit, previous.unit);
      previous.end = quantity.end;
    } else merged.push({ ...quantity });
  }
  return merged;
}

export function isRightNumber(grader: GraderOf<'numeric'>, value: number): boolean {
  return (
    Math.abs(value - grader.value) <= grader.tolerance + 1e-9 * Math.max(1, Math.abs(grader.value))
  );
}
