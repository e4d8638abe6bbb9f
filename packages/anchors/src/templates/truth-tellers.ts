import { textItem, type Template } from '../template.js';
import { type Clue } from './puzzle-clues.js';
import type { Random } from '../random.js';

const PEOPLE = ['Arlo', 'Bea', 'Cato', 'Dita', 'Ezra', 'Flora', 'Gil', 'Hana'];
const SIZES = { 1: 2, 2: 3, 3: 4, 4: 5, 5: 7 } as const;

/** Who is a knight, by person. */
type World = readonly boolean[];

function statement(
  names: readonly string[],
  speaker: number,
  level: number,
  random: Random,
): Clue<World> {
  const [a, b, c] = random.sample(
    names.map((_, i) => i).filter((i) => i !== speaker),
    Math.min(3, names.length - 1),
  );
  const is = (world: World, person: number | undefined): boolean => world[person ?? 0] === true;
  const name = (person: number | undefined): string => names[person ?? 0] as string;
  const count = random.int(1, names.length - 1);
  const knights = (world: World): number => world.filter(Boolean).length;
  const simple: Clue<World>[] = [
    { text: `${name(a)} is a knight.`, holds: (w) => is(w, a) },
    { text: `${name(a)} is a knave.`, holds: (w) => !is(w, a) },
  ];
  if (level === 1)
    simple.push({
      text: 'We are not of the same kind.',
      holds: (w) => is(w, a) !== is(w, speaker),
    });
  if (level < 2) return random.pick(simple);
  const compound: Clue<World>[] = [
    {
      text: `${name(a)} and ${name(b)} are of the same kind.`,
      holds: (w) => is(w, a) === is(w, b),
    },
    {
      text: `${name(a)} and ${name(b)} are of different kinds.`,
      holds: (w) => is(w, a) !== is(w, b),
    },
    {
      text: `At least one of ${name(a)} and ${name(b)} is a knave.`,
      holds: (w) => !is(w, a) || !is(w, b),
    },
  ];
  if (level < 3) return random.pick([...simple, ...compound]);
  const counting: Clue<World>[] = [
    {
      text: `Exactly ${count} of us ${count === 1 ? 'is a knight' : 'are knights'}.`,
      holds: (w) => knights(w) === count,
    },
    {
      text: `The number of knights among us is ${count % 2 === 0 ? 'even' : 'odd'}.`,
      holds: (w) => knights(w) % 2 === count % 2,
    },
    {
      text: `If ${name(a)} is a knight, then so is ${name(b)}.`,
      holds: (w) => !is(w, a) || is(w, b),
    },
  ];
  if (level < 5) return random.pick([...compound, ...counting]);
  return random.pick([
    ...counting,
    {
      text: `Of ${name(a)}, ${name(b)} and ${name(c)}, exactly two are knaves.`,
      holds: (w: World) => [a, b, c].filter((p) => !is(w, p)).length === 2,
    },
    {
      text: `${name(a)} is a knave, or ${name(b)} and ${name(c)} are both knights.`,
      holds: (w: World) => !is(w, a) || (is(w, b) && is(w, c)),
    },
  ]);
}

/** The worlds in which exactly the knights' statements are true. */
export function consistentWorlds(statements: readonly Clue<World>[]): World[] {
  const n = statements.length;
  return Array.from({ length: 2 ** n }, (_, bits) =>
    statements.map((__, i) => ((bits >> i) & 1) === 1),
  ).filter((world) => statements.every((clue, i) => clue.holds(world) === world[i]));
}

export const truthTellers: Template = {
  family: 'truth-tellers',
  domain: 'logic',
  perLevel: 2,
  draw(level, random) {
    const names = random.sample(PEOPLE, SIZES[level]);
    for (;;) {
      const statements = names.map((_, i) => statement(names, i, level, random));
      const worlds = consistentWorlds(statements);
      const world = worlds[0];
      const knights = names.filter((_, i) => world?.[i]);
      if (worlds.length !== 1 || knights.length === 0 || knights.length === names.length) continue;
      const knaves = names.filter((name) => !knights.includes(name));
      const said = statements.map(({ text }, i) => `${names[i]}: "${text}"`);
      return textItem(random, {
        question: `On an island, knights always tell the truth and knaves always lie. ${names.length} islanders speak:\n\n${said.join('\n')}\n\nWho are the knights?`,
        level,
        answer: knights.join(', '),
        effort: 2 ** names.length + level * 2,
        slips: [knaves.join(', '), [...knights, knaves[0]].join(', '), names.join(', ')],
        grader: { form: 'set', among: names },
        what: 'the names of the knights, separated by commas',
      });
    }
  },
};
