import type { Random } from '../random.js';
import { textItem, type Level, type Template } from '../template.js';
import { programQuestion } from './program-question.js';

interface Program {
  text: string;
  output: string;
  slips: string[];
  effort: number;
}

function program(level: Level, random: Random): Program {
  const [a, b] = [random.int(2, 5), random.int(1, 6)];
  switch (level) {
    case 1: {
      const n = random.int(3, 5);
      const f = (x: number): number => (x === 0 ? b : f(x - 1) + a);
      return {
        text: `const f = (n) => (n === 0 ? ${b} : f(n - 1) + ${a});\nconsole.log(f(${n}));`,
        output: `${f(n)}`,
        slips: [`${f(n - 1)}`, `${f(n + 1)}`, `${n * a}`],
        effort: n,
      };
    }
    case 2: {
      const n = random.int(5, 7);
      const f = (x: number): number => (x < 2 ? b + x : f(x - 1) + f(x - 2));
      return {
        text: `function f(n) {\n  if (n < 2) return ${b} + n;\n  return f(n - 1) + f(n - 2);\n}\nconsole.log(f(${n}));`,
        output: `${f(n)}`,
        slips: [`${f(n - 1)}`, `${f(n + 1)}`, `${f(n) - b}`],
        effort: 2 * n,
      };
    }
    case 3: {
      const n = random.int(11, 60);
      const f = (x: number, depth: number): string =>
        x <= 1
          ? `${depth}`
          : x % 2 === 0
            ? `${depth % 10}${f(x / 2, depth + 1)}`
            : f(x - 3, depth + a);
      return {
        text: `function f(x, depth) {\n  if (x <= 1) return String(depth);\n  if (x % 2 === 0) return String(depth % 10) + f(x / 2, depth + 1);\n  return f(x - 3, depth + ${a});\n}\nconsole.log(f(${n}, 0));`,
        output: f(n, 0),
        slips: [f(n + 1, 0), f(n, 1), `${f(n, 0)}0`],
        effort: 20,
      };
    }
    case 4: {
      const n = random.int(12, 18);
      const g = (x: number): number => (x === 0 ? 0 : x - h(g(x - 1)));
      const h = (x: number): number => (x === 0 ? 1 : x - g(h(x - 1)));
      return {
        text: `const g = (n) => (n === 0 ? 0 : n - h(g(n - 1)));\nconst h = (n) => (n === 0 ? 1 : n - g(h(n - 1)));\nconsole.log(g(${n}) * 10 + h(${n - b}));`,
        output: `${g(n) * 10 + h(n - b)}`,
        slips: [`${g(n - 1) * 10 + h(n - b)}`, `${g(n) * 10 + h(n - b) + 1}`, `${g(n) + h(n - b)}`],
        effort: 45,
      };
    }
    case 5: {
      const size = random.int(7, 9);
      const calls: string[] = [];
      let seen = 0;
      const visit = (low: number, high: number, key: number): number => {
        if (low > high) return key;
        seen++;
        const middle = ((low * a + high) % (high - low + 1)) + low;
        const left = visit(low, middle - 1, (key * 3 + middle) % 101);
        if (middle % 3 === b % 3) calls.push(`${middle}`);
        return visit(middle + 1, high, (left + seen) % 89);
      };
      const result = visit(0, size, b);
      return {
        text: `let seen = 0;\nconst calls = [];\nfunction visit(low, high, key) {\n  if (low > high) return key;\n  seen++;\n  const middle = ((low * ${a} + high) % (high - low + 1)) + low;\n  const left = visit(low, middle - 1, (key * 3 + middle) % 101);\n  if (middle % 3 === ${b % 3}) calls.push(middle);\n  return visit(middle + 1, high, (left + seen) % 89);\n}\nconst result = visit(0, ${size}, ${b});\nconsole.log(calls.join('-') + ':' + result);`,
        output: `${calls.join('-')}:${result}`,
        slips: [
          `${calls.join('-')}:${(result + 1) % 89}`,
          `${[...calls].reverse().join('-')}:${result}x`,
          `${result}`,
        ],
        effort: 80,
      };
    }
  }
}

export const jsRecursion: Template = {
  family: 'js-recursion',
  domain: 'code-output',
  perLevel: 2,
  draw(level, random) {
    const { text, output, slips, effort } = program(level, random);
    return textItem(random, {
      question: programQuestion(random, text),
      level,
      answer: output,
      effort,
      slips,
      grader: { caseSensitive: true },
      what: 'the printed line',
    });
  },
};
