import { numericItem, type Template } from '../template.js';

const PEOPLE = [
  'Mira',
  'Leo',
  'Tessa',
  'Omar',
  'Yuki',
  'Bram',
  'Noor',
  'Elif',
  'Dana',
  'Kofi',
  'Rosa',
  'Sven',
];
const THINGS = ['marbles', 'stamps', 'shells', 'stickers', 'coins', 'postcards'];
const LENGTHS = { 1: 2, 2: 3, 3: 5, 4: 7, 5: 10 } as const;

export const quantityChain: Template = {
  family: 'quantity-chain',
  domain: 'word-problems',
  perLevel: 2,
  draw(level, random) {
    const people = random.sample(PEOPLE, LENGTHS[level]);
    const things = random.pick(THINGS);
    const values = [random.int(4, 20)];
    const sentences = [`${people[0]} has ${values[0]} ${things}.`];
    for (let i = 1; i < people.length; i++) {
      const name = people[i] as string;
      const j = level < 3 ? i - 1 : random.int(Math.max(0, i - 3), i - 1);
      const base = values[j] as number;
      const other = people[j] as string;
      const k = random.int(2, 9);
      const options: [number, string][] = [
        [base + k, `${name} has ${k} more than ${other}.`],
        [base * 2, `${name} has twice as many as ${other}.`],
        [base * 3 - k, `${name} has ${k} fewer than three times what ${other} has.`],
      ];
      if (base > k) options.push([base - k, `${name} has ${k} fewer than ${other}.`]);
      if (base % 2 === 0)
        options.push([base / 2 + k, `${name} has ${k} more than half of what ${other} has.`]);
      if (level >= 3 && i >= 2) {
        const second = random.int(0, i - 1);
        if (second !== j) {
          options.push([
            base + (values[second] as number),
            `${name} has as many as ${other} and ${people[second]} together.`,
          ]);
          options.push([
            Math.abs(base - (values[second] as number)) + k,
            `${name} has ${k} more than the difference between what ${other} and ${people[second]} have.`,
          ]);
        }
      }
      const [value, sentence] = random.pick(
        options.filter(([amount]) => amount > 0 && amount < 400),
      );
      values.push(value);
      sentences.push(sentence);
    }
    const total = values.reduce((sum, value) => sum + value, 0);
    const last = values.at(-1) as number;
    const asksTotal = random.chance(0.4);
    // From level 4 on the sentences no longer come in the order in which they can be used.
    const told = level >= 4 ? random.shuffle(sentences) : sentences;
    return numericItem(random, {
      question: `${told.join(' ')} ${asksTotal ? `How many ${things} do they have in total?` : `How many ${things} does ${people.at(-1)} have?`}`,
      level,
      value: asksTotal ? total : last,
      slips: asksTotal
        ? [last, total - last, total + 2]
        : [total, values.at(-2) as number, last - 1],
      effort: people.length * 3,
    });
  },
};
