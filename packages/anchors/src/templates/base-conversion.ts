import { textItem, type Level, type Template } from '../template.js';
import type { Random } from '../random.js';

interface Conversion {
  question: string;
  value: number;
  base: number;
  effort: number;
}

function conversion(level: Level, random: Random): Conversion {
  const write = (value: number, base: number): string => value.toString(base).toUpperCase();
  if (level === 5) {
    const base = random.pick([5, 6, 7, 8, 9, 11, 12]);
    const [a, b] = [random.int(300, 3000), random.int(50, 400)];
    return {
      question: `Multiply the base-${base} numbers ${write(a, base)} and ${write(b, base)}, and write the product in base ${base} as well.`,
      value: a * b,
      base,
      effort: 60,
    };
  }
  const [from, to, min, max] = {
    1: [10, 2, 5, 15],
    2: [10, random.pick([2, 8]), 40, 250],
    3: [10, random.pick([3, 5, 7, 16]), 500, 4000],
    4: [random.pick([6, 7, 9]), random.pick([4, 11, 13]), 5_000, 90_000],
  }[level] as [number, number, number, number];
  const value = random.int(min, max);
  return {
    question: random.pick([
      `Write the base-${from} number ${write(value, from)} in base ${to}.`,
      `Convert ${write(value, from)} from base ${from} to base ${to}.`,
      `How is ${write(value, from)} (base ${from}) written in base ${to}?`,
    ]),
    value,
    base: to,
    effort: value.toString(to).length * level * 2,
  };
}

export const baseConversion: Template = {
  family: 'base-conversion',
  domain: 'arithmetic',
  perLevel: 1,
  draw(level, random) {
    const { question, value, base, effort } = conversion(level, random);
    const letters = base > 10 ? ' Use the letters A, B, C, … for the digits above 9.' : '';
    const answer = value.toString(base).toUpperCase();
    const prefixes: Record<number, string> = { 2: '0b', 8: '0o', 16: '0x' };
    const prefix = prefixes[base];
    return textItem(random, {
      question: question + letters,
      level,
      answer,
      effort,
      slips: [value + 1, value - base, value + base].map((slip) =>
        slip.toString(base).toUpperCase(),
      ),
      grader: {
        accept: [
          ...[`_${base}`, `_{${base}}`, ` (base ${base})`, ` base ${base}`, ` in base ${base}`].map(
            (suffix) => answer + suffix,
          ),
          ...(prefix === undefined ? [] : [prefix + answer]),
        ],
      },
      what: `the digits of the base-${base} number`,
    });
  },
};
