import { describe, expect, it } from '@jest/globals';
import { project } from './principal-axes.js';

/** Spread along (1, 1, 0) and a little along (1, −1, 0); the third coordinate stands still. */
const CLOUD = Array.from({ length: 200 }, (_, i) => {
  const [along, across] = [Math.sin(i * 1.7) * 10, Math.cos(i * 2.3)];
  return [along + across, along - across, 5];
});

describe('project', () => {
  it('finds the direction of the largest spread, and how much of it there is', () => {
    const { points, explained } = project(CLOUD);
    expect(explained[0]).toBeGreaterThan(0.9);
    expect(explained[0] + explained[1]).toBeCloseTo(1, 10);
    // The first coordinate follows what the cloud was spread along, the second what is left.
    const along = CLOUD.map((_, i) => Math.sin(i * 1.7));
    expect(
      Math.abs(
        correlation(
          points.map(([x]) => x),
          along,
        ),
      ),
    ).toBeGreaterThan(0.99);
    expect(
      Math.abs(
        correlation(
          points.map(([x]) => x),
          points.map(([, y]) => y),
        ),
      ),
    ).toBeLessThan(1e-6);
  });

  it('keeps the variance that it says: a projection, not a stretch', () => {
    const { points, explained } = project(CLOUD);
    const variance = points.reduce((sum, [x]) => sum + x * x, 0) / points.length;
    // Two coordinates of unit variance are left.
    expect(variance).toBeCloseTo(2 * explained[0], 8);
  });

  it('bears one dimension, one point, and none', () => {
    expect(project([[1], [2], [3]]).explained).toEqual([1, 0]);
    expect(project([[1, 2, 3]]).points).toEqual([[0, 0]]);
    expect(project([]).points).toEqual([]);
  });

  it('gives the same map however an axis happens to be turned', () => {
    const mirrored = project(CLOUD.map(([a = 0, b = 0, c = 0]) => [a, b, c]).toReversed());
    expect(mirrored.points.toReversed()[17]![0]).toBeCloseTo(project(CLOUD).points[17]![0], 8);
  });
});

function correlation(a: number[], b: number[]): number {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [ma, mb] = [mean(a), mean(b)];
  const cross = a.reduce((sum, value, i) => sum + (value - ma) * (b[i]! - mb), 0);
  const norm = (values: number[], m: number) =>
    Math.sqrt(values.reduce((sum, value) => sum + (value - m) ** 2, 0));
  return cross / (norm(a, ma) * norm(b, mb));
}
