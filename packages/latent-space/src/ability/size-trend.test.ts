import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../random/seeded-random.js';
import { fitSizeTrends } from './size-trend.js';

const random = seededRandom(9);
const group = (level: number, count: number, spread = 1.5) =>
  Array.from({ length: count }, () => {
    const logSize = 2.5 + spread * random.normal();
    return { logSize, ability: level + 0.4 * (logSize - 2.5) + 0.3 * random.normal() };
  });

describe('fitSizeTrends', () => {
  it('recovers the shared slope, the level of each group and the spread around it', () => {
    const [low, high] = fitSizeTrends([group(-1, 60), group(1, 60)]);
    expect(low!.slope).toBe(high!.slope);
    expect(Math.abs(low!.slope - 0.4)).toBeLessThan(0.06);
    const at = (trend: typeof low) =>
      trend!.meanAbility + trend!.slope * (2.5 - trend!.meanLogSize);
    expect(Math.abs(at(low) + 1)).toBeLessThan(0.12);
    expect(Math.abs(at(high) - 1)).toBeLessThan(0.12);
    expect(Math.abs(Math.sqrt(low!.residualVariance) - 0.3)).toBeLessThan(0.06);
  });

  it('lends the slope to a group of models of one size', () => {
    const [, alike] = fitSizeTrends([group(0, 60), group(2, 5, 0)]);
    expect(Math.abs(alike!.slope - 0.4)).toBeLessThan(0.06);
  });

  it('says next to nothing from two models of nearly one size', () => {
    const [trend] = fitSizeTrends([
      [
        { logSize: 2, ability: 0 },
        { logSize: 2.1, ability: 1 },
      ],
    ]);
    expect(Math.abs(trend!.slope)).toBeLessThan(0.05);
    expect(trend!.residualVariance).toBeGreaterThan(0.1);
  });

  it('has no trend for a group without a model', () => {
    expect(fitSizeTrends([[], group(0, 5)])[0]).toBeNull();
  });
});
