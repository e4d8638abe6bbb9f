import { describe, expect, it } from '@jest/globals';
import { gatherRows, unitRows } from './rows.js';

describe('rows of a matrix', () => {
  const matrix = Float32Array.of(3, 4, 0, 0, -2, 0);

  it('are gathered in the order that is asked for', () => {
    expect(Array.from(gatherRows(matrix, 2, [2, 0, 2]))).toEqual([-2, 0, 3, 4, -2, 0]);
  });

  it('are scaled to unit length, and zeros stay', () => {
    const unit = Array.from(unitRows(matrix, 2));
    [0.6, 0.8, 0, 0, -1, 0].forEach((value, i) => expect(unit[i]).toBeCloseTo(value, 6));
    expect(matrix[0]).toBe(3);
  });
});
