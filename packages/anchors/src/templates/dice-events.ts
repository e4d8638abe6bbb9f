import { numericItem, type Template } from '../template.js';

const SHAPES = { 1: [6], 2: [6, 6], 3: [6, 6], 4: [6, 6, 8], 5: [4, 6, 8, 10, 6] };

/** All outcomes of the dice, in turn. */
export function* rolls(dice: readonly number[]): Generator<number[]> {
  const [first, ...rest] = dice;
  if (first === undefined) {
    yield [];
    return;
  }
  for (let face = 1; face <= first; face++) for (const tail of rolls(rest)) yield [face, ...tail];
}

const sum = (roll: number[]): number => roll.reduce((a, b) => a + b, 0);

export const diceEvents: Template = {
  family: 'dice-events',
  domain: 'probability',
  perLevel: 1,
  draw(level, random) {
    const dice = SHAPES[level];
    const [low, divisor] = [random.int(2, 4), random.int(3, 5)];
    const target = random.int(4, 9);
    const gap = random.int(2, 4);
    const threshold = random.int(17, 24);
    const event = random.pick(
      {
        1: [{ text: `a number greater than ${low}`, holds: ([a = 0]: number[]) => a > low }],
        2: [{ text: `a total of ${target}`, holds: (roll: number[]) => sum(roll) === target }],
        3: [
          {
            text: `a product divisible by ${divisor}`,
            holds: ([a = 0, b = 0]: number[]) => (a * b) % divisor === 0,
          },
          {
            text: `two numbers at least ${gap} apart`,
            holds: ([a = 0, b = 0]: number[]) => Math.abs(a - b) >= gap,
          },
        ],
        4: [
          {
            text: `three different numbers with an even total`,
            holds: (roll: number[]) => new Set(roll).size === 3 && sum(roll) % 2 === 0,
          },
          {
            text: `a total divisible by ${divisor} with the 8-sided die showing a higher number than each of the others`,
            holds: (roll: number[]) =>
              sum(roll) % divisor === 0 && (roll[2] ?? 0) > Math.max(roll[0] ?? 0, roll[1] ?? 0),
          },
        ],
        5: [
          {
            text: `a total greater than ${threshold} without any number occurring more than twice`,
            holds: (roll: number[]) =>
              sum(roll) > threshold &&
              roll.every((face) => roll.filter((other) => other === face).length <= 2),
          },
          {
            text: `exactly one pair of equal numbers (the other three all different) and a total divisible by ${divisor}`,
            holds: (roll: number[]) => new Set(roll).size === 4 && sum(roll) % divisor === 0,
          },
        ],
      }[level],
    );
    let hits = 0;
    let all = 0;
    for (const roll of rolls(dice)) {
      all++;
      if (event.holds(roll)) hits++;
    }
    const names = dice.map((faces) => `${faces}-sided`);
    const subject =
      dice.length === 1
        ? 'A fair 6-sided die is rolled'
        : `${dice.length} fair dice (${names.join(', ')}) are rolled`;
    return numericItem(random, {
      question: `${subject}. The faces of each die are numbered from 1 up. What is the probability of ${event.text}? Give a fraction or a decimal rounded to four places.`,
      level,
      value: hits / all,
      tolerance: 6e-5,
      reference: `${hits}/${all}`,
      slips: [1 - hits / all, (hits + 1) / all, hits / (all - 1)],
      effort: Math.log2(all) * (level > 2 ? 4 : 2),
      what: 'the probability',
    });
  },
};
