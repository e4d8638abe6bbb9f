import type { Random } from '../random.js';
import { textItem, type Level, type Template } from '../template.js';
import { programQuestion } from './program-question.js';

interface Snippet {
  lines: string[];
  output: string;
  slips: string[];
}
type Maker = (random: Random) => Snippet;

const stringPlus: Maker = (random) => {
  const [a, b, c] = [random.int(1, 9), random.int(1, 9), random.int(1, 9)];
  return {
    lines: [`console.log(${a} + ${b} + '${c}' + ${a});`],
    output: `${a + b}${c}${a}`,
    slips: [`${a + b + c + a}`, `${a}${b}${c}${a}`],
  };
};
const alias: Maker = (random) => {
  const [a, b, c] = [random.int(1, 9), random.int(10, 19), random.int(20, 29)];
  return {
    lines: [
      `const first = [${a}, ${b}];`,
      'const second = first;',
      'const third = [...first];',
      `second.push(${c});`,
      "console.log(first.length + third.length, first.join('-'));",
    ],
    output: `5 ${a}-${b}-${c}`,
    slips: [`4 ${a}-${b}`, `6 ${a}-${b}-${c}`],
  };
};
const defaults: Maker = (random) => {
  const [a, b] = [random.int(2, 9), random.int(2, 9)];
  return {
    lines: [
      `const f = (x = ${a}, y = x * 2) => x + y;`,
      `console.log(f(), f(undefined, ${b}), f(null, ${b}), f(0) || ${b});`,
    ],
    output: `${3 * a} ${a + b} ${b} ${b}`,
    slips: [`${3 * a} NaN ${b} 0`, `${3 * a} ${a + b} ${a + b} ${b}`],
  };
};
const nullish: Maker = (random) => {
  const [a, b] = [random.int(2, 9), random.int(10, 19)];
  return {
    lines: [
      `const box = { n: 0, s: '', list: [${a}] };`,
      `console.log(box.n ?? ${b}, box.n || ${b}, box.s ?? '-', box.list?.[1] ?? ${b}, typeof box.list);`,
    ].map((line) => line.replace("box.s ?? '-'", "(box.s ?? '-').length")),
    output: `0 ${b} 0 ${b} object`,
    slips: [`${b} ${b} 1 ${b} array`, `0 0 0 undefined object`],
  };
};
const closures: Maker = (random) => {
  const [n, k] = [random.int(3, 5), random.int(2, 6)];
  return {
    lines: [
      'const withVar = [];',
      'const withLet = [];',
      `for (var i = 0; i < ${n}; i++) withVar.push(() => i * ${k});`,
      `for (let j = 0; j < ${n}; j++) withLet.push(() => j * ${k});`,
      'console.log(withVar[0](), withVar[1](), withLet[0](), withLet[1]());',
    ],
    output: `${n * k} ${n * k} 0 ${k}`,
    slips: [`0 ${k} 0 ${k}`, `${(n - 1) * k} ${(n - 1) * k} 0 ${k}`],
  };
};
const lexicalSort: Maker = (random) => {
  const values = random.sample([1, 2, 3, 9, 10, 11, 20, 25, 80, 100, 101, 200], 6);
  const sorted = [...values].map(String).sort();
  return {
    lines: [
      `const values = [${values.join(', ')}];`,
      'values.sort();',
      "console.log(values.join(' '));",
    ],
    output: sorted.join(' '),
    slips: [
      [...values].sort((a, b) => a - b).join(' ') +
        (sorted.join() === [...values].sort((a, b) => a - b).join() ? ' 0' : ''),
      values.join(' ') + ' 0',
    ],
  };
};
const parsing: Maker = (random) => {
  const [a, b] = [random.int(12, 98), random.int(3, 7)];
  return {
    lines: [
      `console.log(parseInt('${a}px'), Number('${a}px'), parseInt('101', 2) + ${b}, ['1', '2', '3'].map(parseInt).join('|'));`,
    ],
    output: `${a} NaN ${5 + b} 1|NaN|NaN`,
    slips: [`${a} ${a} ${5 + b} 1|2|3`, `NaN NaN ${101 + b} 1|2|3`],
  };
};
const tryFinally: Maker = (random) => {
  const [a, b] = [random.int(1, 9), random.int(10, 19)];
  return {
    lines: [
      'const log = [];',
      'function f(x) {',
      '  try {',
      `    if (x > ${a}) throw x;`,
      '    return x;',
      '  } catch (e) {',
      '    log.push(e);',
      `    return e + ${b};`,
      '  } finally {',
      "    log.push('f');",
      `    if (x === ${b}) return -1;`,
      '  }',
      '}',
      `console.log(f(${a}), f(${a + 1}), f(${b}), log.join(''));`,
    ],
    output: `${a} ${a + 1 + b} -1 f${a + 1}f${b}f`,
    slips: [`${a} ${a + 1 + b} ${2 * b} f${a + 1}f${b}f`, `${a} ${a + 1 + b} -1 ${a + 1}f${b}f`],
  };
};
const generators: Maker = (random) => {
  const [a, b] = [random.int(2, 5), random.int(1, 4)];
  return {
    lines: [
      'function* walk(n) {',
      '  let step = 1;',
      '  while (n > 0) {',
      '    const told = yield n;',
      '    if (told) step += told;',
      '    n -= step;',
      '  }',
      "  return 'end';",
      '}',
      `const it = walk(${3 * a + b + 4});`,
      'const out = [it.next(5).value];',
      `out.push(it.next().value, it.next(${a}).value, it.next().value);`,
      "console.log(out.join(' '));",
    ],
    output: (() => {
      const n = 3 * a + b + 4;
      return `${n} ${n - 1} ${n - 1 - (1 + a)} ${n - 1 - 2 * (1 + a)}`;
    })(),
    slips: [
      `${3 * a + b + 4} ${3 * a + b + 3} ${3 * a + b + 2} ${3 * a + b + 1}`,
      `${3 * a + b - 1} ${a} ${b} end`,
    ],
  };
};
const microtasks: Maker = (random) => {
  const names = random.sample([...'ABCDEFGH'], 6);
  const [a, b, c, d, e, f] = names as [string, string, string, string, string, string];
  return {
    lines: [
      'const log = [];',
      `const later = async (x) => { log.push(x); await null; log.push(x.toLowerCase()); };`,
      `log.push('${a}');`,
      `const p = later('${b}');`,
      `Promise.resolve().then(() => log.push('${c}')).then(() => log.push('${d}'));`,
      `p.then(() => log.push('${e}'));`,
      `log.push('${f}');`,
      `Promise.resolve().then(() => {}).then(() => {}).then(() => {}).then(() => console.log(log.join('')));`,
    ],
    output: `${a}${b}${f}${b.toLowerCase()}${c}${e}${d}`,
    slips: [
      `${a}${b}${b.toLowerCase()}${c}${d}${e}${f}`,
      `${a}${b}${f}${b.toLowerCase()}${c}${d}${e}`,
      `${a}${f}${b}${b.toLowerCase()}${c}${e}${d}`,
    ],
  };
};
const prototypes: Maker = (random) => {
  const [a, b, c] = [random.int(1, 9), random.int(10, 19), random.int(20, 29)];
  return {
    lines: [
      'class Base {',
      `  value = ${a};`,
      '  constructor() { this.init(); }',
      `  init() { this.extra = this.value * 2; }`,
      '  get size() { return this.value + (this.extra ?? 0); }',
      '}',
      'class Child extends Base {',
      `  value = ${b};`,
      `  extra;`,
      `  init() { super.init(); this.seen = this.extra + ${c}; }`,
      '}',
      'const child = new Child();',
      'console.log(child.value, child.extra, child.seen, child.size);',
    ],
    output: `${b} undefined ${2 * a + c} ${b}`,
    slips: [`${b} ${2 * a} ${2 * a + c} ${b + 2 * a}`, `${b} ${2 * b} ${2 * b + c} ${3 * b}`],
  };
};

const MAKERS: Record<Level, Maker[]> = {
  1: [stringPlus],
  2: [alias, defaults],
  3: [nullish, closures, lexicalSort],
  4: [parsing, tryFinally],
  5: [generators, microtasks, prototypes],
};

export const jsSemantics: Template = {
  family: 'js-semantics',
  domain: 'code-output',
  perLevel: 2,
  draw(level, random) {
    const { lines, output, slips } = random.pick(MAKERS[level])(random);
    return textItem(random, {
      question: programQuestion(random, lines.join('\n')),
      level,
      answer: output,
      effort: 8 * level + lines.length,
      slips,
      grader: { caseSensitive: true },
      what: 'the printed line',
    });
  },
};
