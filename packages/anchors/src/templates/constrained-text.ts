import type { Constraint } from '../graders/constraint-schema.js';
import type { Random } from '../random.js';
import type { DrawnItem, Level, Template } from '../template.js';
import { WORD_BANK, wordsWith } from './word-bank.js';

interface Demand {
  words: string;
  checks: Constraint[];
}

function item(
  random: Random,
  level: Level,
  demands: Demand[],
  reference: string,
  wrong: string[],
): DrawnItem {
  const checks = demands.flatMap((demand) => demand.checks);
  const opening = random.pick([
    'Write a short text that meets all of these conditions.',
    'Compose a text. These conditions must all hold.',
    'I need a text under these rules:',
  ]);
  const list = demands.map(({ words }) => `- ${words}`).join('\n');
  const closing = random.pick([
    'It need not make much sense. Reply with the text only.',
    'Sense is welcome but not required. Give nothing but the text itself.',
    'Output the text alone, without title or comment.',
  ]);
  return {
    text: `${opening}\n\n${list}\n\n${closing}`,
    grader: { kind: 'constraints', checks },
    referenceAnswer: reference,
    effort: checks.length + reference.split(/\s+/).length + 8 * level,
    wrongAnswers: wrong.filter((text) => text !== reference),
  };
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** Level 1: a number of words in one case. Level 2: one sentence with given words. */
function shortText(level: Level, random: Random): DrawnItem {
  const count = random.int(4, 7) + 3 * (level - 1);
  const words = random.sample(WORD_BANK, count);
  if (level === 1) {
    const upper = random.chance(0.5);
    const set = (text: string): string => (upper ? text.toUpperCase() : text);
    return item(
      random,
      level,
      [
        {
          words: `It has exactly ${count} words.`,
          checks: [{ type: 'word-count', min: count, max: count }],
        },
        {
          words: `All letters are ${upper ? 'capital' : 'small'} letters.`,
          checks: [{ type: 'letter-case', case: upper ? 'upper' : 'lower' }],
        },
      ],
      set(words.join(' ')),
      [set(words.slice(1).join(' ')), capital(words.join(' ')), set([...words, 'more'].join(' '))],
    );
  }
  const [a, b] = [words[1] as string, words[3] as string];
  const reference = `${capital(words.join(' '))}.`;
  return item(
    random,
    level,
    [
      {
        words: `It is one sentence of exactly ${count} words and ends with a full stop.`,
        checks: [
          { type: 'sentence-count', min: 1, max: 1 },
          { type: 'word-count', min: count, max: count },
          { type: 'ends-with', text: '.' },
        ],
      },
      {
        words: `The words "${a}" and "${b}" occur in it, each exactly once.`,
        checks: [a, b].map((text) => ({ type: 'occurrences', text, min: 1, max: 1 })),
      },
      {
        words: `It begins with the word "${capital(words[0] as string)}".`,
        checks: [{ type: 'starts-with', text: `${words[0]} ` }],
      },
    ],
    reference,
    [
      reference.replace('.', ''),
      reference.replace(a, 'thing'),
      reference.replace('.', ` ${b}.`),
      reference.replace(`${capital(words[0] as string)} `, 'The '),
    ],
  );
}

const ACROSTICS = [
  'lantern',
  'harvest',
  'compass',
  'marigold',
  'sparrow',
  'blanket',
  'tractor',
  'orchard',
  'custard',
  'pilgrim',
  'dolphin',
  'mustang',
  'cobalt',
  'tundra',
  'walrus',
  'magnolia',
];

/** Levels 3 to 5: an acrostic with a fixed number of words a line, without some letters, and more. */
function acrostic(level: Level, random: Random): DrawnItem {
  for (;;) {
    const without =
      level === 3 ? '' : level === 4 ? random.pick(['e', 'k']) : random.pick(['e', 'o']);
    const candidates = ACROSTICS.filter(
      (name) => ![...without].some((letter) => name.includes(letter)),
    );
    const name = random.pick(candidates);
    const perLine = level === 3 ? 3 : 4;
    const used = new Set<string>();
    const pickWord = (initial: string): string | undefined => {
      const free = (
        initial === ''
          ? WORD_BANK.filter((word) => ![...without].some((letter) => word.includes(letter)))
          : wordsWith(initial, without)
      ).filter((word) => !used.has(word));
      if (free.length === 0) return undefined;
      const word = random.pick(free);
      used.add(word);
      return word;
    };
    const lines = [...name].map((initial) => [
      pickWord(initial),
      ...Array.from({ length: perLine - 1 }, () => pickWord('')),
    ]);
    if (lines.some((line) => line.includes(undefined))) continue;
    const rows = lines as string[][];
    const demands: Demand[] = [
      {
        words: `It has ${name.length} lines, and the first letters of the lines, read downwards, spell "${name}".`,
        checks: [
          { type: 'line-count', min: name.length, max: name.length },
          { type: 'acrostic', letters: name, of: 'lines' },
        ],
      },
      {
        words: `Each line has exactly ${perLine} words.`,
        checks: [{ type: 'words-per-line', min: perLine, max: perLine }],
      },
    ];
    if (level >= 4)
      demands.push({
        words: `The letter "${without}" occurs nowhere.`,
        checks: [{ type: 'excludes', text: without }],
      });
    if (level >= 5) {
      const all = rows.flat();
      const required = random.sample(
        all.filter((word) => !rows.some((row) => row[0] === word)),
        2,
      );
      rows.forEach((row) => (row[perLine - 1] += ';'));
      demands.push(
        {
          words: `No word occurs twice, and no word has fewer than three letters.`,
          checks: [{ type: 'distinct-words' }, { type: 'word-length', min: 3 }],
        },
        {
          words: `The words "${required[0]}" and "${required[1]}" occur.`,
          checks: required.map((text) => ({ type: 'occurrences', text, min: 1, max: 1 })),
        },
        {
          words: 'Every line ends with a semicolon, and there is no other punctuation.',
          checks: [{ type: 'line-pattern', pattern: '[^.,:;!?]*;' }],
        },
      );
    }
    const write = (parts: string[][]): string => parts.map((row) => row.join(' ')).join('\n');
    const swapped = [rows[1], rows[0], ...rows.slice(2)] as string[][];
    return item(random, level, demands, write(rows), [
      ...(name[0] === name[1] ? [] : [write(swapped)]),
      write(rows.slice(0, -1)),
      write(rows.map((row, i) => (i === 1 ? row.slice(0, -1) : row))),
      write(
        rows
          .map((row, i) => (i === 0 ? [...row.slice(0, 1), 'over', 'keen', ...row.slice(3)] : row))
          .map((row, i) => (i === 0 && level === 3 ? [...row, 'more'] : row)),
      ),
    ]);
  }
}

export const constrainedText: Template = {
  family: 'constrained-text',
  domain: 'instruction-following',
  perLevel: 2,
  draw: (level, random) => (level < 3 ? shortText(level, random) : acrostic(level, random)),
};
