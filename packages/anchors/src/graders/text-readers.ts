import type { AnswerReader } from '../reply/final-answer.js';
import { plainText } from '../reply/plain-text.js';

/** Equally good readings of one answer. */
export interface TextAnswer {
  readings: string[];
  /** A single token, quoted text or vocabulary word: two crisp answers can contradict each other. */
  crisp: boolean;
}

/** One spelling for texts that count as equal. */
type Fold = (text: string) => string;

const NEGATION = /\b(?:not|never|neither|nor|no longer|isn't|wasn't|cannot)\b|n't\b/i;
const FILLER =
  /^(?:(?:result|output|solution):|it(?:'s| is| was| prints| outputs)|that(?:'s| is)|this is|they are|the [\w' -]{1,40}? (?:is|are|was|becomes))[\s:]+/i;
const ASIDE = /(?:,?\s+(?:which|because|since|where|as|so)\b|\s+\(|\s+[–—]\s|\s+-\s).*$/is;

export const same = (a: TextAnswer, b: TextAnswer): boolean =>
  a.readings.some((reading) => b.readings.includes(reading));
export const crisp = (reading: string): TextAnswer => ({ readings: [reading], crisp: true });

/** Lists compare element by element in order, sets without order or repetition. */
export function listReader(
  isSet: boolean,
  vocabulary: string[] | undefined,
  fold: Fold,
): AnswerReader<TextAnswer> {
  const parse = (text: string): string[] => {
    const elements = vocabulary
      ? membersOf(firstClause(plainText(text)), vocabulary, fold)
      : splitList(text).map(fold);
    return isSet ? [...new Set(elements)].sort() : elements;
  };
  const read = (text: string): TextAnswer[] => {
    const elements = parse(text);
    return elements.length === 0 ? [] : [crisp(elements.join('|'))];
  };
  return {
    read,
    readBare: (line) => {
      const elements = splitList(line).map(fold);
      const isList =
        elements.length > 1 && elements.every((element) => element.split(' ').length <= 3);
      const known = !vocabulary || elements.every((element) => vocabulary.includes(element));
      return isList && known ? read(line)[0] : undefined;
    },
    conclude: (paragraph) => {
      const lines = paragraph.trim().split('\n');
      if (lines.length > 1 && lines.every((line) => /^\s*(?:\d+[.)]|[-*•])\s/.test(line))) {
        return read(lines.join('\n'));
      }
      const last = lines.at(-1) ?? '';
      const afterColon = last.split(/:\s+/).at(-1) ?? last;
      return splitList(afterColon).length > 1 || lines.length === 1 ? read(afterColon) : [];
    },
    same,
  };
}

export function vocabularyReader(vocabulary: string[], fold: Fold): AnswerReader<TextAnswer> {
  const answer = (member: string): TextAnswer => ({ readings: [member], crisp: true });
  const members = (text: string): string[] => [
    ...new Set(membersOf(plainText(text), vocabulary, fold)),
  ];
  const read = (segment: string): TextAnswer[] => {
    const text = plainText(segment);
    const sentence = text.split(/(?<=[.!?])\s|\n/, 1)[0] ?? text;
    const whole = fold(stripFiller(sentence));
    if (vocabulary.includes(whole)) return [answer(whole)];
    const found = members(sentence);
    const first = found[0];
    if (first === undefined || found.length === 1) return found.map(answer);
    // "Carol, because Bob …": the answer stands first, and no alternative follows at once.
    const opens = fold(sentence).startsWith(first);
    const isHedged = /^[\s,]*(?:or|and|\/|&|either)\b|^\s*[/,]\s*\p{L}+\s*$/iu.test(
      sentence.trim().slice(first.length),
    );
    return opens && !isHedged
      ? [answer(first)]
      : isHedged || /\bor\b/.test(sentence)
        ? found.map(answer)
        : [];
  };
  return {
    read,
    readBare: (line) => {
      const text = fold(plainText(line));
      return vocabulary.includes(text) ? answer(text) : undefined;
    },
    conclude: (paragraph) => {
      const bold = [...paragraph.matchAll(/\*\*([^*\n]+)\*\*/g)]
        .map((match) => fold(match[1] ?? ''))
        .filter((text) => vocabulary.includes(text));
      if (new Set(bold).size === 1) return bold.slice(0, 1).map(answer);
      const last = paragraph
        .split(/(?<=[.!?])\s+|\n+/)
        .findLast((text) => members(text).length > 0);
      const found = last === undefined ? [] : members(last);
      return found.length === 1 ? found.map(answer) : [];
    },
    same,
  };
}

export function freeTextReader(fold: Fold): AnswerReader<TextAnswer> {
  const read = (segment: string): TextAnswer[] => {
    const quoted = quotedTexts(segment);
    const text = plainText(segment);
    const sentence = text.split(/(?<=[.!?])\s|\n/, 1)[0] ?? text;
    const candidates = [text, sentence, sentence.replace(ASIDE, '')];
    const onlyQuoted = quoted.length === 1 && !NEGATION.test(text) && !/\bor\b/i.test(text);
    if (onlyQuoted) candidates.push(quoted[0] as string);
    if (!NEGATION.test(sentence)) {
      candidates.push(stripFiller(sentence), stripFiller(sentence.replace(ASIDE, '')));
    }
    const readings = [...new Set(candidates.map(fold))].filter((reading) => reading !== '');
    const isToken = !/\s/.test(fold(sentence));
    return readings.length === 0 ? [] : [{ readings, crisp: onlyQuoted || isToken }];
  };
  return {
    read,
    readBare: (line) => {
      const text = line.trim();
      const isWrapped = /^(["'`“])[^"'`“”]+["'`”]\.?$|^\*\*[^*:]+\*\*\.?$/.test(text);
      return isWrapped || !/\s/.test(text) ? read(text)[0] : undefined;
    },
    conclude: (paragraph) => {
      const quoted = [...new Set(quotedTexts(paragraph).map(fold))];
      if (quoted.length === 1) return read(`"${quotedTexts(paragraph)[0]}"`);
      const last = paragraph.trim().split('\n').at(-1) ?? '';
      return read(last).map((value) => ({ ...value, crisp: false }));
    },
    same,
    isVague: (value) => !value.crisp,
  };
}

function quotedTexts(text: string): string[] {
  return [...text.matchAll(/\*\*([^*\n]+?)\*\*|`([^`\n]+)`|"([^"\n]+)"|“([^”\n]+)”/g)]
    .map((match) => match.slice(1).find((group) => group !== undefined) ?? '')
    .filter((quoted) => !/:\s*$/.test(quoted));
}

const stripFiller = (text: string): string => text.replace(FILLER, '');

/** Vocabulary members in order of occurrence, those in a negated clause left out. */
function membersOf(text: string, vocabulary: string[], fold: Fold): string[] {
  return text.split(/(?<=[,;.])\s|\bbut\b/).flatMap((clause) => {
    if (NEGATION.test(clause)) return [];
    const folded = fold(clause);
    return vocabulary
      .flatMap((member) => {
        const escaped = member.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
        const whole = new RegExp(`(?<![\\p{L}\\d])${escaped}(?![\\p{L}\\d])`, 'gu');
        return [...folded.matchAll(whole)].map((match) => ({ at: match.index, member }));
      })
      .sort((a, b) => a.at - b.at)
      .map(({ member }) => member);
  });
}

const firstClause = (text: string): string =>
  text.includes('\n') ? text : (text.split(/(?<=\D[.!?])\s+(?=\D)|;\s/, 1)[0] ?? text);

function splitList(text: string): string[] {
  const cleaned = text.replace(/^[ \t]*\d+[.)][ \t]+/gm, '').replace(/\\(?:rightarrow|to)\b/g, '→');
  return plainText(cleaned)
    .replace(/^[[({]|[\])}]\.?$/g, '')
    .split(/\s*(?:,\s*(?:and|then)\s|,|;|→|->|=>|>|\n|\band\b|\bthen\b)\s*/i)
    .map((element) => element.trim())
    .filter((element) => element !== '');
}

/** One spelling for texts that differ in case, quotes, outer punctuation and spaces alone. */
export function foldText(text: string, caseSensitive: boolean): string {
  const folded = plainText(text)
    .normalize('NFC')
    .replace(/[’‘]/g, "'")
    .replace(/[“”]/g, '"')
    .replace(/\s+/g, ' ');
  const inner = trimmed(folded, `"' `, `"' .!?,;:`);
  return caseSensitive ? inner : inner.toLowerCase();
}

/** Linear, where a pattern anchored at the end would be quadratic in a run that it cannot match. */
function trimmed(text: string, atStart: string, atEnd: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && atStart.includes(text[start] as string)) start++;
  while (end > start && atEnd.includes(text[end - 1] as string)) end--;
  return text.slice(start, end);
}
