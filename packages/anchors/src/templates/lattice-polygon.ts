import type { Random } from '../random.js';
import { numericItem, type Template } from '../template.js';

type Point = [x: number, y: number];
const SHAPES = {
  1: { corners: 4, size: 9 },
  2: { corners: 3, size: 12 },
  3: { corners: 5, size: 12 },
  4: { corners: 7, size: 20 },
  5: { corners: 11, size: 40 },
} as const;

/** Shoelace formula: half the absolute sum of xᵢyᵢ₊₁ − xᵢ₊₁yᵢ. */
export function polygonArea(points: Point[]): number {
  const twice = points.reduce((sum, [x, y], i) => {
    const [nextX, nextY] = points[(i + 1) % points.length] as Point;
    return sum + x * nextY - nextX * y;
  }, 0);
  return Math.abs(twice) / 2;
}

/** Corners sorted by angle about a centre between them: a simple, star-shaped polygon. */
function starPolygon(random: Random, corners: number, size: number): Point[] {
  for (;;) {
    const points = Array.from({ length: corners }, (): Point => [
      random.int(-size, size),
      random.int(-size, size),
    ]);
    const centreX = points.reduce((sum, [x]) => sum + x, 0) / corners;
    const centreY = points.reduce((sum, [, y]) => sum + y, 0) / corners;
    const angles = points.map(([x, y]) => Math.atan2(y - centreY, x - centreX));
    const order = points
      .map((_, i) => i)
      .sort((a, b) => (angles[a] as number) - (angles[b] as number));
    const sorted = order.map((i) => angles[i] as number);
    // A gap of half a turn would leave the centre outside, two equal angles could make edges cross.
    const gaps = sorted.map((angle, i) =>
      i === 0 ? angle + 2 * Math.PI - (sorted.at(-1) as number) : angle - (sorted[i - 1] as number),
    );
    if (gaps.some((gap) => gap < 0.03 || gap > 3)) continue;
    const polygon = order.map((i) => points[i] as Point);
    if (polygonArea(polygon) > 0) return polygon;
  }
}

export const latticePolygon: Template = {
  family: 'lattice-polygon',
  domain: 'geometry',
  perLevel: 2,
  draw(level, random) {
    const { corners, size } = SHAPES[level];
    let points: Point[];
    if (level === 1) {
      const [x, y, width, height] = [
        random.int(-5, 5),
        random.int(-5, 5),
        random.int(2, size),
        random.int(2, size),
      ];
      points = [
        [x, y],
        [x + width, y],
        [x + width, y + height],
        [x, y + height],
      ];
    } else points = starPolygon(random, corners, size);
    const value = polygonArea(points);
    const list = points.map(([x, y]) => `(${x}, ${y})`).join(', ');
    const shape = { 3: 'triangle', 4: 'rectangle', 5: 'pentagon', 7: 'heptagon', 11: 'polygon' }[
      corners
    ];
    const [minX, maxX] = [Math.min(...points.map(([x]) => x)), Math.max(...points.map(([x]) => x))];
    const [minY, maxY] = [
      Math.min(...points.map(([, y]) => y)),
      Math.max(...points.map(([, y]) => y)),
    ];
    return numericItem(random, {
      question: random.pick([
        `A ${shape} has the corners ${list}, in this order. What is its area?`,
        `Find the area of the ${shape} whose vertices are, going round once, ${list}.`,
      ]),
      level,
      value,
      slips: [
        value * 2,
        value / 2,
        (maxX - minX) * (maxY - minY) + (level === 1 ? 1 : 0),
        value - 0.5,
      ],
      effort: level === 1 ? 3 : corners * Math.log2(size),
      what: 'the area',
    });
  },
};
