import { textItem, type Template } from '../template.js';

/** Invented cities, so that no real rule about summer time can contradict the text. */
const CITIES = ['Velmar', 'Oristo', 'Kandahl', 'Pexburg', 'Tavi Bay', 'Lunder'];
const clock = (minutes: number): string => {
  const day = ((minutes % 1440) + 1440) % 1440;
  return `${String(Math.floor(day / 60)).padStart(2, '0')}:${String(day % 60).padStart(2, '0')}`;
};
const duration = (minutes: number): string =>
  [minutes >= 60 ? `${Math.floor(minutes / 60)} h` : '', minutes % 60 ? `${minutes % 60} min` : '']
    .filter(Boolean)
    .join(' ');

export const clockZones: Template = {
  family: 'clock-zones',
  domain: 'units-time',
  perLevel: 1,
  draw(level, random) {
    const start = random.int(0, 287) * 5;
    if (level === 1) {
      const minutes = random.int(4, 30) * 5;
      return textItem(random, {
        question: `A film starts at ${clock(start)} and lasts ${duration(minutes)}. When does it end?`,
        level,
        answer: clock(start + minutes),
        effort: 2,
        slips: [clock(start - minutes), clock(start + minutes + 60), clock(start + minutes - 40)],
        grader: { form: 'clock' },
        what: 'the time in 24-hour notation (HH:MM)',
      });
    }
    const legs = { 2: 1, 3: 2, 4: 3, 5: 5 }[level];
    const cities = random.sample(CITIES, legs + 1);
    const offsets = cities.map(() => random.int(-22, 26) * 30);
    const offset = (i: number): number => offsets[i] as number;
    let local = start;
    let withoutZones = start;
    const sentences: string[] = [];
    for (let i = 1; i <= legs; i++) {
      const flight = random.int(12, 160) * 5;
      const wait = i < legs ? random.int(6, 60) * 5 : 0;
      local += flight + offset(i) - offset(i - 1) + wait;
      withoutZones += flight + wait;
      sentences.push(
        `The flight from ${cities[i - 1]} to ${cities[i]} takes ${duration(flight)}${wait > 0 ? `, and the next one leaves ${duration(wait)} after the landing` : ''}.`,
      );
    }
    const relative = cities.map((city, i) => {
      if (i === 0) return '';
      const difference = offset(i) - offset(i - 1);
      return difference === 0
        ? `${city} has the same time as ${cities[i - 1]}.`
        : `Clocks in ${city} are ${duration(Math.abs(difference))} ${difference > 0 ? 'ahead of' : 'behind'} those in ${cities[i - 1]}.`;
    });
    return textItem(random, {
      question: `A traveller takes off in ${cities[0]} at ${clock(start)} local time. ${sentences.join(' ')} ${(level >= 4 ? random.shuffle(relative) : relative).filter(Boolean).join(' ')} What is the local time in ${cities[legs]} at the last landing?`,
      level,
      answer: clock(local),
      effort: legs * 9,
      slips: [
        clock(withoutZones),
        clock(2 * withoutZones - local),
        clock(local + 60),
        clock(local - 30),
      ].filter((slip) => slip !== clock(local)),
      grader: { form: 'clock' },
      what: 'the time in 24-hour notation (HH:MM)',
    });
  },
};
