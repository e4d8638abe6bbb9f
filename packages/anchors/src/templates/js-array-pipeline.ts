import type { Random } from '../random.js';
import { textItem, type Template } from '../template.js';
import { programQuestion } from './program-question.js';

interface Step {
  text: string;
  run: (values: number[]) => number[];
}
const SHAPES = {
  1: { size: 4, steps: 1 },
  2: { size: 5, steps: 2 },
  3: { size: 7, steps: 4 },
  4: { size: 9, steps: 6 },
  5: { size: 14, steps: 9 },
} as const;

function makeStep(random: Random, level: number): Step {
  const [k, c, at] = [random.int(2, 4), random.int(1, 9), random.int(1, 3)];
  const basic: Step[] = [
    { text: `.map((x) => x * ${k} + ${c})`, run: (v) => v.map((x) => (x * k + c) % 1e9) },
    { text: `.filter((x) => x > ${c})`, run: (v) => v.filter((x) => x > c) },
    { text: `.map((x) => x - ${c})`, run: (v) => v.map((x) => x - c) },
  ];
  const middle: Step[] = [
    { text: `.filter((x) => x % ${k} !== 0)`, run: (v) => v.filter((x) => x % k !== 0) },
    { text: `.slice(${at})`, run: (v) => v.slice(at) },
    { text: '.reverse()', run: (v) => [...v].reverse() },
    { text: '.map((x, i) => x + i)', run: (v) => v.map((x, i) => x + i) },
    { text: '.sort((a, b) => b - a)', run: (v) => [...v].sort((a, b) => b - a) },
  ];
  const hard: Step[] = [
    {
      text: '.sort()',
      run: (v) =>
        [...v].sort((a, b) => (String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0)),
    },
    {
      text: `.flatMap((x) => (x > ${c} ? [x, x % ${k}] : [x]))`,
      run: (v) => v.flatMap((x) => (x > c ? [x, x % k] : [x])),
    },
    {
      text: `.map((x, i, all) => x + (all[i + 1] ?? ${c}))`,
      run: (v) => v.map((x, i, all) => x + (all[i + 1] ?? c)),
    },
    {
      text: `.filter((x, i, all) => all.indexOf(x) === i)`,
      run: (v) => v.filter((x, i, all) => all.indexOf(x) === i),
    },
    { text: `.slice(-${at + 4}, -1)`, run: (v) => v.slice(-(at + 4), -1) },
    { text: `.concat([${c}, ${k}])`, run: (v) => [...v, c, k] },
  ];
  return random.pick(
    level === 1
      ? basic
      : level === 2
        ? [...basic, ...middle]
        : level === 3
          ? [...middle, ...basic]
          : [...hard, ...middle, ...basic.slice(0, 1)],
  );
}

export const jsArrayPipeline: Template = {
  family: 'js-array-pipeline',
  domain: 'code-output',
  perLevel: 2,
  draw(level, random) {
    const { size, steps } = SHAPES[level];
    for (;;) {
      const values = Array.from({ length: size }, () => random.int(1, 20));
      const chain = Array.from({ length: steps }, () => makeStep(random, level));
      const run = (parts: Step[]): number[] => parts.reduce((v, step) => step.run(v), values);
      const result = run(chain);
      if (result.length < 2 || result.length > 12 || result.some((x) => Math.abs(x) > 5_000))
        continue;
      const program = [
        `const values = [${values.join(', ')}];`,
        'const result = values',
        ...chain.map(({ text }, i) => `  ${text}${i === steps - 1 ? ';' : ''}`),
        "console.log(result.join(','));",
      ].join('\n');
      const answer = result.join(',');
      return textItem(random, {
        question: programQuestion(random, program),
        level,
        answer,
        effort: size * steps,
        slips: [
          run(chain.slice(0, -1)).join(','),
          run([...chain].reverse()).join(','),
          result.slice(1).join(','),
          values.join(','),
          `${answer},0`,
          answer.replace(/^\d+/, (first) => `${Number(first) + 1}`),
        ],
        grader: { caseSensitive: true, accept: [result.join(', ')] },
        what: 'the printed line',
      });
    }
  },
};
