import { numericItem, type Template } from '../template.js';

const EVENTS = [
  'the bakery opened',
  'the bridge was repaired',
  'the choir was founded',
  'the mill burned down',
  'the school got a library',
  'the well dried up',
  'the railway arrived',
  'the clock tower was built',
  'the orchard was sold',
  'the inn changed hands',
  'the theatre closed',
];
const SIZES = { 1: 3, 2: 4, 3: 5, 4: 7, 5: 10 } as const;

export const timelinePassage: Template = {
  family: 'timeline-passage',
  domain: 'reading-comprehension',
  perLevel: 1,
  draw(level, random) {
    const size = SIZES[level];
    const events = random.sample(EVENTS, size);
    const offsets = random.sample(
      Array.from({ length: 60 }, (_, i) => i),
      size,
    );
    const base = random.int(1840, 1900);
    const years = offsets.map((offset) => base + offset);
    const year = (i: number): number => years[i] as number;
    const sentences = [`In ${year(0)}, ${events[0]}.`];
    for (let i = 1; i < size; i++) {
      const j = level < 3 ? i - 1 : random.int(Math.max(0, i - 3), i - 1);
      const gap = year(i) - year(j);
      const size2 = Math.abs(gap);
      const span = size2 === 1 ? 'One year' : `${size2} years`;
      const [a, b] = [events[i], events[j]];
      sentences.push(
        random.pick([
          `${span} ${gap > 0 ? 'after' : 'before'} ${b}, ${a}.`,
          gap > 0
            ? `${span} had passed since ${b} when ${a}.`
            : `${span} were still to pass until ${b} when ${a}.`,
        ]),
      );
    }
    const told = level >= 4 ? [...random.shuffle(sentences.slice(1)), sentences[0]] : sentences;
    const order = events.map((_, i) => i).sort((a, b) => year(a) - year(b));
    const rank = level < 3 ? 0 : random.int(1, size - 2);
    const index = order[rank] as number;
    const value = year(index);
    const ask =
      level < 3
        ? `In which year did the earliest of these events happen?`
        : `Put all the events in order of time. In which year did event number ${rank + 1} in that order happen?`;
    return numericItem(random, {
      question: `From the chronicle of a village: ${told.join(' ')}\n\n${ask}`,
      level,
      value,
      effort: size * 4 + level,
      slips: years,
      what: 'the year',
    });
  },
};
