import { numericItem, type Template } from '../template.js';

/** Minutes until a tank of `size` litres is full when pumps (litres/min) run in given intervals. */
export function fillTime(
  size: number,
  pumps: { rate: number; from: number; until: number }[],
): number {
  let level = 0;
  const edges = [...new Set(pumps.flatMap(({ from, until }) => [from, until]))]
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  let now = 0;
  for (const edge of [...edges, Infinity]) {
    if (edge <= now) continue;
    const rate = pumps
      .filter(({ from, until }) => from <= now && now < until)
      .reduce((sum, pump) => sum + pump.rate, 0);
    if (rate > 0 && level + rate * (edge - now) >= size) return now + (size - level) / rate;
    level = Math.max(0, level + rate * (edge - now));
    now = edge;
  }
  return Infinity;
}

export const sharedWork: Template = {
  family: 'shared-work',
  domain: 'word-problems',
  perLevel: 2,
  draw(level, random) {
    for (;;) {
      const rates = Array.from({ length: Math.max(1, level) }, () => random.int(3, 20));
      const size = random.int(10, 30 + 10 * level) * 12;
      const pumps = rates.map((rate) => ({ rate, from: 0, until: Infinity }));
      const sentences = [
        `An empty tank holds ${size} litres.`,
        `Pump A brings in ${rates[0]} litres a minute.`,
      ];
      const later = random.int(4, 10);
      const [a, b, c, d] = pumps;
      if (level >= 2 && b) {
        b.from = level >= 3 ? later : 0;
        sentences.push(
          `Pump B, ${level >= 3 ? `switched on ${later} minutes after pump A` : 'started together with pump A'}, brings in ${b.rate} litres a minute.`,
        );
      }
      if (level >= 3 && c) {
        c.rate = -random.int(1, 4);
        sentences.push(
          `All the while, a leak loses ${-c.rate} litre${c.rate === -1 ? '' : 's'} a minute.`,
        );
      }
      if (level >= 4 && a && b && c) {
        const stop = later + random.int(3, 9);
        a.until = stop;
        sentences.push(`${stop} minutes after the start, pump A breaks down.`);
      }
      if (level >= 5 && a && d) {
        d.from = a.until + random.int(2, 6);
        d.until = d.from + random.int(5, 9);
        sentences.push(
          `A spare pump with ${d.rate} litres a minute runs from minute ${d.from} to minute ${d.until} (counted from the start).`,
        );
        const e = pumps[4];
        if (e) {
          e.from = d.until;
          e.rate = random.int(2, 8);
          sentences.push(`From minute ${d.until} on, rain adds another ${e.rate} litres a minute.`);
        }
      }
      const value = fillTime(size, pumps);
      const lastEvent = Math.max(
        ...pumps.flatMap(({ from, until }) => [from, Number.isFinite(until) ? until : 0]),
      );
      if (!Number.isFinite(value) || value <= lastEvent || value > 600) continue;
      return numericItem(random, {
        question: `${sentences.join(' ')} How many minutes after the start is the tank full? Round to two decimals if needed.`,
        level,
        value,
        tolerance: 0.0051,
        unit: 'min',
        slips: [
          size / rates.reduce((sum, rate) => sum + rate, 0) + (level < 3 ? 1 : 0),
          value + later,
          value * 1.1,
        ],
        effort: level ** 2 * 3,
        what: 'the number of minutes',
      });
    }
  },
};
