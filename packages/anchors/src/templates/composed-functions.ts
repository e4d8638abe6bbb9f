import type { Random } from '../random.js';
import { numericItem, type Template } from '../template.js';

interface Rule {
  text: string;
  apply: (x: number) => number;
}

const signed = (value: number): string => (value < 0 ? `- ${-value}` : `+ ${value}`);

function linear(random: Random): Rule {
  const [a, b] = [random.int(2, 5), random.int(-9, 9)];
  return { text: `${a}x ${signed(b)}`, apply: (x) => a * x + b };
}
function quadratic(random: Random): Rule {
  const [a, b] = [random.int(-4, 4), random.int(-9, 9)];
  return { text: `x^2 ${signed(a)}x ${signed(b)}`, apply: (x) => x * x + a * x + b };
}
function piecewise(random: Random): Rule {
  const [threshold, a, b, c] = [
    random.int(-3, 6),
    random.int(2, 4),
    random.int(-6, 6),
    random.int(3, 12),
  ];
  return {
    text: `${a}x ${signed(b)} if x > ${threshold}, and ${c} - x otherwise`,
    apply: (x) => (x > threshold ? a * x + b : c - x),
  };
}

const SHAPES = {
  1: [linear],
  2: [linear, linear],
  3: [quadratic, linear],
  4: [quadratic, piecewise, linear],
  5: [quadratic, piecewise, linear, piecewise],
};
/** Order of application, innermost first, as indices into the level's rules. */
const CHAINS = { 1: [0], 2: [1, 0], 3: [1, 0, 1], 4: [1, 2, 0, 1], 5: [3, 2, 1, 0, 3, 2] };

export const composedFunctions: Template = {
  family: 'composed-functions',
  domain: 'algebra',
  perLevel: 1,
  draw(level, random) {
    const names = ['f', 'g', 'h', 'k'];
    const rules = SHAPES[level].map((make) => make(random));
    const chain = CHAINS[level];
    const start = random.int(-5, 7);
    const evaluate = (order: number[]): number =>
      order.reduce((x, index) => (rules[index] as Rule).apply(x), start);
    const value = evaluate(chain);
    const call = chain.reduce((inner, index) => `${names[index]}(${inner})`, String(start));
    const definitions = rules.map((rule, i) => `${names[i]}(x) = ${rule.text}`).join('\n');
    return numericItem(random, {
      question: random.pick([
        `Given\n\n${definitions}\n\nwhat is ${call}?`,
        `Let\n\n${definitions}\n\nEvaluate ${call}.`,
      ]),
      level,
      value,
      slips: [evaluate([...chain].reverse()), evaluate(chain.slice(0, -1)), -value],
      effort: chain.length * 5 + Math.log2(Math.abs(value) + 1),
    });
  },
};
