import { numericItem, type Template } from '../template.js';

const COLOURS = ['red', 'blue', 'green', 'yellow'] as const;
const SHAPES = {
  1: { colours: 2, drawn: 1, most: 6 },
  2: { colours: 2, drawn: 2, most: 7 },
  3: { colours: 2, drawn: 3, most: 9 },
  4: { colours: 3, drawn: 4, most: 9 },
  5: { colours: 4, drawn: 6, most: 10 },
} as const;

const choose = (n: number, k: number): number => {
  let result = 1;
  for (let i = 1; i <= k; i++) result = (result * (n - k + i)) / i;
  return k > n ? 0 : Math.round(result);
};

/** Ways to draw so many of each colour that `holds`, by going through all colour counts. */
export function countDraws(
  urn: readonly number[],
  drawn: number,
  holds: (counts: number[]) => boolean,
): number {
  const visit = (colour: number, left: number, counts: number[]): number => {
    if (colour === urn.length) return left === 0 && holds(counts) ? 1 : 0;
    let ways = 0;
    for (let k = 0; k <= Math.min(left, urn[colour] as number); k++) {
      ways += choose(urn[colour] as number, k) * visit(colour + 1, left - k, [...counts, k]);
    }
    return ways;
  };
  return visit(0, drawn, []);
}

export const urnDraws: Template = {
  family: 'urn-draws',
  domain: 'probability',
  perLevel: 2,
  draw(level, random) {
    const { colours, drawn, most } = SHAPES[level];
    const urn = Array.from({ length: colours }, () => random.int(2, most));
    const names = random.sample(COLOURS, colours);
    const total = urn.reduce((sum, count) => sum + count, 0);
    const k = random.int(1, Math.max(1, drawn - 1));
    const events: { text: string; holds: (counts: number[]) => boolean }[] = {
      1: [{ text: `it is ${names[0]}`, holds: ([a = 0]: number[]) => a === 1 }],
      2: [
        { text: `both are ${names[0]}`, holds: ([a = 0]: number[]) => a === 2 },
        { text: 'they differ in colour', holds: ([a = 0]: number[]) => a === 1 },
      ],
      3: [
        {
          text: `exactly ${k} of them ${k === 1 ? 'is' : 'are'} ${names[0]}`,
          holds: ([a = 0]: number[]) => a === k,
        },
        { text: `at least 2 of them are ${names[1]}`, holds: ([, b = 0]: number[]) => b >= 2 },
      ],
      4: [
        {
          text: 'every colour occurs among them',
          holds: (counts: number[]) => counts.every((count) => count > 0),
        },
        {
          text: `more of them are ${names[0]} than ${names[1]}`,
          holds: ([a = 0, b = 0]: number[]) => a > b,
        },
      ],
      5: [
        {
          text: `there are more ${names[0]} than ${names[1]} ones among them, and at least one ${names[2]} one`,
          holds: ([a = 0, b = 0, c = 0]: number[]) => a > b && c >= 1,
        },
        {
          text: `exactly three colours occur among them, and ${names[3]} is one of the three`,
          holds: (counts: number[]) =>
            counts.filter((count) => count > 0).length === 3 && (counts[3] ?? 0) > 0,
        },
      ],
    }[level];
    const event = random.pick(events.filter(({ holds }) => countDraws(urn, drawn, holds) > 0));
    const ways = countDraws(urn, drawn, event.holds);
    const all = choose(total, drawn);
    const contents = urn.map((count, i) => `${count} ${names[i]}`).join(', ');
    const balls = drawn === 1 ? 'One ball is' : `${drawn} balls are`;
    const withReplacement = ((urn[0] as number) / total) ** drawn;
    return numericItem(random, {
      question:
        random.pick([
          `An urn holds ${contents} balls. ${balls} drawn at random${drawn > 1 ? ' without replacement' : ''}. What is the probability that ${event.text}?`,
          `In a bag there are ${contents} balls. ${balls} taken out blindly${drawn > 1 ? ', none is put back' : ''}. How likely is it that ${event.text}?`,
        ]) + ' Give a fraction or a decimal rounded to four places.',
      level,
      value: ways / all,
      tolerance: 6e-5,
      reference: `${ways}/${all}`,
      slips: [1 - ways / all, withReplacement, ways / (all + total), 0.7 * (ways / all)],
      effort: drawn * colours ** 2,
      what: 'the probability',
    });
  },
};
