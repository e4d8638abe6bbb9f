import { describe, expect, it } from '@jest/globals';
import { Random } from './random.js';

describe('Random', () => {
  it('repeats its stream for the same path and only for it', () => {
    const stream = (path: string): number[] => {
      const random = new Random(path);
      return Array.from({ length: 20 }, () => random.next());
    };
    expect(stream('1/a')).toEqual(stream('1/a'));
    expect(stream('1/a')).not.toEqual(stream('1/b'));
  });

  it('is uniform over integers, within four standard errors', () => {
    const counts = new Array<number>(6).fill(0);
    // One draw from each of many streams: neighbouring paths must not be correlated.
    for (let i = 0; i < 12_000; i++) (counts[new Random(`path/${i}`).int(0, 5)] as number)++;
    for (const count of counts)
      expect(Math.abs(count - 2_000)).toBeLessThan(4 * Math.sqrt(12_000 * (1 / 6) * (5 / 6)));
  });

  it('shuffles into a permutation and samples without repetition', () => {
    const random = new Random('x');
    const values = Array.from({ length: 30 }, (_, i) => i);
    expect(random.shuffle(values).sort((a, b) => a - b)).toEqual(values);
    expect(new Set(random.sample(values, 12)).size).toBe(12);
  });

  it('refuses what it cannot draw', () => {
    const random = new Random('x');
    expect(() => random.int(3, 2)).toThrow(RangeError);
    expect(() => random.pick([])).toThrow(RangeError);
    expect(() => random.sample([1], 2)).toThrow(RangeError);
  });
});
