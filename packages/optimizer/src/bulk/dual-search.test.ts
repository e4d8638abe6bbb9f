import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@zerorouter/latent-space';
import { costRange, simulateBulk } from '../simulation/simulate-bulk.js';
import type { AssignmentProblem } from './assignment-problem.js';
import type { DualSolution } from './dual-search.js';
import { solveDual } from './dual-search.js';

function problemOf(seed: number, queries: number): AssignmentProblem {
  const random = seededRandom(seed);
  const bulk = simulateBulk({ queries, models: 6 }, random);
  const { least, most } = costRange(bulk);
  return {
    queries,
    models: 6,
    value: bulk.probability,
    load: bulk.costUsd,
    capacity: new Float64Array(6).fill(Math.ceil(queries / 4)).with(0, Infinity),
    limit: least + (most - least) * (0.15 + 0.2 * random.uniform()),
  };
}

function solved(problem: AssignmentProblem): DualSolution {
  const dual = solveDual(problem, 0);
  if (dual.kind !== 'solved') throw new Error(`not solved: ${dual.kind}`);
  return dual;
}

describe('solveDual', () => {
  it('gives a bound that its multipliers prove, cell by cell', () => {
    for (let seed = 0; seed < 30; seed++) {
      const problem = problemOf(seed, 200 + 100 * seed);
      const { queries, models, value, load, capacity, limit } = problem;
      const { loadPrice, prices, bound, within } = solved(problem);
      let proven = loadPrice * limit;
      for (let m = 0; m < models; m++) if (prices[m] > 0) proven += prices[m] * capacity[m];
      for (let i = 0; i < queries; i++)
        proven += Math.max(
          ...Array.from(
            { length: models },
            (_, m) => value[i * models + m] - loadPrice * load[i * models + m] - prices[m],
          ),
        );
      expect(proven).toBeCloseTo(bound, 6);
      expect(within.value).toBeLessThanOrEqual(bound);
      // The linear relaxation splits few queries: at most one a constraint.
      expect(bound - within.value).toBeLessThan(models);
    }
  });

  it('has prices that are the slopes of the bound: of the limit and of each capacity', () => {
    for (let seed = 0; seed < 20; seed++) {
      const problem = problemOf(seed, 400);
      const { loadPrice, prices, bound } = solved(problem);
      const slope = (changed: AssignmentProblem, step: number) =>
        (solved(changed).bound - bound) / step;
      // The bound is concave and piecewise linear: a price lies between the slopes to either side.
      const between = (price: number, right: number, left: number) => {
        const rounding = 1e-6 * Math.max(1, Math.abs(price));
        expect(price).toBeGreaterThanOrEqual(right - rounding);
        expect(price).toBeLessThanOrEqual(left + rounding);
      };
      const step = 1e-4 * problem.limit;
      const withLimit = (limit: number) => ({ ...problem, limit });
      const right = slope(withLimit(problem.limit + step), step);
      const left = slope(withLimit(problem.limit - step), -step);
      between(loadPrice, right, left);
      expect(right).toBeGreaterThan(0);
      for (let m = 1; m < problem.models; m++) {
        const withCalls = (change: number) => ({
          ...problem,
          capacity: problem.capacity.with(m, problem.capacity[m] + change),
        });
        between(prices[m], slope(withCalls(1), 1), slope(withCalls(-1), -1));
      }
    }
  });

  it('finds the same bound whatever the thinned start', () => {
    const problem = problemOf(3, 5000);
    const shuffled = seededRandom(1).permutation(problem.queries);
    const pick = (cells: Float64Array) =>
      Float64Array.from(cells, (_, cell) => cells[shuffled[Math.floor(cell / 6)] * 6 + (cell % 6)]);
    const again = { ...problem, value: pick(problem.value), load: pick(problem.load) };
    expect(solved(again).bound).toBeCloseTo(solved(problem).bound, 6);
  });
});
