import { describe, expect, it } from '@jest/globals';
import { countEnds, restartDelay } from './restart-delay.js';

describe('restartDelay', () => {
  it('doubles from half a second and stays at half a minute', () => {
    expect([1, 2, 3, 7, 50].map(restartDelay)).toEqual([500, 1_000, 2_000, 30_000, 30_000]);
  });
});

describe('countEnds', () => {
  it('counts ends in a row, and begins anew after a minute of sound running', () => {
    expect(countEnds(0, 10)).toBe(1);
    expect(countEnds(4, 59_999)).toBe(5);
    expect(countEnds(4, 60_000)).toBe(1);
  });
});
