import type { Random } from '../random.js';
import type { DrawnItem, Level, Template } from '../template.js';
import { codeItem } from './code-item.js';

const letters = (random: Random, length: number, alphabet = 'aabbcde'): string =>
  Array.from({ length }, () => random.pick([...alphabet])).join('');

/** Doubling: every occurrence of some letters is written k times. */
function repeatLetters(random: Random): DrawnItem {
  const [a, b] = random.sample([...'aeinorst'], 2) as [string, string];
  const times = random.int(2, 3);
  return codeItem(random, {
    task: `A function receives a string and returns it with every "${a}" and every "${b}" (lower case only) written ${times} times in place of once.`,
    functionName: 'stretch',
    parameters: 'text',
    solution: `function stretch(text) {\n  return text.replace(/[${a}${b}]/g, (letter) => letter.repeat(${times}));\n}`,
    slips: [
      `function stretch(text) {\n  return text.replace(/[${a}${b}]/, (letter) => letter.repeat(${times}));\n}`,
      `function stretch(text) {\n  return text.replaceAll('${a}', '${a}'.repeat(${times}));\n}`,
    ],
    inputs: [
      `${a}x${b}${a}`,
      '',
      'Mountain stations',
      `${b}${b}${a}`,
      'xyz',
      `${a.toUpperCase()}${a}${b}`,
    ].map((text): [string] => [text]),
    expected: (text) =>
      [...text]
        .map((letter) => (letter === a || letter === b ? letter.repeat(times) : letter))
        .join(''),
    effort: 4,
  });
}

/** Run lengths, written only for runs that are long enough. */
function runLengths(random: Random): DrawnItem {
  const least = random.int(2, 4);
  const order = random.chance(0.5);
  const write = (letter: string, count: number): string =>
    count < least ? letter.repeat(count) : order ? `${count}${letter}` : `${letter}${count}`;
  return codeItem(random, {
    task: `A function compresses a string of lower-case letters: a run of ${least} or more equal letters is replaced by ${order ? 'the length of the run followed by the letter' : 'the letter followed by the length of the run'}; shorter runs stay as they are.`,
    functionName: 'compress',
    parameters: 'text',
    solution: `function compress(text) {\n  return text.replace(/(.)\\1*/g, (run, letter) => (run.length < ${least} ? run : ${order ? 'run.length + letter' : 'letter + run.length'}));\n}`,
    slips: [
      `function compress(text) {\n  return text.replace(/(.)\\1*/g, (run, letter) => (run.length <= ${least} ? run : ${order ? 'run.length + letter' : 'letter + run.length'}));\n}`,
      `function compress(text) {\n  return text.replace(/(.)\\1*/g, (run, letter) => ${order ? 'run.length + letter' : 'letter + run.length'});\n}`,
    ],
    inputs: [
      `aab${'c'.repeat(least)}d`,
      '',
      'x',
      'a'.repeat(12),
      letters(random, 20, 'aaab'),
      letters(random, 30, 'ab'),
      'zzyyxxx',
    ].map((text): [string] => [text]),
    expected: (text) => {
      let result = '';
      for (let i = 0; i < text.length;) {
        let end = i;
        while (text[end] === text[i]) end++;
        result += write(text[i] as string, end - i);
        i = end;
      }
      return result;
    },
    effort: 9,
  });
}

/** A Caesar cipher whose shift grows with the position among the letters. */
function movingCipher(random: Random): DrawnItem {
  const [start, growth] = [random.int(1, 9), random.int(2, 5)];
  const shifted = (text: string, restart: boolean): string => {
    let shift = start;
    return [...text]
      .map((c) => {
        if (!/[a-z]/i.test(c)) {
          if (c === ' ' && restart) shift = start;
          return c;
        }
        const base = c >= 'a' ? 97 : 65;
        const moved = String.fromCharCode(((c.charCodeAt(0) - base + shift) % 26) + base);
        shift += growth;
        return moved;
      })
      .join('');
  };
  const restart = random.chance(0.5);
  const body = (reset: string, code: string): string =>
    `function encipher(text) {\n  let shift = ${start};\n  let out = '';\n  for (const c of text) {\n    if (/[a-z]/i.test(c)) {\n      const base = c >= 'a' ? 97 : 65;\n      out += String.fromCharCode(((c.charCodeAt(0) - base + shift) % 26) + base);\n      ${code}\n    } else {\n      ${reset}\n      out += c;\n    }\n  }\n  return out;\n}`;
  return codeItem(random, {
    task: `A function enciphers a text. The first letter (A–Z or a–z) is moved forward by ${start} places in the alphabet, and each further letter by ${growth} places more than the letter before it, wrapping around after z; case is kept. All other characters stay and do not count.${restart ? ` After every space the shift begins again at ${start}.` : ''}`,
    functionName: 'encipher',
    parameters: 'text',
    solution: body(restart ? `if (c === ' ') shift = ${start};` : '', `shift += ${growth};`),
    slips: [
      body(restart ? '' : `if (c === ' ') shift = ${start};`, `shift += ${growth};`),
      body('', ''),
    ],
    inputs: [
      'Hello, World',
      '',
      'xyz XYZ',
      'a-b-c',
      'The quick brown fox jumps over the lazy dog 42 times!',
      'zzzz zzzz',
    ].map((text): [string] => [text]),
    expected: (text) => shifted(text, restart),
    effort: 15,
  });
}

/** Nested repetition: 3[ab2[c]] with the brackets of the seed. */
function nestedRepeats(random: Random): DrawnItem {
  const [open, close] = random.pick(['[]', '()', '{}', '<>']).split('') as [string, string];
  const reversed = random.chance(0.5);
  const expand = (text: string): string => {
    const innermost = new RegExp(`(\\d+)\\${open}([a-z]*)\\${close}`);
    let result = text;
    for (let match = innermost.exec(result); match; match = innermost.exec(result)) {
      const inner = match[2] ?? '';
      result = result.replace(
        innermost,
        (reversed ? [...inner].reverse().join('') : inner).repeat(Number(match[1])),
      );
    }
    return result;
  };
  const solve = (turn: boolean): string =>
    `function unpack(text) {\n  let i = 0;\n  const parse = () => {\n    let out = '';\n    while (i < text.length && text[i] !== '${close}') {\n      if (/\\d/.test(text[i])) {\n        let count = '';\n        while (/\\d/.test(text[i])) count += text[i++];\n        i++;\n        const inner = parse();\n        i++;\n        out += ${turn ? "[...inner].reverse().join('')" : 'inner'}.repeat(Number(count));\n      } else out += text[i++];\n    }\n    return out;\n  };\n  return parse();\n}`;
  return codeItem(random, {
    task: `A function unpacks a string: \`n${open}text${close}\` stands for \`text\`${reversed ? ', written backwards,' : ''} repeated n times, where n is a whole number (possibly 0, possibly with several digits) and the bracketed text may contain packed parts itself, which are unpacked first${reversed ? ' (so a part at depth two is turned around twice)' : ''}. Everything outside is lower-case letters and stays. The input is always well formed.`,
    functionName: 'unpack',
    parameters: 'text',
    solution: solve(reversed),
    slips: [
      solve(!reversed),
      `function unpack(text) {\n  return text.replace(/(\\d)\\${open}([a-z]*)\\${close}/g, (_, n, inner) => inner.repeat(n));\n}`,
    ],
    inputs: [
      `a2${open}bc${close}d`,
      'abc',
      '',
      `12${open}xy${close}`,
      `2${open}a3${open}bc${close}d${close}e`,
      `0${open}zz${close}q`,
      `3${open}a2${open}b2${open}cd${close}${close}${close}`,
    ].map((text): [string] => [text]),
    expected: expand,
    effort: 28,
  });
}

/** Arithmetic with unusual precedence or associativity. */
function oddCalculator(random: Random): DrawnItem {
  const [plusFirst, rightToLeft] = random.pick([
    [true, true],
    [true, false],
    [false, true],
  ]) as [boolean, boolean];
  const modulus = random.pick([97, 101, 1009]);
  const wrap = (x: number): number => ((x % modulus) + modulus) % modulus;
  const apply = (a: number, operator: string, b: number): number =>
    wrap(operator === '+' ? a + b : operator === '-' ? a - b : a * b);
  // Independent of the solution below: repeatedly replaces one reducible operation of a token list.
  const reduceFlat = (tokens: (number | string)[]): number => {
    const list = [...tokens];
    for (const group of plusFirst ? ['+-', '*'] : ['*', '+-']) {
      for (;;) {
        const test = (token: number | string): boolean =>
          typeof token === 'string' && group.includes(token);
        const at = rightToLeft ? list.findLastIndex(test) : list.findIndex(test);
        if (at < 0) break;
        list.splice(
          at - 1,
          3,
          apply(list[at - 1] as number, list[at] as string, list[at + 1] as number),
        );
      }
    }
    return list[0] as number;
  };
  const evaluate = (text: string): number => {
    let rest = text.replaceAll(' ', '');
    for (let match = /\(([^()]*)\)/.exec(rest); match; match = /\(([^()]*)\)/.exec(rest))
      rest = rest.replace(match[0], String(evaluate(match[1] ?? '')));
    return reduceFlat(
      (rest.match(/\d+|[-+*]/g) ?? []).map((token) =>
        /\d/.test(token) ? wrap(Number(token)) : token,
      ),
    );
  };
  const solve = (plus: boolean, right: boolean): string =>
    `function calculate(text) {\n  const t = text.match(/\\d+|[-+*()]/g);\n  let i = 0;\n  const wrap = (x) => ((x % ${modulus}) + ${modulus}) % ${modulus};\n  const apply = (a, o, b) => wrap(o === '+' ? a + b : o === '-' ? a - b : a * b);\n  const atom = () => {\n    if (t[i] !== '(') return wrap(Number(t[i++]));\n    i++;\n    const x = level(0);\n    i++;\n    return x;\n  };\n  const groups = ${plus ? "['*', '+-']" : "['+-', '*']"};\n  const level = (n) => {\n    if (n === 2) return atom();\n    const xs = [level(n + 1)];\n    const os = [];\n    while (i < t.length && groups[n].includes(t[i])) {\n      os.push(t[i++]);\n      xs.push(level(n + 1));\n    }\n    ${right ? 'let x = xs.pop();\n    while (os.length) x = apply(xs.pop(), os.pop(), x);' : 'let x = xs.shift();\n    while (os.length) x = apply(x, os.shift(), xs.shift());'}\n    return x;\n  };\n  return level(0);\n}`;
  const expression = (depth: number): string => {
    const terms = Array.from({ length: random.int(2, 4) }, () =>
      depth > 0 && random.chance(0.35) ? `(${expression(depth - 1)})` : String(random.int(1, 60)),
    );
    return terms.reduce((left, term) => `${left} ${random.pick(['+', '-', '*'])} ${term}`);
  };
  return codeItem(random, {
    task: `A function evaluates an arithmetic expression of non-negative integers, +, -, * and parentheses, given as a string with spaces, under unusual rules: ${plusFirst ? '+ and - (which rank equally) bind more tightly than *' : '* binds more tightly than + and - (which rank equally)'}, operators of equal rank are evaluated from ${rightToLeft ? 'right to left' : 'left to right'}, and every number and every intermediate result is reduced modulo ${modulus} to the range 0 to ${modulus - 1}.`,
    functionName: 'calculate',
    parameters: 'text',
    solution: solve(plusFirst, rightToLeft),
    slips: [
      solve(!plusFirst, rightToLeft),
      solve(plusFirst, !rightToLeft),
      `function calculate(text) {\n  return ((eval(text) % ${modulus}) + ${modulus}) % ${modulus};\n}`,
    ],
    inputs: [
      '9 - 4 - 3 * 2 + 5',
      '7',
      '2 * (3 + 4) * 5 - 1',
      '10 - 3 - 2 - 1 * 6 - 5 + 2 * 3',
      ...Array.from({ length: 6 }, () => expression(3)),
    ].map((text): [string] => [text]),
    expected: evaluate,
    effort: 45,
  });
}

const MAKERS: Record<Level, (random: Random) => DrawnItem> = {
  1: repeatLetters,
  2: runLengths,
  3: movingCipher,
  4: nestedRepeats,
  5: oddCalculator,
};

export const codeTextCodec: Template = {
  family: 'code-text-codec',
  domain: 'code-writing',
  perLevel: 1,
  draw: (level, random) => MAKERS[level](random),
};
