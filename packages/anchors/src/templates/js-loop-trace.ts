import type { Random } from '../random.js';
import { textItem, type Template } from '../template.js';
import { programQuestion } from './program-question.js';

type Variables = { a: number; b: number; c: number; i: number };
interface Statement {
  text: string;
  /** True to go on with the next round, as `continue` does. */
  run: (v: Variables) => boolean | void;
}

const SHAPES = {
  1: { rounds: 3, statements: 1 },
  2: { rounds: 5, statements: 2 },
  3: { rounds: 7, statements: 3 },
  4: { rounds: 12, statements: 4 },
  5: { rounds: 24, statements: 6 },
} as const;

function makeStatement(random: Random, level: number): Statement {
  const [k, m, r] = [random.int(2, 5), random.int(7, 19), random.int(0, 1)];
  const simple: Statement[] = [
    { text: `a += i * ${k};`, run: (v) => void (v.a += v.i * k) },
    { text: `b += ${k};`, run: (v) => void (v.b += k) },
  ];
  const bounded: Statement[] = [
    { text: `a = (a * ${k} + i) % ${m};`, run: (v) => void (v.a = (v.a * k + v.i) % m) },
    { text: `b = (b + a) % ${m + 4};`, run: (v) => void (v.b = (v.b + v.a) % (m + 4)) },
    { text: `if (i % ${k} === ${r}) c += a;`, run: (v) => void (v.i % k === r && (v.c += v.a)) },
    { text: `c += i % 2 === 0 ? b : -1;`, run: (v) => void (v.c += v.i % 2 === 0 ? v.b : -1) },
  ];
  const intricate: Statement[] = [
    {
      text: `if (a > b) [a, b] = [b, a + ${r}];`,
      run: (v) => void (v.a > v.b && ([v.a, v.b] = [v.b, v.a + r])),
    },
    { text: `if (c > ${m * 3}) c -= ${m * 2};`, run: (v) => void (v.c > m * 3 && (v.c -= m * 2)) },
    {
      text: `if (i === ${k + 1}) { c = c ^ b; continue; }`,
      run: (v) => v.i === k + 1 && ((v.c ^= v.b), true),
    },
    {
      text: `b = Math.floor((a + c) / ${k}) % ${m};`,
      run: (v) => void (v.b = Math.floor((v.a + v.c) / k) % m),
    },
  ];
  return random.pick(level === 1 ? simple : level < 4 ? bounded : [...bounded, ...intricate]);
}

export const jsLoopTrace: Template = {
  family: 'js-loop-trace',
  domain: 'code-output',
  perLevel: 2,
  draw(level, random) {
    const { rounds, statements } = SHAPES[level];
    const body: Statement[] = [];
    while (body.length < statements) {
      const statement = makeStatement(random, level);
      if (!body.some(({ text }) => text === statement.text)) body.push(statement);
    }
    const start = { a: random.int(1, 6), b: random.int(0, 5), c: random.int(0, 3) };
    const run = (upTo: number): string => {
      const variables: Variables = { ...start, i: 1 };
      for (variables.i = 1; variables.i <= upTo; variables.i++) {
        body.some((statement) => statement.run(variables) === true);
      }
      const { a, b, c } = variables;
      return level === 1 ? `${a + b}` : `${a} ${b} ${c}`;
    };
    const program = [
      `let a = ${start.a}, b = ${start.b}, c = ${start.c};`,
      `for (let i = 1; i <= ${rounds}; i++) {`,
      ...body.map(({ text }) => `  ${text}`),
      '}',
      level === 1 ? 'console.log(a + b);' : 'console.log(a, b, c);',
    ].join('\n');
    const answer = run(rounds);
    return textItem(random, {
      question: programQuestion(random, program),
      level,
      answer,
      effort: rounds * statements,
      slips: [
        run(rounds - 1),
        run(rounds + 1),
        run(0),
        answer.replace(/\d$/, (digit) => `${(Number(digit) + 3) % 10}`),
      ],
      grader: { caseSensitive: true, accept: [answer.replaceAll(' ', ', ')] },
      what: 'the printed line',
    });
  },
};
