import { textItem, type Template } from '../template.js';
import { permutations, uniqueClues, type Clue } from './puzzle-clues.js';

const PEOPLE = ['Ada', 'Ben', 'Cleo', 'Dov', 'Esme', 'Finn', 'Gwen', 'Hugo', 'Iris', 'Jonas'];
const SIZES = { 1: 3, 2: 4, 3: 5, 4: 6, 5: 7 } as const;
const ORDINALS = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh'];

/** Positions by person: `order[person]` is where that person stands. */
type Order = readonly number[];

/** All clues of the level's kinds that are true of the solution. */
function trueClues(names: readonly string[], solution: Order, level: number): Clue<Order>[] {
  const clues: Clue<Order>[] = [];
  const add = (text: string, holds: (order: Order) => boolean): void => {
    if (holds(solution)) clues.push({ text, holds });
  };
  const at = (order: Order, person: number): number => order[person] as number;
  const last = names.length - 1;
  names.forEach((a, i) => {
    if (level <= 3) add(`${a} is neither first nor last.`, (o) => at(o, i) > 0 && at(o, i) < last);
    if (level <= 2)
      add(`${a} is ${ORDINALS[at(solution, i)]}.`, (o) => at(o, i) === at(solution, i));
    names.forEach((b, j) => {
      if (i === j) return;
      add(`${a} is somewhere ahead of ${b}.`, (o) => at(o, i) < at(o, j));
      if (level <= 3) add(`${a} is directly ahead of ${b}.`, (o) => at(o, i) + 1 === at(o, j));
      if (i < j && level >= 2) {
        add(`${a} and ${b} are not next to each other.`, (o) => Math.abs(at(o, i) - at(o, j)) > 1);
        add(`${a} and ${b} are next to each other.`, (o) => Math.abs(at(o, i) - at(o, j)) === 1);
      }
      if (i < j && level >= 3) {
        const gap = Math.abs(at(solution, i) - at(solution, j)) - 1;
        if (gap > 0) {
          add(
            `Exactly ${gap === 1 ? 'one person stands' : `${gap} people stand`} between ${a} and ${b}.`,
            (o) => Math.abs(at(o, i) - at(o, j)) === gap + 1,
          );
        }
      }
      names.forEach((c, k) => {
        if (level < 4 || k === i || k === j) return;
        if (i < k) {
          add(
            `${b} stands somewhere between ${a} and ${c}.`,
            (o) => (at(o, j) - at(o, i)) * (at(o, j) - at(o, k)) < 0,
          );
        }
        if (i < j) {
          add(
            `Either ${a} or ${b}, but not both, is ahead of ${c}.`,
            (o) => at(o, i) < at(o, k) !== at(o, j) < at(o, k),
          );
        }
      });
    });
  });
  return clues;
}

export const lineOrder: Template = {
  family: 'line-order',
  domain: 'logic',
  perLevel: 2,
  draw(level, random) {
    const names = random.sample(PEOPLE, SIZES[level]);
    const orders = permutations(names.length);
    for (;;) {
      const solution = random.pick(orders);
      const pool = random.shuffle(trueClues(names, solution, level)).slice(0, level >= 4 ? 60 : 20);
      const others = random.shuffle(orders.filter((order) => order !== solution));
      const clues = uniqueClues<Order, Clue<Order>>(
        (chosen) => others.find((order) => chosen.every((clue) => clue.holds(order))) ?? null,
        pool,
        random,
      );
      if (!clues) continue;
      const answer = names.map((_, place) => names[solution.indexOf(place)] as string);
      const swapped = [...answer.slice(0, -2), answer.at(-1), answer.at(-2)];
      const list = random.shuffle(clues).map(({ text }, i) => `${i + 1}. ${text}`);
      return textItem(random, {
        question: `${random.pick([
          `${names.length} people stand in a queue: ${random.shuffle(names).join(', ')}.`,
          `${random.shuffle(names).join(', ')} wait in one line.`,
        ])} Work out their order from these facts.\n\n${list.join('\n')}`,
        level,
        answer: answer.join(', '),
        effort: names.length ** 2 + clues.length,
        slips: [swapped.join(', '), [...answer].reverse().join(', '), answer.slice(1).join(', ')],
        grader: { form: 'list', among: names },
        what: 'the names from first to last, separated by commas',
      });
    }
  },
};
