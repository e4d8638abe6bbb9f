import type { Random } from '../random.js';
import { numericItem, type Level, type Template } from '../template.js';

interface Sequence {
  /** Said beside the terms, so that only one continuation is right. */
  hint: string;
  terms: (count: number) => number[];
  effort: number;
}

function sequence(level: Level, random: Random): Sequence {
  const [a, b, c] = [random.int(2, 9), random.int(2, 6), random.int(2, 7)];
  const recur =
    (start: number[], next: (terms: number[]) => number) =>
    (count: number): number[] => {
      const terms = [...start];
      while (terms.length < count) terms.push(next(terms));
      return terms;
    };
  const last = (terms: number[], back = 1): number => terms.at(-back) as number;
  switch (level) {
    case 1:
      return {
        hint: 'Each term is the one before it plus a fixed number.',
        terms: recur([a], (t) => last(t) + b),
        effort: 3,
      };
    case 2:
      return random.pick([
        {
          hint: 'Each term is the one before it times a fixed number, plus another fixed number.',
          terms: recur([a], (t) => b * last(t) + c),
          effort: 7,
        },
        {
          hint: 'The differences between neighbours form an arithmetic sequence.',
          terms: (count: number) => Array.from({ length: count }, (_, i) => b * i * i + c * i + a),
          effort: 8,
        },
      ]);
    case 3:
      return random.pick([
        {
          hint: 'From the third on, each term is the sum of a fixed multiple of the term before and a fixed multiple of the one before that.',
          terms: recur([a, c], (t) => b * last(t) - last(t, 2)),
          effort: 14,
        },
        {
          hint: 'Two arithmetic sequences alternate.',
          terms: (count: number) =>
            Array.from({ length: count }, (_, i) =>
              i % 2 === 0 ? a + (b * i) / 2 : 60 - (c * (i - 1)) / 2,
            ),
          effort: 10,
        },
      ]);
    case 4:
      return random.pick([
        {
          hint: 'The terms are the values of a cubic polynomial at 1, 2, 3, …',
          terms: (count: number) =>
            Array.from(
              { length: count },
              (_, i) => (i + 1) ** 3 * b - (i + 1) ** 2 * c + a * (i + 1),
            ),
          effort: 22,
        },
        {
          hint: 'From the fourth on, each term is the sum of the three before it, minus a fixed number.',
          terms: recur([a, b, c + 4], (t) => last(t) + last(t, 2) + last(t, 3) - c),
          effort: 20,
        },
      ]);
    case 5:
      return random.pick([
        {
          hint: 'From the third on, each term is p times the one before it, plus q times the one before that, plus r, for fixed integers p, q and r.',
          terms: recur([a, c], (t) => b * last(t) + (c - 5) * last(t, 2) + a),
          effort: 36,
        },
        {
          hint: 'The terms are the values of a polynomial of degree four at 0, 1, 2, …',
          terms: (count: number) =>
            Array.from(
              { length: count },
              (_, i) => i ** 4 - b * i ** 3 + c * i ** 2 - a * i + b * c,
            ),
          effort: 40,
        },
      ]);
  }
}

export const nextTerm: Template = {
  family: 'next-term',
  domain: 'sequences',
  perLevel: 2,
  draw(level, random) {
    const { hint, terms, effort } = sequence(level, random);
    const shown = level < 3 ? 5 : 7;
    const ahead = level < 3 ? 1 : level - 1;
    const all = terms(shown + ahead);
    const value = all.at(-1) as number;
    const ask =
      ahead === 1
        ? 'What comes next?'
        : `What is term number ${shown + ahead}, if the first one shown is term number 1?`;
    return numericItem(random, {
      question: `${all.slice(0, shown).join(', ')}, …\n\n${hint} ${ask}`,
      level,
      value,
      slips: [all.at(-2) as number, terms(shown + ahead + 1).at(-1) as number, value + 2],
      effort,
      what: 'that term',
    });
  },
};
