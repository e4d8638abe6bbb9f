import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../random/seeded-random.js';
import { assignDimensions } from './assign-dimensions.js';
import { nearestRotation, singularValues } from './singular-values.js';

const product = (a: ArrayLike<number>, b: ArrayLike<number>, n: number) =>
  Array.from({ length: n * n }, (_, at) => {
    let sum = 0;
    for (let k = 0; k < n; k++) sum += a[Math.floor(at / n) * n + k] * b[k * n + (at % n)];
    return sum;
  });
const transposed = (a: ArrayLike<number>, n: number) =>
  Array.from({ length: n * n }, (_, at) => a[(at % n) * n + Math.floor(at / n)]);
const isIdentity = (a: readonly number[], n: number) =>
  a.forEach((value, at) => expect(value).toBeCloseTo(at % (n + 1) === 0 ? 1 : 0, 10));

describe('singularValues', () => {
  it('gives the textbook values of [[3, 0], [4, 5]]', () => {
    const { values } = singularValues([3, 0, 4, 5], 2);
    expect(values[0]).toBeCloseTo(Math.sqrt(45), 12);
    expect(values[1]).toBeCloseTo(Math.sqrt(5), 12);
  });

  it.each([5, 2])('rebuilds a 5 × 5 matrix of rank %i from orthonormal factors', (rank) => {
    const random = seededRandom(rank);
    const n = 5;
    const left = Array.from({ length: 25 }, (_, at) => (at % n < rank ? random.normal() : 0));
    const right = Array.from({ length: 25 }, () => random.normal());
    const matrix = product(left, right, n);
    const { u, values, v } = singularValues(matrix, n);
    isIdentity(product(transposed(u, n), u, n), n);
    isIdentity(product(transposed(v, n), v, n), n);
    const scaled = Array.from(u, (value, at) => value * values[at % n]);
    product(scaled, transposed(v, n), n).forEach((value, at) =>
      expect(value).toBeCloseTo(matrix[at], 10),
    );
  });

  it('finds a rotation back from a noiseless moment', () => {
    const angle = 0.7;
    const turn = [Math.cos(angle), -Math.sin(angle), Math.sin(angle), Math.cos(angle)];
    // M = R·S with S symmetric positive: R is the nearest rotation.
    nearestRotation(product(turn, [2, 0.3, 0.3, 1], 2), 2).forEach((value, at) =>
      expect(value).toBeCloseTo(turn[at], 12),
    );
  });
});

describe('assignDimensions', () => {
  it('beats every other permutation', () => {
    const random = seededRandom(9);
    for (let trial = 0; trial < 20; trial++) {
      const similarity = Array.from({ length: 25 }, () => random.normal());
      const total = (columns: ArrayLike<number>) =>
        Array.from(columns).reduce((sum, column, row) => sum + similarity[row * 5 + column], 0);
      const best = Math.max(...permutations([0, 1, 2, 3, 4]).map(total));
      expect(total(assignDimensions(similarity, 5))).toBeCloseTo(best, 12);
    }
  });
});

function permutations(values: readonly number[]): number[][] {
  if (values.length === 0) return [[]];
  return values.flatMap((value) =>
    permutations(values.filter((other) => other !== value)).map((rest) => [value, ...rest]),
  );
}
