import { textItem, type Template } from '../template.js';

const STEPS = { 1: 3, 2: 6, 3: 10, 4: 16, 5: 26 } as const;
const HEADINGS = ['north', 'east', 'south', 'west'] as const;

export const gridRobot: Template = {
  family: 'grid-robot',
  domain: 'planning',
  perLevel: 2,
  draw(level, random) {
    let [x, y, heading] = [random.int(-3, 3), random.int(-3, 3), random.int(0, 3)];
    const start = `(${x}, ${y})`;
    const startHeading = HEADINGS[heading];
    const commands: string[] = [];
    const visited: string[] = [];
    for (let i = 0; i < STEPS[level]; i++) {
      const turns = i % 2 === 1 || (i > 0 && random.chance(0.2));
      if (turns) {
        const turn = random.pick(level < 3 ? [1, 3] : [1, 2, 3]);
        heading = (heading + turn) % 4;
        commands.push({ 1: 'turn right', 2: 'turn around', 3: 'turn left' }[turn] as string);
        continue;
      }
      const back = level >= 4 && random.chance(0.3);
      const distance = random.int(1, 4 + level);
      const signed = back ? -distance : distance;
      x += [0, signed, 0, -signed][heading] as number;
      y += [signed, 0, -signed, 0][heading] as number;
      visited.push(`(${x}, ${y})`);
      commands.push(`go ${back ? 'backward' : 'forward'} ${distance}`);
    }
    const answer = `(${x}, ${y})`;
    return textItem(random, {
      question: `A robot stands at ${start} and faces ${startHeading}. North is the direction of growing y, east that of growing x. It carries out these commands:\n\n${commands.join(', ')}\n\nWhere does it end up?`,
      level,
      answer,
      effort: STEPS[level],
      slips: [`(${y}, ${x})`, `(${-x - 1}, ${y})`, `(${x}, ${y + 1})`, visited.at(-2) ?? start],
      grader: {
        accept: [`x = ${x}, y = ${y}`, `x=${x}, y=${y}`, `${x}, ${y}`, `(${x},${y})`, `${x},${y}`],
      },
      what: 'the final position in the form (x, y)',
    });
  },
};
