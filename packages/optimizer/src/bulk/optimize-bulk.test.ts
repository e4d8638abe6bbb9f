import { describe, expect, it, jest } from '@jest/globals';
import { seededRandom } from '@zerorouter/latent-space';
import { randomConstraints } from '../../test/random-constraints.js';
import { referenceOptimum } from '../../test/reference-optimum.js';
import { violations } from '../../test/verify-allocation.js';
import { costRange, simulateBulk } from '../simulation/simulate-bulk.js';
import type { BulkConstraints, BulkInstance } from './bulk-instance.js';
import { InfeasibleError } from './infeasible-error.js';
import type { BulkOptions } from './optimize-bulk.js';
import { optimizeBulk } from './optimize-bulk.js';

jest.setTimeout(600_000);

const preference = {
  weights: { accuracy: 1, cost: 0.05, latency: 0.02 },
  scales: { costUsd: 0.001, latencyS: 2 },
};
const optimize = (
  instance: BulkInstance,
  constraints: BulkConstraints,
  options: BulkOptions = {},
) => optimizeBulk(instance, constraints, preference, options);

/** The error of a request that cannot be met; null when it can. */
async function refusal(instance: BulkInstance, constraints: BulkConstraints) {
  return optimize(instance, constraints).then(
    () => null,
    (error: unknown) => {
      if (error instanceof InfeasibleError) return error;
      throw error;
    },
  );
}

/** One query a row: P(correct), cost and, if it matters, latency of each model. */
function bulk(probability: number[][], costUsd: number[][], latencyS?: number[][]): BulkInstance {
  return {
    queries: probability.length,
    models: probability[0].length,
    probability: Float64Array.from(probability.flat()),
    costUsd: Float64Array.from(costUsd.flat()),
    latencyS: Float64Array.from((latencyS ?? costUsd.map((row) => row.map(() => 1))).flat()),
  };
}

describe('optimizeBulk against the exact optimum', () => {
  const INSTANCES = 240;
  const byConstraint = { met: 0, refused: 0 };

  it(`is within 0.1% of it, and keeps every constraint, on ${INSTANCES} random requests`, async () => {
    for (let seed = 0; seed < INSTANCES; seed++) {
      const random = seededRandom(seed);
      const instance = simulateBulk(
        {
          queries: 2 + random.integer(40),
          models: 1 + random.integer(7),
          missing: seed % 2 === 0 ? 0.15 : 0,
          ties: seed % 3 === 0,
        },
        random,
      );
      const constraints = randomConstraints(instance, random);
      const optimum = await referenceOptimum(instance, constraints);
      const refused = await refusal(instance, constraints);
      expect({ seed, refused: refused !== null }).toEqual({ seed, refused: optimum === null });
      if (refused !== null || optimum === null) {
        byConstraint.refused++;
        await expectNearestIsTrue(instance, constraints, refused!, seed);
        continue;
      }
      byConstraint.met++;
      const { choice, totals, gapBound } = await optimize(instance, constraints);
      expect({ seed, broken: violations(instance, constraints, choice) }).toEqual({
        seed,
        broken: [],
      });
      const value =
        constraints.minMeanAccuracy === undefined ? totals.expectedCorrect : totals.costUsd!;
      const gap = optimum === 0 ? value : Math.abs(value - optimum) / optimum;
      expect({ seed, gap: gap <= 1e-3 ? 0 : gap }).toEqual({ seed, gap: 0 });
      expect(gapBound).toBeGreaterThanOrEqual(gap - 1e-6);
    }
    // Both outcomes are common in the family.
    expect(byConstraint.met).toBeGreaterThan(INSTANCES / 3);
    expect(byConstraint.refused).toBeGreaterThan(INSTANCES / 10);
  });

  /** At the named value the request can be met; just short of it it cannot. */
  async function expectNearestIsTrue(
    instance: BulkInstance,
    constraints: BulkConstraints,
    { constraint, nearest }: InfeasibleError,
    seed: number,
  ): Promise<void> {
    if (nearest === null) return;
    const key = {
      budget_usd: 'budgetUsd',
      min_accuracy: 'minMeanAccuracy',
      max_latency_s: 'maxLatencyS',
      capacity: 'capacity',
      eligibility: 'none',
    }[constraint];
    const bindsAgain = async (value: unknown) => {
      const error = await refusal(instance, { ...constraints, [key]: value });
      return error?.constraint === constraint;
    };
    expect({ seed, at: await bindsAgain(nearest) }).toEqual({ seed, at: false });
    if (typeof nearest === 'number') {
      const short = nearest * (constraint === 'min_accuracy' ? 1 + 1e-6 : 1 - 1e-6);
      if (short <= 1 || constraint !== 'min_accuracy')
        expect({ seed, constraint, short: await bindsAgain(short) }).toEqual({
          seed,
          constraint,
          short: true,
        });
      return;
    }
    for (const [m, calls] of nearest.entries())
      if (calls !== null && calls > constraints.capacity![m]!)
        expect(await bindsAgain(nearest.with(m, calls - 1))).toBe(true);
  }

  it('needs no exact solver from a thousand queries on', async () => {
    for (let seed = 0; seed < 24; seed++) {
      const random = seededRandom(seed);
      const instance = simulateBulk(
        { queries: 1000 + random.integer(2000), models: 5 + random.integer(10) },
        random,
      );
      const { least, most } = costRange(instance);
      const { queries, models } = instance;
      const constraints: BulkConstraints = {
        ...(seed % 4 === 3
          ? { minMeanAccuracy: 0.6 }
          : { budgetUsd: least + (most - least) * (0.15 + 0.3 * random.uniform()) }),
        ...(seed % 2 === 0
          ? { capacity: new Array<number>(models).fill(Math.ceil((1.7 * queries) / models)) }
          : {}),
      };
      const { choice, gapBound, method } = await optimize(instance, constraints, {
        exactTimeLimitS: 0,
      });
      expect(method).toBe('lagrangian');
      expect(violations(instance, constraints, choice)).toEqual([]);
      expect({ seed, gap: gapBound <= 1e-3 ? 0 : gapBound }).toEqual({ seed, gap: 0 });
    }
  });
});

describe('optimizeBulk at the edges', () => {
  const simple = bulk(
    [
      [0.5, 0.9],
      [0.4, 0.6],
      [0.7, 0.8],
    ],
    [
      [1, 10],
      [1, 10],
      [1, 10],
    ],
  );

  it('buys what a budget buys: the upgrade that gains most', async () => {
    const { choice, totals, shadowPrices } = await optimize(simple, { budgetUsd: 12 });
    expect([...choice]).toEqual([1, 0, 0]);
    expect(totals).toEqual({ expectedCorrect: 2, meanAccuracy: 2 / 3, costUsd: 12 });
    // The next 9 dollars raise the second query from .4 to .6.
    expect(shadowPrices.budget).toBeGreaterThanOrEqual(0.2 / 9 - 1e-12);
    expect(shadowPrices.budget).toBeLessThanOrEqual(0.4 / 9 + 1e-12);
  });

  it('meets a budget, a floor and capacities that can only just be met', async () => {
    expect((await optimize(simple, { budgetUsd: 3 })).totals.costUsd).toBe(3);
    const floor = await optimize(simple, { minMeanAccuracy: 2.3 / 3 });
    expect([...floor.choice]).toEqual([1, 1, 1]);
    const full = await optimize(simple, { capacity: [2, 1] });
    expect([...full.choice]).toEqual([1, 0, 0]);
    const cents = bulk([[0.5], [0.5], [0.5]], [[0.1], [0.1], [0.1]]);
    // .1 + .1 + .1 is not .3 in binary: a matter of rounding, not of the budget.
    expect([...(await optimize(cents, { budgetUsd: 0.3 })).choice]).toEqual([0, 0, 0]);
  });

  it('spends nothing under a budget of nothing, where models are free', async () => {
    const free = bulk([[0.2, 0.4, 0.9]], [[0, 0, 0.01]]);
    const { choice, gapBound } = await optimize(free, { budgetUsd: 0 });
    expect([[...choice], gapBound]).toEqual([[1], 0]);
    expect((await optimize(free, { minMeanAccuracy: 0.3 })).totals.costUsd).toBe(0);
  });

  it('takes the cheaper of two that are as likely to be right', async () => {
    const { choice } = await optimize(bulk([[0.7, 0.7, 0.7]], [[3, 1, NaN]]), { maxLatencyS: 2 });
    expect([...choice]).toEqual([1]);
  });

  it('never chooses what is not eligible, nor what it knows too little of', async () => {
    const patchy = bulk([[NaN, 0.6, 0.7, 0.8]], [[1, NaN, 2, 3]], [[1, 1, 1, NaN]]);
    expect([...(await optimize(patchy, { budgetUsd: 9 })).choice]).toEqual([3]);
    expect([...(await optimize(patchy, { budgetUsd: 9, maxLatencyS: 5 })).choice]).toEqual([2]);
    expect([...(await optimize(patchy, { maxLatencyS: 5 })).choice]).toEqual([2]);
    const unpriced = await optimize(bulk([[0.5]], [[NaN]]), { maxLatencyS: 5 });
    expect(unpriced.totals.costUsd).toBeNull();
  });

  it('names the query that no model may answer, or none of known cost or latency', async () => {
    const refused = (instance: BulkInstance, constraints: BulkConstraints) =>
      expect(optimize(instance, constraints)).rejects;
    await refused(bulk([[0.5], [NaN]], [[1], [1]]), {}).toMatchObject({
      constraint: 'eligibility',
      details: { query: 1 },
    });
    await refused(bulk([[0.5], [0.5]], [[1], [NaN]]), { budgetUsd: 9 }).toThrow(/query 1/);
    await refused(bulk([[0.5]], [[1]], [[NaN]]), { maxLatencyS: 9 }).toMatchObject({
      constraint: 'max_latency_s',
      nearest: null,
    });
    await refused(bulk([[0.5, 0.6]], [[1, 1]], [[4, 3]]), { maxLatencyS: 2 }).toMatchObject({
      constraint: 'max_latency_s',
      nearest: 3,
    });
  });

  it('says by how much capacities fall short, and whose', async () => {
    const names = { query: (i: number) => `q${i}`, model: (m: number) => ['ant', 'bee'][m] };
    const onlyAnt = bulk(
      [
        [0.5, NaN],
        [0.5, NaN],
        [0.5, 0.5],
      ],
      [
        [1, 1],
        [1, 1],
        [1, 1],
      ],
    );
    await expect(optimize(onlyAnt, { capacity: [1, 9] }, { names })).rejects.toMatchObject({
      code: 'infeasible',
      constraint: 'capacity',
      nearest: [2, 9],
      message: expect.stringMatching(/1 query without a model; with 2 for ant \(now 1\)/),
    });
  });

  it('refuses malformed matrices and constraints by value and place', async () => {
    const refused = (instance: BulkInstance, constraints: BulkConstraints = {}) =>
      expect(optimize(instance, constraints)).rejects;
    await refused(bulk([[0.5, 1.5]], [[1, 1]])).toThrow(
      /probability of query 0 and model 1 is 1\.5/,
    );
    await refused(bulk([[0.5]], [[-1]])).toThrow(/costUsd of query 0 and model 0 is -1/);
    await refused({ ...simple, models: 3 }).toThrow(/6 cells, expected 3 × 3/);
    await refused(simple, { budgetUsd: NaN }).toThrow(/budgetUsd/);
    await refused(simple, { capacity: [1] }).toThrow(/one per model/);
    await refused(simple, { capacity: [1.5, 2] }).toThrow(/capacity of model 0 is 1\.5/);
    await refused(simple, { minMeanAccuracy: 1.1 }).toThrow(RangeError);
  });
});
