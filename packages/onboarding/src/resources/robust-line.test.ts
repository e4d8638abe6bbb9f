import { describe, expect, it } from '@jest/globals';
import { fitProportion, fitRisingLine, median } from './robust-line.js';

const x = Array.from({ length: 20 }, (_, i) => i);

describe('fitRisingLine', () => {
  it('finds a line through most of the points, whatever the others are', () => {
    const y = x.map((value) => (value % 5 === 0 ? 1e6 : 3 + 2 * value));
    const { intercept, slope } = fitRisingLine(x, y);
    expect(slope).toBeCloseTo(2, 9);
    expect(intercept).toBeCloseTo(3, 9);
  });

  it('is level where points fall, are few, or stand above one another', () => {
    expect(
      fitRisingLine(
        x,
        x.map((value) => -value),
      ),
    ).toEqual({ intercept: -9.5, slope: 0 });
    expect(fitRisingLine([1, 2, 3], [1, 5, 9])).toEqual({ intercept: 5, slope: 0 });
    expect(
      fitRisingLine(
        x.map(() => 7),
        x,
      ),
    ).toEqual({ intercept: 9.5, slope: 0 });
  });
});

describe('fitProportion', () => {
  it('gives a long answer its weight', () => {
    // Ratios 1, 5, 9 with weights 1, 1, 10: half of the weight is passed at 9.
    expect(fitProportion([1, 1, 10], [1, 5, 90])).toBe(9);
    expect(fitProportion([1, 1, 1], [1, 5, 9])).toBe(5);
  });
});

it('refuses to tell of nothing', () => {
  expect(() => median([])).toThrow(RangeError);
  expect(() => fitProportion([], [])).toThrow(RangeError);
  expect(median([4, 1, 3, 2])).toBe(2.5);
});
