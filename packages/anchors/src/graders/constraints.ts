import { withoutReasoning } from '../reply/reply-parts.js';
import type { Constraint } from './constraint-schema.js';

const PREFACE =
  /^[ \t]*(?:sure|certainly|of course|absolutely|here(?:'s| is| are)|below is|okay|ok)\b[^\n]*[:!.][ \t]*\n+/i;

/**
 * The text that a reply offers: without reasoning, a polite first line, the one code fence or the
 * quotes around it, and emphasis marks. Bullets and line breaks stay, for checks read them.
 */
export function offeredText(reply: string): string {
  let text = withoutReasoning(reply).replace(PREFACE, '').trim();
  const fences = [
    ...text.matchAll(/^(?:`{3,9}|~{3,9})[^\n]*\n([\s\S]*?)^(?:`{3,9}|~{3,9})[ \t]*$/gm),
  ];
  if (fences.length === 1) text = (fences[0]?.[1] ?? '').trim();
  text = text.replace(/\*\*|__/g, '').replace(/^(?:final\s+)?answer:[ \t]*\n?/i, '');
  const quoted = /^(["“])([^"“”]+)["”]$/.exec(text);
  return (quoted?.[2] ?? text).trim();
}

const WORD = /[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu;
const words = (text: string): string[] => text.match(WORD) ?? [];
const lines = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '');
const withoutBullet = (line: string): string =>
  line.replace(/^\s*(?:[-*•+]|\d+[.)])\s+/, '').trim();

/** What the text does that a check forbids; null when it passes. */
export function breaches(text: string, check: Constraint): string | null {
  const fail = (found: string): string => `${check.type}: ${found}`;
  const within = (count: number, bounds: { min?: number | undefined; max?: number | undefined }) =>
    count >= (bounds.min ?? 0) && count <= (bounds.max ?? Infinity)
      ? null
      : fail(`${count}, wanted ${bounds.min ?? 0} to ${bounds.max ?? 'any'}`);
  const unless = (holds: boolean, found: string): string | null => (holds ? null : fail(found));
  const partsOf = (of: 'lines' | 'words'): string[] =>
    (of === 'lines' ? lines(text).map(withoutBullet) : words(text)).map((part) =>
      part.toLowerCase(),
    );

  switch (check.type) {
    case 'word-count':
      return within(words(text).length, check);
    case 'sentence-count':
      return within(
        text.split(/(?<=[.!?]["'”)]{0,2})\s+/).filter((part) => /\p{L}/u.test(part)).length,
        check,
      );
    case 'line-count':
      return within(lines(text).length, check);
    case 'paragraph-count':
      return within(text.split(/\n\s*\n/).filter((part) => part.trim() !== '').length, check);
    case 'character-count':
      return within([...text].length, check);
    case 'occurrences':
      return within(occurrences(text, check.text), check);
    case 'excludes':
      return unless(occurrences(text, check.text) === 0, `"${check.text}" occurs`);
    case 'starts-with':
      return unless(
        text.toLowerCase().startsWith(check.text.toLowerCase()),
        `starts "${text.slice(0, 20)}"`,
      );
    case 'ends-with':
      return unless(
        text.toLowerCase().endsWith(check.text.toLowerCase()),
        `ends "${text.slice(-20)}"`,
      );
    case 'letter-case':
      return unless(
        /\p{L}/u.test(text) &&
          text === (check.case === 'lower' ? text.toLowerCase() : text.toUpperCase()),
        `not all ${check.case} case`,
      );
    case 'acrostic': {
      const initials = partsOf(check.of)
        .map((part) => /[\p{L}\p{N}]/u.exec(part)?.[0] ?? '')
        .join('');
      return unless(initials === check.letters.toLowerCase(), `spells "${initials}"`);
    }
    case 'words-per-line':
      return lines(text).reduce<string | null>(
        (fault, line) => fault ?? within(words(withoutBullet(line)).length, check),
        null,
      );
    case 'line-prefix':
      return unless(
        lines(text).every((line) => line.trimStart().startsWith(check.text)),
        `a line lacks "${check.text}"`,
      );
    case 'line-pattern': {
      const pattern = new RegExp(`^(?:${check.pattern})$`, 'u');
      return unless(
        lines(text).every((line) => pattern.test(line.trim())),
        'a line has another form',
      );
    }
    case 'word-length':
      return words(text).reduce<string | null>(
        (fault, word) => fault ?? within([...word].length, check),
        null,
      );
    case 'alphabetical': {
      const parts = partsOf(check.of);
      return unless(
        parts.every((part, i) => i === 0 || (parts[i - 1] ?? '') <= part),
        'out of order',
      );
    }
    case 'distinct-words': {
      const all = partsOf('words');
      return unless(new Set(all).size === all.length, 'a word occurs twice');
    }
    case 'vocabulary': {
      const known = new Set(check.words.map((word) => word.toLowerCase()));
      const stranger = partsOf(check.of).find((part) => !known.has(part));
      return unless(stranger === undefined, `"${stranger}" is not in the vocabulary`);
    }
  }
}

/** Occurrences of a text, whatever its case; a text of letters alone of length > 1 counts as a whole word. */
function occurrences(text: string, wanted: string): number {
  const escaped = wanted.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const isWord = /^\p{L}{2,}$/u.test(wanted);
  const pattern = isWord ? `(?<![\\p{L}\\d])${escaped}(?![\\p{L}\\d])` : escaped;
  return (text.match(new RegExp(pattern, 'giu')) ?? []).length;
}
