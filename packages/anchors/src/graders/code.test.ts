import { afterAll, describe, expect, it } from '@jest/globals';
import { closeSandbox, runInSandbox } from '../sandbox/sandbox.js';
import { gradeAnswer } from './grade-answer.js';
import type { Grader } from './grader-schema.js';

const grader: Grader = {
  kind: 'code',
  functionName: 'sumEven',
  tests: [
    { expression: 'sumEven([1, 2, 3, 4])', expected: 6 },
    { expression: 'sumEven([])', expected: 0 },
    { expression: 'sumEven([-2, 7, 8])', expected: 6 },
  ],
  timeLimitMs: 200,
};
const body = '(xs) { return xs.filter((x) => x % 2 === 0).reduce((a, b) => a + b, 0); }';

afterAll(closeSandbox);

const right: [string, string][] = [
  ['plain code', `function sumEven${body}`],
  [
    'a fenced block',
    `Here you are:\n\n\`\`\`js\nfunction sumEven${body}\n\`\`\`\nIt filters, then adds.`,
  ],
  ['an unclosed fence', `\`\`\`js\nfunction sumEven${body}`],
  [
    'an arrow function',
    '```\nconst sumEven = (xs) => xs.reduce((a, x) => (x % 2 ? a : a + x), 0);\n```',
  ],
  ['module.exports', `\`\`\`js\nfunction sumEven${body}\nmodule.exports = { sumEven };\n\`\`\``],
  ['an ES module', `\`\`\`js\nimport fs from 'fs';\nexport function sumEven${body}\n\`\`\``],
  ['a default export', `\`\`\`js\nexport default function sumEven${body}\n\`\`\``],
  ['an export list', `\`\`\`js\nfunction sumEven${body}\nexport { sumEven };\n\`\`\``],
  ['console output', `\`\`\`js\nfunction sumEven${body}\nconsole.log(sumEven([2]));\n\`\`\``],
  ['a demo that throws', `\`\`\`js\nfunction sumEven${body}\nrequire('assert')(true);\n\`\`\``],
  ['prose around plain code', `Sure. This is it:\nfunction sumEven${body}\nHope it helps`],
  [
    'a second block with usage',
    `\`\`\`js\nfunction sumEven${body}\n\`\`\`\nUsage:\n\`\`\`js\nsumEven([1, 2]);\n\`\`\``,
  ],
  [
    'a corrected second version',
    `\`\`\`js\nfunction sumEven(xs) { return 1; }\n\`\`\`\nThat was wrong:\n\`\`\`js\nfunction sumEven${body}\n\`\`\``,
  ],
];

const wrong: [string, string][] = [
  ['a wrong sum', 'function sumEven(xs) { return xs.reduce((a, b) => a + b, 0); }'],
  ['nothing returned', 'function sumEven(xs) {}'],
  ['the answers of the first test', 'function sumEven() { return 6; }'],
  ['a syntax error', 'function sumEven(xs) { return xs.filter( }'],
  ['an exception', 'function sumEven(xs) { throw new Error("no"); }'],
  ['a promise', 'async function sumEven(xs) { return 6; }'],
  [
    'a string',
    `function sumEven(xs) { return String(xs.filter((x) => x % 2 === 0).reduce((a, b) => a + b, 0)); }`,
  ],
  ['an endless loop', 'function sumEven(xs) { while (true) {} }'],
  [
    'an endless loop that catches',
    'function sumEven(xs) { for (;;) { try { for (;;) {} } catch {} } }',
  ],
  ['an endless loop while loading', '```js\nfor (;;) {}\nfunction sumEven(xs) {}\n```'],
  ['endless recursion', 'function sumEven(xs) { return sumEven(xs) + 1; }'],
  [
    'a memory bomb',
    'function sumEven(xs) { const all = []; for (;;) all.push(new Array(1e5).fill(7)); }',
  ],
  ['a string bomb', 'function sumEven(xs) { let s = "x"; for (;;) s += s; }'],
  [
    'a native loop without end',
    'function sumEven(xs) { return [].indexOf.call({ length: 2 ** 53 - 1 }, 1); }',
  ],
  [
    'a regular expression without end',
    'function sumEven(xs) { return /^(a+)+$/.test("a".repeat(60) + "b"); }',
  ],
  ['a huge result', 'function sumEven(xs) { return "x".repeat(5e6); }'],
  ['a huge list', 'function sumEven(xs) { return new Array(1e6).fill(1); }'],
  ['a cyclic result', 'function sumEven(xs) { const a = []; a.push(a); return a; }'],
  ['a flood of output', 'function sumEven(xs) { for (;;) console.log("x".repeat(1000)); }'],
  [
    'a proxy',
    'function sumEven(xs) { return new Proxy({}, { get: () => 6, ownKeys: () => ["a"] }); }',
  ],
  [
    'an object that converts to the answer',
    'function sumEven(xs) { return { valueOf: () => 6, toString: () => "6", toJSON: () => 6 }; }',
  ],
  [
    'patched serialisation',
    'JSON.stringify = () => "6"; Object.prototype.toJSON = () => 6; String.prototype.toJSON = () => "6"; function sumEven(xs) { return "no"; }',
  ],
  [
    'patched built-ins',
    'Object.is = () => true; Array.isArray = () => true; Object.keys = () => []; Array.prototype.every = () => true; Number.prototype.toString = () => "6"; function sumEven(xs) { return 5; }',
  ],
  [
    'patched globals',
    'globalThis.eval = () => 6; globalThis.Function = () => () => 6; globalThis.JSON = { stringify: () => "6" }; function sumEven() { return {}; }',
  ],
  [
    'the function replaced by an accessor',
    'Object.defineProperty(globalThis, "sumEven", { get() { return () => ({ $nonJson: "pass" }); } }); const f = "function sumEven(";',
  ],
  [
    'a constructor chain to the host',
    'function sumEven(xs) { return this.constructor.constructor("return process")().exit(); }',
  ],
  ['an exit', 'function sumEven(xs) { process.exit(0); }'],
  ['an import', 'function sumEven(xs) { return import("node:fs"); }'],
  ['a thrown pass', 'function sumEven(xs) { throw { passed: true, score: 1 }; }'],
];

describe('code grading', () => {
  it.each(right)('passes %s', async (_, reply) => {
    const grade = await gradeAnswer(grader, reply);
    expect(grade).toMatchObject({ score: 1, gradable: true });
  });

  it.each(wrong)('fails %s', async (_, reply) => {
    const started = Date.now();
    expect(await gradeAnswer(grader, reply)).toMatchObject({ score: 0, gradable: true });
    expect(Date.now() - started).toBeLessThan(5_000);
  });

  it('cannot grade a reply without the function', async () => {
    for (const reply of [
      'I cannot.',
      '```js\nfunction other() {}\n```',
      'sumEven adds the numbers.',
    ]) {
      expect(await gradeAnswer(grader, reply)).toMatchObject({ score: 0, gradable: false });
    }
  });

  it('goes on after the sandbox was broken, and grades side by side', async () => {
    const replies = [wrong[13], right[0], wrong[11], right[1], right[2]].map(
      (row) => row?.[1] ?? '',
    );
    const grades = await Promise.all(replies.map((reply) => gradeAnswer(grader, reply)));
    expect(grades.map((grade) => grade.score)).toEqual([0, 1, 0, 1, 1]);
  });

  it('leaves this process responsive and unchanged', async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 10);
    await gradeAnswer(grader, 'function sumEven(xs) { globalThis.escaped = 1; while (true) {} }');
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(3);
    expect('escaped' in globalThis).toBe(false);
  });

  it('keeps one program from the next', async () => {
    const limits = { timeLimitMs: 500, memoryLimitBytes: 2 ** 24 };
    await runInSandbox({
      code: 'globalThis.left = 1; Array.prototype.map = null;',
      expressions: [],
      ...limits,
    });
    const run = await runInSandbox({
      code: '',
      expressions: ['typeof left', '[1].map((x) => x + 1)'],
      ...limits,
    });
    expect(run.results).toEqual([{ value: '"undefined"' }, { value: '[2]' }]);
  });

  it('collects what a program prints, in bounds', async () => {
    const limits = { timeLimitMs: 2000, memoryLimitBytes: 2 ** 24 };
    const run = await runInSandbox({
      code: 'console.log("a", 1, [2]); console.log(null)',
      expressions: [],
      ...limits,
    });
    expect(run.printed).toBe('a 1 [2]\nnull\n');
    const flood = await runInSandbox({
      code: 'for (let i = 0; i < 1e4; i++) console.log("x".repeat(100))',
      expressions: [],
      ...limits,
    });
    expect(flood.printed.length).toBeLessThan(70_000);
  });
});
