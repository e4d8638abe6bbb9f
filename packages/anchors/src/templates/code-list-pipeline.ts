import type { Random } from '../random.js';
import type { Template } from '../template.js';
import { codeItem } from './code-item.js';

interface Step {
  words: string;
  code: string;
  run: (values: number[]) => number[];
}

const digitSum = (x: number): number =>
  [...String(Math.abs(x))].reduce((sum, digit) => sum + Number(digit), 0);

function steps(random: Random): Step[][] {
  const [k, c, n] = [random.int(2, 5), random.int(1, 9), random.int(2, 3)];
  return [
    [
      {
        words: `keep only the numbers divisible by ${k}`,
        code: `v = v.filter((x) => x % ${k} === 0);`,
        run: (v) => v.filter((x) => x % k === 0),
      },
      {
        words: `add ${c} to every number`,
        code: `v = v.map((x) => x + ${c});`,
        run: (v) => v.map((x) => x + c),
      },
      {
        words: 'keep only the negative numbers',
        code: 'v = v.filter((x) => x < 0);',
        run: (v) => v.filter((x) => x < 0),
      },
    ],
    [
      {
        words: 'replace every number by its square',
        code: 'v = v.map((x) => x * x);',
        run: (v) => v.map((x) => x ** 2),
      },
      {
        words: `drop the first ${n} numbers`,
        code: `v = v.slice(${n});`,
        run: (v) => v.filter((_, i) => i >= n),
      },
      {
        words: `keep only every ${n === 2 ? 'second' : 'third'} number, beginning with the first`,
        code: `v = v.filter((_, i) => i % ${n} === 0);`,
        run: (v) => v.flatMap((x, i) => (i % n === 0 ? [x] : [])),
      },
    ],
    [
      {
        words: 'remove repetitions of numbers that already occurred earlier',
        code: 'v = [...new Set(v)];',
        run: (v) => v.filter((x, i) => v.indexOf(x) === i),
      },
      {
        words:
          'sort the numbers by their absolute value, smallest first, positive before negative in case of a tie',
        code: 'v = [...v].sort((a, b) => Math.abs(a) - Math.abs(b) || b - a);',
        run: (v) =>
          [...v].sort((a, b) => (Math.abs(a) === Math.abs(b) ? b - a : Math.abs(a) - Math.abs(b))),
      },
      {
        words: 'replace every number by the sum of the decimal digits of its absolute value',
        code: 'v = v.map((x) => [...String(Math.abs(x))].reduce((s, d) => s + Number(d), 0));',
        run: (v) => v.map(digitSum),
      },
    ],
    [
      {
        words:
          'replace the list by the differences between each number and the one before it (one element fewer)',
        code: 'v = v.slice(1).map((x, i) => x - v[i]);',
        run: (v) => v.flatMap((x, i) => (i === 0 ? [] : [x - (v[i - 1] as number)])),
      },
      {
        words: 'keep only the numbers that are strictly greater than all the numbers before them',
        code: 'v = v.filter((x, i) => v.slice(0, i).every((y) => y < x));',
        run: (v) => {
          let best = -Infinity;
          return v.filter((x) => x > best && ((best = x), true));
        },
      },
      {
        words: `rotate the list to the left by ${n} places (for shorter lists, by ${n} modulo their length)`,
        code: `if (v.length > 0) v = [...v.slice(${n} % v.length), ...v.slice(0, ${n} % v.length)];`,
        run: (v) => v.map((_, i) => v[(i + n) % v.length] as number),
      },
    ],
  ];
}

const ENDINGS = [
  { words: 'Return the resulting list.', code: 'return v;', run: (v: number[]): unknown => v },
  {
    words: 'Return the sum of the resulting list (0 if it is empty).',
    code: 'return v.reduce((a, b) => a + b, 0);',
    run: (v: number[]): unknown => v.reduce((a, b) => a + b, 0),
  },
  {
    words: 'Return the largest number of the resulting list, or null if it is empty.',
    code: 'return v.length ? Math.max(...v) : null;',
    run: (v: number[]): unknown => (v.length > 0 ? v.reduce((a, b) => Math.max(a, b)) : null),
  },
];

/** How many steps of which difficulty make up a level. */
const SHAPES = {
  1: [0],
  2: [0, 1],
  3: [0, 1, 2],
  4: [0, 1, 2, 2, 3],
  5: [0, 1, 1, 2, 2, 3, 3, 3],
} as const;

export const codeListPipeline: Template = {
  family: 'code-list-pipeline',
  domain: 'code-writing',
  perLevel: 2,
  draw(level, random) {
    const inputs: [number[]][] = [9, 7, 12, 1, 0, 15, 10, 20].map((length) => [
      Array.from({ length }, () => random.int(-30, 30)),
    ]);
    const ending = random.pick(level === 1 ? ENDINGS.slice(0, 1) : ENDINGS);
    const run = (parts: Step[], numbers: number[]): unknown =>
      ending.run(parts.reduce((v, step) => step.run(v), numbers));
    let ordered: Step[];
    do {
      const pools = steps(random);
      const chain: Step[] = [];
      for (const pool of SHAPES[level]) {
        chain.push(random.pick((pools[pool] as Step[]).filter((step) => !chain.includes(step))));
      }
      ordered = random.shuffle(chain);
      // Filters may leave nothing of most lists; then the tests would tell little.
    } while (new Set(inputs.map(([list]) => JSON.stringify(run(ordered, list)))).size < 5);
    const functionName = random.pick(['transform', 'processNumbers', 'digest', 'reshape']);
    const write = (parts: Step[], end = ending.code): string =>
      [
        `function ${functionName}(numbers) {`,
        '  let v = numbers;',
        ...parts.map(({ code }) => `  ${code}`),
        `  ${end}`,
        '}',
      ].join('\n');
    // Forgetting one step: only where the inputs show it.
    const slips = ordered
      .map((step) => ordered.filter((other) => other !== step))
      .filter((parts) =>
        inputs.some(
          ([numbers]) =>
            JSON.stringify(run(parts, numbers)) !== JSON.stringify(run(ordered, numbers)),
        ),
      );
    return codeItem(random, {
      task: `A function receives a list of integers and must do the following, in this order: ${ordered.map(({ words }, i) => `(${i + 1}) ${words}`).join('; ')}. ${ending.words}`,
      functionName,
      parameters: 'numbers',
      solution: write(ordered),
      slips: [...slips.map((parts) => write(parts)), write(ordered, 'return { v };')],
      inputs,
      expected: (numbers) => run(ordered, numbers),
      effort: ordered.length * 4 + SHAPES[level].reduce<number>((sum, pool) => sum + pool, 0),
    });
  },
};
