import { textFormat } from '../answer-format.js';
import type { Random } from '../random.js';
import type { Level, Template } from '../template.js';

interface CodeForm {
  rules: string[];
  pattern: string;
  example: string;
  wrong: string[];
}

const letters = (random: Random, count: number): string =>
  random.sample([...'ABCDEFGHJKLMNPQRSTUVWXYZ'], count).join('');
const digits = (random: Random, count: number): string =>
  Array.from({ length: count }, () => random.int(0, 9)).join('');

function form(level: Level, random: Random): CodeForm {
  const [a, b] = [random.int(2, 4), random.int(2, 5)];
  const mark = random.pick(['-', '/', '_', ':']);
  const [first, second] = [letters(random, a), digits(random, b)];
  const base: CodeForm = {
    rules: [`${a} capital letters, then the sign "${mark}", then ${b} digits`],
    pattern: `[A-Z]{${a}}${mark}[0-9]{${b}}`,
    example: `${first}${mark}${second}`,
    wrong: [
      `${first.toLowerCase()}${mark}${second}`,
      `${first}${second}`,
      `${first}${mark}${second}0`,
    ],
  };
  if (level === 1) return base;
  const last = random.int(0, 9);
  const start = first[0] as string;
  const second2 = second.slice(0, -1) + String(last);
  if (level === 2) {
    return {
      rules: [...base.rules, `the first letter is ${start}`, `the last digit is ${last}`],
      pattern: `${start}[A-Z]{${a - 1}}${mark}[0-9]{${b - 1}}${last}`,
      example: `${first}${mark}${second2}`,
      wrong: [
        ...base.wrong,
        `Z${first.slice(1)}${mark}${second2}`.replace(/^Z(?=Z)/, 'Y'),
        `${first}${mark}${second.slice(0, -1)}${(last + 1) % 10}`,
      ],
    };
  }
  if (level === 3) {
    const pair = letters(random, 2);
    const tail = digits(random, 2);
    return {
      rules: [
        `three groups separated by "${mark}"`,
        'the first group: two different capital letters',
        `the second group: ${b} digits, none of which is 0`,
        'the third group: the letters of the first group in reverse order, followed by two digits',
      ],
      pattern: `([A-Z])(?!\\1)([A-Z])${mark}[1-9]{${b}}${mark}\\2\\1[0-9]{2}`,
      example: `${pair}${mark}${second.replace(/0/g, '7')}${mark}${[...pair].reverse().join('')}${tail}`,
      wrong: [
        `${pair}${mark}${second.replace(/0/g, '7')}${mark}${pair}${tail}`,
        `${pair}${mark}${'0'.repeat(b)}${mark}${[...pair].reverse().join('')}${tail}`,
      ],
    };
  }
  if (level === 4) {
    const rising = random
      .sample([...'123456789'], 4)
      .sort()
      .join('');
    const [x, y, z] = random.sample([...'BCDFGHJKLMNPQRSTVWXYZ'], 3) as [string, string, string];
    const join = (...parts: string[]): string => parts.join(mark);
    return {
      rules: [
        `the form is LLL${mark}DDDD${mark}LLL (L a capital letter, D a digit)`,
        'the four digits strictly increase from left to right',
        'the second group of letters is the first one reversed',
        'the middle letter of each group is neither A nor E nor I nor O nor U',
        'the three letters of the first group all differ',
      ],
      pattern: `([A-Z])(?!\\1)([B-DF-HJ-NP-TV-Z])(?!\\1|\\2)([A-Z])${mark}(?=[0-9]{4}${mark})0?1?2?3?4?5?6?7?8?9?${mark}\\3\\2\\1`,
      example: join(x + y + z, rising, z + y + x),
      wrong: [
        join(x + y + z, [...rising].reverse().join(''), z + y + x),
        join(x + y + z, rising, x + y + z),
        join(`${x}A${z}`, rising, `${z}A${x}`),
        join(x + y + x, rising, x + y + x),
        join(x + y + z, `${rising}9`, z + y + x),
      ],
    };
  }
  const pairs = Array.from(
    { length: 81 },
    (_, i) => [Math.floor(i / 9) + 1, (i % 9) + 1] as const,
  ).filter(([p, q]) => p !== q && p * q >= 10);
  const [p, q] = random.pick(pairs);
  const [x, y, z] = [...letters(random, 3)] as [string, string, string];
  const code = (left: number, middle: string, product: number, right: number): string =>
    [left, middle, product, right].join(mark);
  return {
    rules: [
      `four groups separated by "${mark}"`,
      'the first and the fourth group are single digits from 1 to 9, different from each other',
      'the third group is the product of these two digits, a number with two digits',
      'the second group is a palindrome of five capital letters that contains exactly three different letters',
    ],
    pattern: `(?=.${mark}([A-Z])(?!\\1)([A-Z])(?!\\1|\\2)[A-Z]\\2\\1${mark})(?:${pairs.map(([left, right]) => code(left, '[A-Z]{5}', left * right, right)).join('|')})`,
    example: code(p, x + y + z + y + x, p * q, q),
    wrong: [
      code(p, x + y + z + y + x, p * q + 1, q),
      code(p, x + y + z + x + y, p * q, q),
      code(p, x.repeat(5), p * q, q),
      code(4, x + y + z + y + x, 16, 4),
      code(1, x + y + z + y + x, 6, 6),
    ],
  };
}

export const formatCode: Template = {
  family: 'format-code',
  domain: 'instruction-following',
  perLevel: 1,
  draw(level, random) {
    const { rules, pattern, example, wrong } = form(level, random);
    return {
      text: `Invent one identifier of the following form: ${rules.join('; ')}.\n\n${textFormat(random, level, 'the identifier')}`,
      grader: { kind: 'regex', pattern },
      referenceAnswer: example,
      effort: example.length * level + rules.length * 3,
      wrongAnswers: wrong,
    };
  },
};
