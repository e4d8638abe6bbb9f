import { textItem, type Template } from '../template.js';
import { WORD_BANK } from './word-bank.js';

type Order = [words: string, compare: (a: string, b: string) => number];
const text = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const reversed = (word: string): string => [...word].reverse().join('');
const vowels = (word: string): number => (word.match(/[aeiou]/g) ?? []).length;

const ORDERS: Record<number, Order[]> = {
  1: [['alphabetically', text]],
  2: [
    ['in reverse alphabetical order', (a, b) => text(b, a)],
    [
      'by length, shortest first; words of equal length alphabetically',
      (a, b) => a.length - b.length || text(a, b),
    ],
  ],
  3: [
    [
      'by their last letter; words with the same last letter alphabetically',
      (a, b) => text(a.slice(-1), b.slice(-1)) || text(a, b),
    ],
    [
      'by their second letter, from z to a; ties alphabetically',
      (a, b) => text(b[1] ?? '', a[1] ?? '') || text(a, b),
    ],
  ],
  4: [
    [
      'by the number of vowels (a, e, i, o, u), most first; ties by length, shortest first; remaining ties alphabetically',
      (a, b) => vowels(b) - vowels(a) || a.length - b.length || text(a, b),
    ],
  ],
  5: [
    [
      'as if every word were read backwards: alphabetically by the reversed words, but all words with exactly two vowels (a, e, i, o, u) come before all others',
      (a, b) => Number(vowels(b) === 2) - Number(vowels(a) === 2) || text(reversed(a), reversed(b)),
    ],
  ],
};
const SIZES = { 1: 4, 2: 6, 3: 8, 4: 10, 5: 14 } as const;

export const wordSorting: Template = {
  family: 'word-sorting',
  domain: 'text-operations',
  perLevel: 1,
  draw(level, random) {
    const words = random.sample(WORD_BANK, SIZES[level]);
    const [rule, compare] = random.pick(ORDERS[level] as Order[]);
    const sorted = [...words].sort(compare);
    const plain = [...words].sort(text);
    const swapped = [sorted[1], sorted[0], ...sorted.slice(2)];
    return textItem(random, {
      question: `Sort these words ${rule}:\n\n${words.join(', ')}`,
      level,
      answer: sorted.join(', '),
      effort: words.length * level * 2,
      slips: [
        swapped.join(', '),
        [...sorted].reverse().join(', '),
        sorted.slice(0, -1).join(', '),
        plain.join(', '),
      ],
      grader: { form: 'list' },
      what: 'the sorted list, separated by commas',
    });
  },
};
