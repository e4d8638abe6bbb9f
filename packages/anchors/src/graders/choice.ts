import { plainText } from '../reply/plain-text.js';
import type { AnswerReader } from '../reply/final-answer.js';
import type { GraderOf } from './grader-schema.js';

const NEGATION =
  /\b(?:not|isn't|aren't|cannot be|can't be|rule[sd]? out|eliminate[sd]?|incorrect|wrong)\b/i;
const ALTERNATIVE =
  /^[)\].*\s]*(?:or|and|\/|,|&|and\/or)\s*(?:option\s+)?\(?([A-J])\)?(?![\p{L}\d'])/u;

/** Reads letters; an option's own text stands for its letter. */
export function choiceReader(grader: GraderOf<'choice'>): AnswerReader<string> {
  const letters = grader.options.map((_, i) => String.fromCharCode(65 + i));
  const texts = grader.options.map(normalise);

  const byText = (text: string): string | undefined => {
    const index = texts.indexOf(normalise(text));
    return index < 0 ? undefined : letters[index];
  };

  /** Options whose text occurs, dropping those that only occur inside a longer one that does too. */
  const textsWithin = (text: string): string[] => {
    const haystack = ` ${normalise(text)} `;
    const hits = texts.filter((option) => haystack.includes(` ${option} `));
    return hits
      .filter(
        (option) => !hits.some((other) => other !== option && ` ${other} `.includes(` ${option} `)),
      )
      .map((option) => letters[texts.indexOf(option)] as string);
  };

  const readLeading = (text: string): string[] | undefined => {
    const match =
      /^(?:(?:option|choice|letter|answer|statement)\s+)?[("'[]*([A-Ja-j])[)"'\]]*(?=$|[\s.:,;/&=–—-])([.:,;–—-]*)\s*([\s\S]*)$/.exec(
        text,
      );
    if (!match) return undefined;
    const raw = match[1] as string;
    const rest = match[3] ?? '';
    const isMarked =
      /^(?:option|choice|letter|answer|statement)\b/i.test(text) || /^[("'[]/.test(text);
    const isDelimited = match[2] !== '' || rest === '' || /^[A-J][)\]]/i.test(text) || isMarked;
    // "A mitochondrion", "a cell": an article, unless the option's own text or a delimiter follows.
    const letter = raw.toUpperCase();
    const own = byText(rest.split(/[.\n]/, 1)[0] ?? '') ?? byText(rest);
    const isProse = /^(?:is|because|since|as|-|–|—|→|or|and|\/|&|,)/i.test(rest) && raw === letter;
    if (!isDelimited && own !== letter && !isProse) return undefined;
    if (raw !== letter && !isMarked && rest !== '' && !/^[a-j][).\]:]/.test(text)) return undefined;
    const other = ALTERNATIVE.exec(text.slice(text.indexOf(raw) + 1))?.[1];
    if (other !== undefined) return [letter, other];
    return own !== undefined && own !== letter ? [letter, own] : [letter];
  };

  const explicitLetters = (text: string): string[] => {
    const patterns = [
      /\(([A-J])\)/g,
      /\*\*\(?([A-J])[).:]?(?:\*\*|\s)/g,
      /\b(?:option|choice|answer|letter|statement)\s+["'(*]*([A-J])\b/gi,
      /\b([A-J])\s+is\s+(?:the\s+)?(?:only\s+)?(?:correct|right|best|true)/g,
      /\b(?:is|choose|select|pick|with|be|answer|→|=)\s*:?\s*["'(*]*([A-J])["')*]*(?=[\s.,;:!]*$|[.,;:)*]|\s+(?:because|since|as)\b)/g,
    ];
    return patterns.flatMap((pattern) =>
      [...text.matchAll(pattern)]
        .filter((match) => !NEGATION.test(clauseBefore(text, match.index)))
        .filter(
          (match) =>
            !/^[\s*)]*is\s+(?:not|wrong|incorrect)\b/i.test(
              text.slice(match.index + match[0].length),
            ),
        )
        .map((match) => (match[1] as string).toUpperCase()),
    );
  };

  const read = (segment: string): string[] => {
    const text = plainText(segment).replace(/^["'\s]+|["'\s]+$/g, '');
    const whole = byText(text);
    if (whole !== undefined && !/^\(?[A-J][).\]]/.test(text)) return [whole];
    const leading = readLeading(text);
    if (leading) return leading;
    const sentence = text.split(/(?<=[.!?])\s/, 1)[0] ?? text;
    const explicit = [...new Set(explicitLetters(sentence))];
    if (explicit.length > 0) {
      const other = ALTERNATIVE.exec(
        sentence.slice(sentence.lastIndexOf(explicit[0] as string) + 1),
      )?.[1];
      return other === undefined ? explicit : [...explicit, other];
    }
    const affirmed = sentence.replace(/,?\s*\b(?:and not|not|rather than|instead of)\b.*$/i, '');
    if (NEGATION.test(affirmed)) return [];
    const bySentence = byText(affirmed);
    return bySentence === undefined ? textsWithin(affirmed) : [bySentence];
  };

  return {
    read,
    readBare: (line) => {
      const text = plainText(line);
      if (/^\(?[A-J]\)?[.:]?$/i.test(text)) return text.replace(/[^A-Ja-j]/g, '').toUpperCase();
      const whole = byText(text);
      if (whole !== undefined) return whole;
      const match = /^\(?([A-J])[).:\]]\s*(.+)$/.exec(text);
      if (!match) return undefined;
      const own = byText(match[2] ?? '') ?? byText((match[2] ?? '').split(/[.\n]/, 1)[0] ?? '');
      return own === undefined || own === match[1] ? match[1] : undefined;
    },
    conclude: (paragraph) => {
      const sentences = withoutOptionList(paragraph)
        .split(/(?<=[.!?])\s+|\n+/)
        .filter((text) => text.trim() !== '');
      const last = sentences.at(-1) ?? '';
      const letter = [...new Set(explicitLetters(last))];
      if (letter.length > 0) return letter;
      const anywhere = [...new Set(explicitLetters(sentences.join('\n')))];
      if (anywhere.length > 0) return anywhere;
      return NEGATION.test(last) ? [] : textsWithin(plainText(last));
    },
    same: (a, b) => a === b,
  };
}

/** Options restated line by line are no answer. */
function withoutOptionList(text: string): string {
  const isOption = (line: string): boolean => /^\s*(?:[-*]\s+)?(?:\*\*)?\(?[A-J][).:]/.test(line);
  const lines = text.split('\n');
  return lines.filter(isOption).length > 1
    ? lines.filter((line) => !isOption(line)).join('\n')
    : text;
}

const clauseBefore = (text: string, index: number): string =>
  text
    .slice(0, index)
    .split(/[,;.\n]|\bbut\b/)
    .at(-1) ?? '';

function normalise(text: string): string {
  return plainText(text)
    .normalize('NFKC')
    .toLowerCase()
    .replace(/^(?:the|a|an)\s+/, '')
    .replace(/["'“”‘’]/g, '')
    .replace(/[.,;:!?()]+(?=\s|$)/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}
