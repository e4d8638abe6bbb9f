import type { Random } from '../random.js';
import { numericItem, type Level, type Template } from '../template.js';

const digits = (random: Random, count: number): number =>
  random.int(10 ** (count - 1) + 1, 10 ** count - 1);

/** An expression, its value, and what slips in order or carrying make of it. */
function expression(
  level: Level,
  random: Random,
): { text: string; value: number; slips: number[]; effort: number } {
  switch (level) {
    case 1: {
      const [a, b] = [digits(random, 2), digits(random, 2)];
      return random.chance(0.5)
        ? { text: `${a} + ${b}`, value: a + b, slips: [a + b - 10, a + b + 1], effort: 4 }
        : { text: `${a + b} - ${b}`, value: a, slips: [a + 10, a - 1], effort: 4 };
    }
    case 2: {
      const [a, b, c] = [digits(random, 3), random.int(3, 9), digits(random, 2)];
      return {
        text: `${c} + ${a} × ${b}`,
        value: c + a * b,
        slips: [(c + a) * b, a * b],
        effort: 8,
      };
    }
    case 3: {
      const [a, b, c, d] = [
        digits(random, 3),
        digits(random, 2),
        digits(random, 2),
        digits(random, 2),
      ];
      const value = a * b - c * d;
      return {
        text: `${a} × ${b} - ${c} × ${d}`,
        value,
        slips: [(a * b - c) * d, value + 100],
        effort: 20,
      };
    }
    case 4: {
      const [a, b, c, d] = [
        digits(random, 3),
        digits(random, 3),
        digits(random, 4),
        digits(random, 2),
      ];
      const e = digits(random, 4);
      const value = (a * b - c) * d + e;
      return {
        text: `(${a} × ${b} - ${c}) × ${d} + ${e}`,
        value,
        slips: [a * b - c * d + e, value - 1000, value + 10],
        effort: 40,
      };
    }
    case 5: {
      const [a, b, c, d] = [5, 5, 4, 5].map((count) => digits(random, count)) as [
        number,
        number,
        number,
        number,
      ];
      const [e, f] = [digits(random, 4), digits(random, 3)];
      const value = a * b - c * d + e * f;
      return {
        text: `${a} × ${b} - ${c} × ${d} + ${e} × ${f}`,
        value,
        slips: [a * b + c * d + e * f, value + 10_000, value - 100],
        effort: 80,
      };
    }
  }
}

export const integerExpression: Template = {
  family: 'integer-expression',
  domain: 'arithmetic',
  perLevel: 2,
  draw(level, random) {
    const { text, value, slips, effort } = expression(level, random);
    const question = random.pick([
      `Compute ${text}.`,
      `What is ${text}?`,
      `Evaluate the expression: ${text}`,
      `Please calculate ${text} for me.`,
    ]);
    return numericItem(random, { question, level, value, slips, effort });
  },
};
