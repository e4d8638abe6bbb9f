import { afterAll, describe, expect, it } from '@jest/globals';
import { Random } from '../random.js';
import { closeSandbox, runInSandbox } from '../sandbox/sandbox.js';
import { LEVELS, type DrawnItem, type Template } from '../template.js';
import { attributeGrid, findOtherGrid } from './attribute-grid.js';
import { distances } from './cheapest-route.js';
import { integerExpression } from './integer-expression.js';
import { expand } from './integer-roots.js';
import { jsArrayPipeline } from './js-array-pipeline.js';
import { jsLoopTrace } from './js-loop-trace.js';
import { jsRecursion } from './js-recursion.js';
import { jsSemantics } from './js-semantics.js';
import { polygonArea } from './lattice-polygon.js';
import { lineOrder } from './line-order.js';
import { determinant, linearSystem } from './linear-system.js';
import { modularPower } from './modular-power.js';
import { LANGUAGES, spellings } from './number-words.js';
import { countPainted } from './painted-block.js';
import { expectedWait } from './pattern-wait.js';
import { permutations, uniqueClues, type Clue } from './puzzle-clues.js';
import { countAfter } from './rewriting-rule.js';
import { fillTime } from './shared-work.js';
import { encipher } from './shift-cipher.js';
import { molarMass } from './stoichiometry.js';
import { criticalPath, twoWorkers } from './task-schedule.js';
import { consistentWorlds } from './truth-tellers.js';
import { countDraws } from './urn-draws.js';

afterAll(closeSandbox);

function* drawn(template: Template, seeds: number): Generator<DrawnItem> {
  for (const level of LEVELS) {
    for (let seed = 0; seed < seeds; seed++) {
      yield template.draw(level, new Random(`answers/${seed}/${level}`));
    }
  }
}

const LIMITS = { timeLimitMs: 2_000, memoryLimitBytes: 2 ** 25 };

describe('answers, computed a second way', () => {
  it.each([jsLoopTrace, jsArrayPipeline, jsRecursion, jsSemantics])(
    'programs of $family print what their items say',
    async (template) => {
      for (const item of drawn(template, 8)) {
        const code = /```js\n([\s\S]*?)\n```/.exec(item.text)?.[1] ?? '';
        const run = await runInSandbox({ code, expressions: [], ...LIMITS });
        expect({ code, printed: run.printed }).toEqual({
          code,
          printed: `${item.referenceAnswer}\n`,
        });
      }
    },
  );

  it('expressions have the values that an engine gives them', async () => {
    const items = [...drawn(integerExpression, 10)];
    const expressions = items.map((item) =>
      (/[\d(][\d ()+×-]*\d/.exec(item.text)?.[0] ?? '').replaceAll('×', '*'),
    );
    const run = await runInSandbox({ code: '', expressions, ...LIMITS });
    expect(run.results.map((result) => result.value)).toEqual(
      items.map((item) => item.referenceAnswer),
    );
  });

  it('powers leave the remainders that BigInt finds', () => {
    for (const item of drawn(modularPower, 5)) {
      const [base = 0n, exponent = 0n, modulus = 1n] = (item.text.match(/\d+/g) ?? []).map(BigInt);
      expect(BigInt(item.referenceAnswer)).toBe(base ** exponent % modulus);
    }
  });

  it('no other small integers solve the single equations', () => {
    for (const item of [...drawn(linearSystem, 6)].slice(0, 12)) {
      const equation = /[-\dx][-+\dx ]*=[-+\dx ]*[\dx]/.exec(item.text)?.[0] ?? '';
      const value = (side: string, x: number): number =>
        (side.replaceAll(' ', '').match(/[-+]?[^-+]+/g) ?? []).reduce((sum, term) => {
          const factor = /^[-+]?\d*x$/.test(term)
            ? term.replace('x', '').replace(/^[-+]?$/, (sign) => `${sign}1`)
            : term;
          return sum + Number(factor) * (term.endsWith('x') ? x : 1);
        }, 0);
      const [left = '', right = ''] = equation.split('=');
      const solutions = Array.from({ length: 81 }, (_, i) => i - 40).filter(
        (x) => value(left, x) === value(right, x),
      );
      expect({ equation, solutions }).toEqual({
        equation,
        solutions: [Number(item.referenceAnswer)],
      });
    }
  });

  it('queues have exactly the order that is given, read back from their text', () => {
    for (const item of drawn(lineOrder, 4)) {
      const clues = [...item.text.matchAll(/^\d+\. (.+)$/gm)].map((match) => match[1] as string);
      const names = item.referenceAnswer.split(', ');
      const fits = (order: string[]): boolean => clues.every((clue) => holds(clue, order));
      const orders = permutations(names.length).map((order) =>
        order.map((i) => names[i] as string),
      );
      expect(orders.filter(fits)).toEqual([names]);
    }
  });
});

/** A queue clue read from its words alone. */
function holds(clue: string, order: string[]): boolean {
  const [a = '', b = '', c = ''] = [...clue.matchAll(/\b[A-Z][a-z]+\b/g)]
    .map((match) => match[0])
    .filter((name) => order.includes(name));
  const at = (name: string): number => order.indexOf(name);
  const gap = Math.abs(at(a) - at(b));
  if (clue.includes('neither first nor last')) return at(a) > 0 && at(a) < order.length - 1;
  if (clue.includes('directly ahead of')) return at(a) + 1 === at(b);
  if (clue.includes('not next to')) return gap !== 1;
  if (clue.includes('next to each other')) return gap === 1;
  if (clue.startsWith('Either')) return at(a) < at(c) !== at(b) < at(c);
  if (clue.includes('stands somewhere between')) return (at(a) - at(b)) * (at(a) - at(c)) < 0;
  if (clue.startsWith('Exactly one')) return gap === 2;
  if (clue.startsWith('Exactly')) return gap === Number(/\d/.exec(clue)?.[0]) + 1;
  if (clue.includes('somewhere ahead of')) return at(a) < at(b);
  const ordinals = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh'];
  const place = ordinals.findIndex((ordinal) => clue.endsWith(`is ${ordinal}.`));
  if (place < 0) throw new Error(`unknown clue: ${clue}`);
  return at(a) === place;
}

describe('solvers behind the templates, by hand', () => {
  it('geometry', () => {
    expect(
      polygonArea([
        [0, 0],
        [4, 0],
        [4, 3],
      ]),
    ).toBe(6);
    expect(
      polygonArea([
        [0, 0],
        [2, 0],
        [2, 2],
        [1, 1],
        [0, 2],
      ]),
    ).toBe(3);
    const all = ['top', 'bottom', 'front', 'back', 'left', 'right'] as const;
    // Of a 3 × 3 × 3 cube: 8 corners, 12 edges, 6 face centres, 1 core.
    expect([3, 2, 1, 0].map((faces) => countPainted([3, 3, 3], all, faces))).toEqual([8, 12, 6, 1]);
    // An L of three columns, 2 high: every cube shows 2 + (4 − neighbours in the plan) − 1 faces.
    expect(countPainted([2, 2, 2], all, 4, (x, y) => x === 0 && y === 0)).toBe(4);
    expect(countPainted([2, 2, 2], all, 3, (x, y) => x === 0 && y === 0)).toBe(2);
  });

  it('algebra', () => {
    expect(
      determinant([
        [2, 1],
        [7, 4],
      ]),
    ).toBe(1);
    expect(
      determinant([
        [2, 0, 1],
        [1, 3, 2],
        [1, 1, 1],
      ]),
    ).toBe(0);
    expect(expand([2, -3], 1)).toEqual([1, 1, -6]);
    expect(expand([1, 1, 1], 2)).toEqual([2, -6, 6, -2]);
  });

  it('probability', () => {
    // 2 of 3 red and 2 blue: C(3,2) ways both red, C(5,2) in all.
    expect(countDraws([3, 2], 2, ([red = 0]) => red === 2)).toBe(3);
    expect(countDraws([3, 2], 2, () => true)).toBe(10);
    expect(expectedWait('HH', 0.5)).toBe(6);
    expect(expectedWait('HT', 0.5)).toBe(4);
    expect(expectedWait('HTH', 0.5)).toBe(10);
    expect(expectedWait('H', 0.25)).toBe(4);
  });

  it('planning', () => {
    const roads = [
      { from: 0, to: 1, minutes: 5 },
      { from: 1, to: 2, minutes: 5 },
      { from: 0, to: 2, minutes: 11 },
    ];
    expect(distances(3, roads)).toEqual([0, 5, 10]);
    const task = (name: string, days: number, after: number[] = []) => ({ name, days, after });
    expect(criticalPath([task('A', 2), task('B', 3, [0]), task('C', 4)])).toBe(5);
    expect(twoWorkers([task('A', 3), task('B', 3), task('C', 2), task('D', 2), task('E', 2)])).toBe(
      6,
    );
    expect(twoWorkers([task('A', 2), task('B', 3, [0]), task('C', 4)])).toBe(5);
    const pump = (rate: number, from = 0, until = Infinity) => ({ rate, from, until });
    expect(fillTime(100, [pump(10)])).toBe(10);
    expect(fillTime(100, [pump(10, 0, 5), pump(5, 2)])).toBe(12);
    expect(fillTime(100, [pump(10, 0, 5)])).toBe(Infinity);
  });

  it('logic', () => {
    const says = (holds: (world: readonly boolean[]) => boolean) => ({ text: '', holds });
    // "B is a knave" and "we are of the same kind": A is the knight.
    expect(consistentWorlds([says((w) => !w[1]), says((w) => w[0] === w[1])])).toEqual([
      [true, false],
    ]);
    const two = [
      [0, 1],
      [1, 0],
    ];
    expect(findOtherGrid([[0, 1]], [], two)).toEqual([[1, 0]]);
    const first = {
      text: '',
      depth: 0,
      alone: true,
      holds: (grid: readonly (readonly number[])[]) => grid[0]?.[0] === 0,
    };
    expect(findOtherGrid([[0, 1]], [first], two)).toBeNull();
    const clues = uniqueClues<number, Clue<number>>(
      (chosen) => (chosen.length < 1 ? 5 : null),
      [
        { text: 'x', holds: (n: number) => n < 5 },
        { text: 'y', holds: () => true },
      ],
      new Random('c'),
    );
    expect(clues?.map(({ text }) => text)).toEqual(['x']);
    expect(permutations(4)).toHaveLength(24);
    for (const item of drawn(attributeGrid, 1))
      expect(item.wrongAnswers).not.toContain(item.referenceAnswer);
  });

  it('sequences and ciphers', () => {
    const rules = { A: 'AB', B: 'A' };
    let word = 'A';
    for (let round = 0; round < 6; round++)
      word = [...word].map((letter) => rules[letter as 'A' | 'B']).join('');
    expect(countAfter('A', rules, 6)).toEqual({ A: 13, B: 8 });
    expect([...word].filter((letter) => letter === 'A')).toHaveLength(13);
    expect(encipher('xyz a', () => 3)).toBe('abc d');
    expect(encipher('aaa', (place) => place)).toBe('abc');
  });

  it('chemistry and number words', () => {
    expect(molarMass('H2SO4')).toBeCloseTo(98.1, 9);
    expect(molarMass('Ca(NO3)2')).toBeCloseTo(164.1, 9);
    const { German, Spanish, French } = LANGUAGES;
    expect([1, 17, 21, 30, 101, 999, 1016, 4300].map(German)).toEqual([
      'eins',
      'siebzehn',
      'einundzwanzig',
      'dreißig',
      'einhunderteins',
      'neunhundertneunundneunzig',
      'eintausendsechzehn',
      'viertausenddreihundert',
    ]);
    expect([16, 22, 31, 100, 101, 555, 1000, 2021].map(Spanish)).toEqual([
      'dieciséis',
      'veintidós',
      'treinta y uno',
      'cien',
      'ciento uno',
      'quinientos cincuenta y cinco',
      'mil',
      'dos mil veintiuno',
    ]);
    expect([21, 70, 71, 77, 80, 81, 91, 99, 100, 200, 201, 1000, 2080].map(French)).toEqual([
      'vingt et un',
      'soixante-dix',
      'soixante et onze',
      'soixante-dix-sept',
      'quatre-vingts',
      'quatre-vingt-un',
      'quatre-vingt-onze',
      'quatre-vingt-dix-neuf',
      'cent',
      'deux cents',
      'deux cent un',
      'mille',
      'deux mille quatre-vingts',
    ]);
    expect(spellings('German', 130)).toContain('hundertdreißig');
    expect(spellings('French', 71)).toContain('soixante-et-onze');
  });
});
