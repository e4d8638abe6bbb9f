import { numericItem, type Template } from '../template.js';

const SHAPES = {
  1: { towns: 3, roads: 3 },
  2: { towns: 5, roads: 6 },
  3: { towns: 6, roads: 10 },
  4: { towns: 8, roads: 15 },
  5: { towns: 11, roads: 26 },
} as const;
const TOWNS = [
  'Arn',
  'Bole',
  'Crux',
  'Dorn',
  'Elm',
  'Fern',
  'Glen',
  'Holt',
  'Inch',
  'Jarl',
  'Kell',
];

interface Road {
  from: number;
  to: number;
  minutes: number;
}

/** Least minutes from town 0 to every town, roads being usable both ways (Bellman–Ford). */
export function distances(towns: number, roads: readonly Road[]): number[] {
  const best = Array.from({ length: towns }, (_, i) => (i === 0 ? 0 : Infinity));
  for (let pass = 0; pass < towns; pass++) {
    for (const { from, to, minutes } of roads) {
      best[to] = Math.min(best[to] as number, (best[from] as number) + minutes);
      best[from] = Math.min(best[from] as number, best[to] + minutes);
    }
  }
  return best;
}

export const cheapestRoute: Template = {
  family: 'cheapest-route',
  domain: 'planning',
  perLevel: 2,
  draw(level, random) {
    const { towns, roads: wanted } = SHAPES[level];
    for (;;) {
      const names = random.sample(TOWNS, towns);
      const roads: Road[] = [];
      const has = (a: number, b: number): boolean =>
        roads.some(({ from, to }) => (from === a && to === b) || (from === b && to === a));
      for (let to = 1; to < towns; to++)
        roads.push({ from: Math.max(0, to - random.int(1, 2)), to, minutes: random.int(3, 25) });
      while (roads.length < wanted) {
        const [a, b] = random.sample(
          Array.from({ length: towns }, (_, i) => i),
          2,
        ) as [number, number];
        if (!has(a, b) && !(a + b === towns - 1 && a * b === 0))
          roads.push({ from: a, to: b, minutes: random.int(5, 40) });
        else if (level === 1 && !has(0, towns - 1))
          roads.push({ from: 0, to: towns - 1, minutes: random.int(10, 60) });
      }
      const goal = towns - 1;
      const value = distances(towns, roads)[goal] as number;
      // What a solver gets who always takes the shortest road to a new town.
      const greedy = greedyRoute(towns, roads, goal);
      if (level >= 3 && greedy === value) continue;
      const told = random.shuffle(roads).map(({ from, to, minutes }) => {
        const [a, b] = random.shuffle([names[from], names[to]]);
        return `${a} – ${b}: ${minutes} min`;
      });
      return numericItem(random, {
        question: `These roads connect some towns; each can be used in both directions:\n\n${told.join('\n')}\n\nHow many minutes does the fastest route from ${names[0]} to ${names[goal]} take?`,
        level,
        value,
        unit: 'min',
        slips: [greedy, value + 1, value - 2, value + 7],
        effort: towns * roads.length,
        what: 'the number of minutes',
      });
    }
  },
};

function greedyRoute(towns: number, roads: readonly Road[], goal: number): number {
  const visited = new Set([0]);
  let [at, total] = [0, 0];
  while (at !== goal) {
    const next = roads
      .filter(
        ({ from, to }) => (from === at && !visited.has(to)) || (to === at && !visited.has(from)),
      )
      .sort((a, b) => a.minutes - b.minutes)[0];
    if (!next || visited.size > towns) return NaN;
    total += next.minutes;
    at = next.from === at ? next.to : next.from;
    visited.add(at);
  }
  return total;
}
