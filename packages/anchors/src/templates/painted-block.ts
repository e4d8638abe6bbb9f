import { numericItem, type Level, type Template } from '../template.js';
import type { Random } from '../random.js';

const SIDES = ['top', 'bottom', 'front', 'back', 'left', 'right'] as const;
type Side = (typeof SIDES)[number];

/**
 * Unit cubes of an a × b × c block (width, depth, height) with exactly `wanted` painted faces, by
 * looking at each. `missing` cubes (corner columns, given by position) are gone before painting, and
 * what they uncover is painted too.
 */
export function countPainted(
  size: [number, number, number],
  painted: readonly Side[],
  wanted: number,
  missing: (x: number, y: number, z: number) => boolean = () => false,
): number {
  const [a, b, c] = size;
  const exists = (x: number, y: number, z: number): boolean =>
    x >= 0 && y >= 0 && z >= 0 && x < a && y < b && z < c && !missing(x, y, z);
  const steps: Record<Side, [number, number, number]> = {
    top: [0, 0, 1],
    bottom: [0, 0, -1],
    front: [0, -1, 0],
    back: [0, 1, 0],
    left: [-1, 0, 0],
    right: [1, 0, 0],
  };
  let count = 0;
  for (let x = 0; x < a; x++)
    for (let y = 0; y < b; y++)
      for (let z = 0; z < c; z++) {
        if (!exists(x, y, z)) continue;
        const faces = painted.filter((side) => {
          const [dx, dy, dz] = steps[side];
          return !exists(x + dx, y + dy, z + dz);
        }).length;
        if (faces === wanted) count++;
      }
  return count;
}

function draw(
  level: Level,
  random: Random,
): { question: string; value: number; slips: number[]; effort: number } {
  const size: [number, number, number] = [
    random.int(3, 5 + level),
    random.int(3, 5 + level),
    random.int(3, 4 + level),
  ];
  const [a, b, c] = size;
  const block = `A solid wooden block measures ${a} × ${b} × ${c} cm (width × depth × height)`;
  const cut = 'It is then sawn into cubes of 1 cm.';
  if (level === 1) {
    return {
      question: `${block}. Into how many cubes of 1 cm can it be sawn?`,
      value: a * b * c,
      slips: [a + b + c, 2 * (a * b + b * c + a * c)],
      effort: 3,
    };
  }
  if (level === 2) {
    const value = countPainted(size, SIDES, 0);
    return {
      question: `${block}. All its faces are painted. ${cut} How many of these cubes have no paint at all?`,
      value,
      slips: [(a - 1) * (b - 1) * (c - 1), a * b * c],
      effort: 6,
    };
  }
  if (level === 3) {
    const wanted = random.int(1, 2);
    const value = countPainted(size, SIDES, wanted);
    return {
      question: `${block}. All its faces are painted. ${cut} How many of these cubes have exactly ${wanted} painted face${wanted > 1 ? 's' : ''}?`,
      value,
      slips: [countPainted(size, SIDES, 3 - wanted), value + 8, 4 * (a + b + c)],
      effort: 10,
    };
  }
  if (level === 4) {
    const painted = random.sample(SIDES, random.int(3, 4));
    const wanted = random.int(1, 2);
    const value = countPainted(size, painted, wanted);
    return {
      question: `${block}. Only these faces are painted: ${painted.join(', ')}. ${cut} How many of these cubes have exactly ${wanted} painted face${wanted > 1 ? 's' : ''}?`,
      value,
      slips: [
        countPainted(size, SIDES, wanted),
        countPainted(size, painted, 3 - wanted),
        value - 2,
      ],
      effort: 18,
    };
  }
  const [width, depth] = [random.int(1, a - 2), random.int(1, b - 2)];
  const wanted = random.int(1, 3);
  const missing = (x: number, y: number): boolean => x < width && y < depth;
  const value = countPainted(size, SIDES, wanted, missing);
  return {
    question: `${block}. First, a column ${width} cm wide and ${depth} cm deep is cut out of one vertical edge over the full height, which leaves an L-shaped solid. Then the whole surface of that solid, the newly cut faces included, is painted. ${cut.replace('It', 'The solid')} How many of these cubes have exactly ${wanted} painted face${wanted > 1 ? 's' : ''}?`,
    value,
    slips: [countPainted(size, SIDES, wanted), value + 1, value - c],
    effort: 30,
  };
}

export const paintedBlock: Template = {
  family: 'painted-block',
  domain: 'geometry',
  perLevel: 2,
  draw: (level, random) => {
    const { question, value, slips, effort } = draw(level, random);
    return numericItem(random, {
      question,
      level,
      value,
      slips,
      effort,
      what: 'the number of cubes',
    });
  },
};
