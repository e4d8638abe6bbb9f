import type { Random } from '../random.js';
import { textItem, type Template } from '../template.js';
import { permutations, uniqueClues, type Clue } from './puzzle-clues.js';

const PEOPLE = ['Lena', 'Marek', 'Nadia', 'Otto', 'Priya'];
const ATTRIBUTES = [
  {
    noun: 'pet',
    verb: 'keeps',
    values: ['the parrot', 'the tortoise', 'the ferret', 'the goldfish', 'the lizard'],
  },
  { noun: 'drink', verb: 'orders', values: ['cocoa', 'lemonade', 'green tea', 'cider', 'coffee'] },
  {
    noun: 'instrument',
    verb: 'plays',
    values: ['the cello', 'the flute', 'the banjo', 'the harp', 'the drums'],
  },
];
/** Houses, and attributes besides the person. */
const SHAPES = { 1: [3, 1], 2: [3, 2], 3: [4, 2], 4: [4, 3], 5: [5, 2] } as const;

/** `grid[attribute][value]` is the house; attribute 0 is the person. */
type Grid = readonly (readonly number[])[];
interface GridClue extends Clue<Grid> {
  /** The last attribute it looks at: it can be tested once that one is placed. */
  depth: number;
  /** Whether it looks at that attribute alone. */
  alone: boolean;
}

/**
 * A grid besides the solution that fits the clues, or null: depth-first over the attributes, each
 * clue tested as soon as all it looks at is placed.
 */
export function findOtherGrid(
  solution: Grid,
  clues: readonly GridClue[],
  orders: readonly (readonly number[])[],
): Grid | null {
  const placed: (readonly number[])[] = [...solution];
  const levels = solution.map((_, depth) => {
    const own = clues.filter((clue) => clue.depth === depth);
    const alone = own.filter((clue) => clue.alone);
    const fitting = orders.filter((order) => {
      placed[depth] = order;
      return alone.every((clue) => clue.holds(placed));
    });
    return { orders: fitting, clues: own.filter((clue) => !clue.alone) };
  });
  const search = (depth: number, same: boolean): boolean => {
    const level = levels[depth];
    if (!level) return !same;
    for (const order of level.orders) {
      placed[depth] = order;
      if (!level.clues.every((clue) => clue.holds(placed))) continue;
      const stillSame = same && order.every((house, i) => house === solution[depth]?.[i]);
      if (search(depth + 1, stillSame)) return true;
    }
    return false;
  };
  return search(0, true) ? placed : null;
}

/** All clues of the level's kinds that are true of the solution. */
function trueClues(
  solution: Grid,
  level: number,
  subject: (attribute: number, value: number) => string,
  predicate: (attribute: number, value: number) => string,
  random: Random,
): GridClue[] {
  const clues: GridClue[] = [];
  const houses = (solution[0] as number[]).length;
  const at = (grid: Grid, a: number, v: number): number => (grid[a] as number[])[v] as number;
  const add = (text: string, [a, b]: [number, number], holds: (grid: Grid) => boolean): void => {
    const capital = text.charAt(0).toUpperCase() + text.slice(1);
    if (holds(solution))
      clues.push({ text: `${capital}.`, depth: Math.max(a, b), alone: a === b, holds });
  };
  const things = solution.flatMap((places, a) => places.map((_, v) => [a, v] as const));
  for (const [a, v] of things) {
    const house = at(solution, a, v);
    const elsewhere = random.int(0, houses - 1);
    const one = subject(a, v);
    if (level <= 3) {
      add(`${one} lives in house ${house + 1}`, [a, a], (grid) => at(grid, a, v) === house);
    }
    add(
      `${one} does not live in house ${elsewhere + 1}`,
      [a, a],
      (grid) => at(grid, a, v) !== elsewhere,
    );
    for (const [b, w] of things) {
      if (a === b && v === w) continue;
      const other = subject(b, w);
      add(
        `${one} lives somewhere to the left of ${other}`,
        [a, b],
        (grid) => at(grid, a, v) < at(grid, b, w),
      );
      if (a > b || (a === b && v > w)) continue;
      if (level >= 2) {
        add(
          `${one} and ${other} are neighbours`,
          [a, b],
          (grid) => Math.abs(at(grid, a, v) - at(grid, b, w)) === 1,
        );
      }
      if (a === b) continue;
      if (level <= 4) {
        add(`${one} ${predicate(b, w)}`, [a, b], (grid) => at(grid, a, v) === at(grid, b, w));
      }
      if (level >= 3) {
        add(`${one} is not ${other}`, [a, b], (grid) => at(grid, a, v) !== at(grid, b, w));
      }
    }
  }
  return clues;
}

export const attributeGrid: Template = {
  family: 'attribute-grid',
  domain: 'logic',
  perLevel: 2,
  draw(level, random) {
    const [houses, extra] = SHAPES[level];
    const people = random.sample(PEOPLE, houses);
    const attributes = random.sample(ATTRIBUTES, extra);
    const values = attributes.map((attribute) => random.sample(attribute.values, houses));
    const predicate = (a: number, v: number): string =>
      `${attributes[a - 1]?.verb} ${values[a - 1]?.[v]}`;
    const subject = (a: number, v: number): string =>
      a === 0 ? (people[v] as string) : `the one who ${predicate(a, v)}`;
    const orders = random.shuffle(permutations(houses));
    for (;;) {
      const solution: Grid = Array.from({ length: extra + 1 }, () => random.pick(orders));
      const pool = random
        .shuffle(trueClues(solution, level, subject, predicate, random))
        .slice(0, 60);
      const chosen = uniqueClues<Grid, GridClue>(
        (clues) => findOtherGrid(solution, clues, orders),
        pool,
        random,
      );
      if (!chosen) continue;
      const [asked, value] = [random.int(1, extra), random.int(0, houses - 1)];
      const house = solution[asked]?.[value] as number;
      const owner = people[(solution[0] as number[]).indexOf(house)] as string;
      const kinds = attributes.map(
        (each, i) => `${each.noun}s (${random.shuffle(values[i] as string[]).join(', ')})`,
      );
      const list = random.shuffle(chosen).map(({ text }) => `- ${text}`);
      return textItem(random, {
        question: `${houses} neighbours, ${random.shuffle(people).join(', ')}, live in houses numbered 1 to ${houses} from left to right, one in each. They have different ${kinds.join(' and different ')}.\n\n${list.join('\n')}\n\nWho ${predicate(asked, value)}?`,
        level,
        answer: owner,
        effort: houses ** 2 * (extra + 1) + chosen.length * 2,
        slips: people.filter((name) => name !== owner),
        grader: { among: people },
        what: 'the name',
      });
    }
  },
};
