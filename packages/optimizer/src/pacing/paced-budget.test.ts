import { describe, expect, it, jest } from '@jest/globals';
import type { Random } from '@zerorouter/latent-space';
import { seededRandom } from '@zerorouter/latent-space';
import type { BulkInstance } from '../bulk/bulk-instance.js';
import { optimizeBulk } from '../bulk/optimize-bulk.js';
import { costRange, simulateBulk } from '../simulation/simulate-bulk.js';
import type { BudgetPeriod } from './paced-budget.js';
import { PacedBudget } from './paced-budget.js';

jest.setTimeout(240_000);

const DAY_S = 86_400;
/** Foreseeable traffic, in parts of its mean: a trough after four in the morning, 1.6 times in the afternoon. */
const TROUGH = 0.17;
const rate = (share: number) => 1 - 0.6 * Math.cos(2 * Math.PI * (share - TROUGH));
/** Share of the day's traffic that has come, bursts counted as they come on average: evenly. */
const curve = (share: number) => {
  const swing = Math.sin(2 * Math.PI * (share - TROUGH)) + Math.sin(2 * Math.PI * TROUGH);
  return share - (2 / 3) * ((0.6 * swing) / (2 * Math.PI));
};

/**
 * Times of a day's queries: two thirds follow the rate; a third comes in forty bursts of two to twenty
 * minutes, many times the rate beside them, at times that nobody foretold.
 */
function burstyDay(queries: number, random: Random): Float64Array {
  const bursts = Array.from({ length: 40 }, () => ({
    startS: random.uniform() * (DAY_S - 1200),
    lengthS: 120 + 1080 * random.uniform(),
  }));
  return Float64Array.from({ length: queries }, () => {
    if (random.uniform() < 1 / 3) {
      const { startS, lengthS } = bursts[random.integer(bursts.length)];
      return startS + lengthS * random.uniform();
    }
    for (;;) {
      const share = random.uniform();
      if (2 * random.uniform() < rate(share)) return share * DAY_S;
    }
  }).sort();
}

/** Queries whose answers grow longer, and dearer, towards the evening. */
function dayOfQueries(times: Float64Array, random: Random): BulkInstance {
  const bulk = simulateBulk({ queries: times.length, models: 8 }, random);
  times.forEach((at, i) => {
    for (let m = 0; m < bulk.models; m++)
      bulk.costUsd[i * bulk.models + m] *= 0.8 + (0.4 * at) / DAY_S;
  });
  return bulk;
}

/** argmax p − λ·cost of what the rest of the budget covers, as a router does; −1 = nothing, refused. */
function choose(
  pacer: PacedBudget,
  { budgetUsd }: BudgetPeriod,
  atS: number,
  probability: Float64Array,
  costUsd: Float64Array,
): number {
  const { price, spentUsd } = pacer.state;
  let chosen = -1;
  let best = -Infinity;
  for (let m = 0; m < probability.length; m++) {
    const net = probability[m] - price * costUsd[m];
    if (costUsd[m] > budgetUsd - spentUsd || net <= best) continue;
    best = net;
    chosen = m;
  }
  if (chosen < 0) pacer.refuse();
  else pacer.spend(atS, costUsd[chosen]);
  return chosen;
}

function spendDay(bulk: BulkInstance, times: Float64Array, period: BudgetPeriod, price: number) {
  const pacer = new PacedBudget(period, { price, spentUsd: 0, queries: 0 });
  let correct = 0;
  let refused = 0;
  let most = 0;
  times.forEach((at, i) => {
    const row = [i * bulk.models, (i + 1) * bulk.models] as const;
    const chosen = choose(
      pacer,
      period,
      at,
      bulk.probability.subarray(...row),
      bulk.costUsd.subarray(...row),
    );
    if (chosen < 0) refused++;
    else correct += bulk.probability[i * bulk.models + chosen];
    most = Math.max(most, pacer.state.spentUsd);
  });
  return { correct, refused, most, ...pacer.state };
}

describe('PacedBudget over a day of bursty traffic', () => {
  const days = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => {
    const random = seededRandom(seed);
    const times = burstyDay(30_000, random);
    const bulk = dayOfQueries(times, random);
    const { least, most } = costRange(bulk);
    return {
      seed,
      times,
      bulk,
      budgetUsd: least + (0.03 + 0.05 * (1 + ((seed - 1) % 4))) * (most - least),
    };
  });

  it.each(days)('spends the budget and comes near the offline optimum, seed $seed', async (day) => {
    const { times, bulk, budgetUsd, seed } = day;
    const optimum = await optimizeBulk(
      bulk,
      { budgetUsd },
      { weights: { accuracy: 1, cost: 0, latency: 0 }, scales: { costUsd: 1, latencyS: 1 } },
      { exactTimeLimitS: 0 },
    );
    // The guess of the traffic is a quarter off, the first price threefold, to either side.
    const expectedQueries = times.length * (seed % 2 === 0 ? 1.25 : 0.75);
    const price = optimum.shadowPrices.budget! * ((seed - 1) % 4 < 2 ? 3 : 1 / 3);
    const period = { budgetUsd, startS: 0, endS: DAY_S, expectedQueries, trafficCurve: curve };
    const { correct, refused, most, spentUsd } = spendDay(bulk, times, period, price);
    expect(refused).toBe(0);
    expect(most).toBeLessThanOrEqual(budgetUsd);
    expect(spentUsd / budgetUsd).toBeGreaterThan(0.98);
    expect(correct / optimum.totals.expectedCorrect).toBeGreaterThan(0.99);
  });

  it('never overspends, whatever it was told', () => {
    const { times, bulk, budgetUsd } = days[0];
    const period = { budgetUsd: budgetUsd / 20, startS: 0, endS: DAY_S, expectedQueries: 10 };
    const { most, refused } = spendDay(bulk, times, period, 1e-9);
    expect(most).toBeLessThanOrEqual(budgetUsd / 20);
    expect(refused).toBeGreaterThan(0);
  });
});

describe('PacedBudget', () => {
  const period = { budgetUsd: 1, startS: 0, endS: 100, expectedQueries: 10 };
  const start = { price: 1, spentUsd: 0, queries: 0 };

  it('raises the price by dear calls and lowers it by cheap ones', () => {
    const pacer = new PacedBudget(period, start);
    pacer.spend(0, 0.4);
    expect(pacer.state.price).toBeGreaterThan(1);
    const thrifty = new PacedBudget(period, start);
    thrifty.spend(0, 0.05);
    expect(thrifty.state.price).toBeLessThan(1);
  });

  it('goes on from its state, and counts a refusal as demand that says nothing of the price', () => {
    const pacer = new PacedBudget(period, start);
    pacer.spend(5, 0.3);
    const again = new PacedBudget(period, JSON.parse(JSON.stringify(pacer.state)) as typeof start);
    expect(again.state).toEqual(pacer.state);
    expect(again.state).toMatchObject({ spentUsd: 0.3, queries: 1 });
    again.refuse();
    expect(again.state).toEqual({ ...pacer.state, queries: 2 });
    pacer.spend(6, 0.1);
    again.spend(6, 0.1);
    // One query more was asked for the same money: each may cost less, and the price is higher.
    expect(again.state.price).toBeGreaterThan(pacer.state.price);
  });

  it('keeps the price where it can come back from, after long idleness and long want', () => {
    const idle = new PacedBudget(period, start);
    for (let n = 0; n < 10_000; n++) idle.spend(50, 0);
    expect(idle.state.price).toBeCloseTo(1e-3, 12);
    const wanting = new PacedBudget(period, start);
    for (let n = 0; n < 10_000; n++) wanting.spend(50, 1);
    expect(wanting.state.price).toBe(1e4);
  });

  it('goes on with free calls when the budget is spent', () => {
    const pacer = new PacedBudget(period, { ...start, spentUsd: 1 });
    pacer.spend(99.9, 0);
    expect(pacer.state).toMatchObject({ spentUsd: 1, queries: 1 });
    expect(pacer.state.price).toBeCloseTo(Math.exp(-0.02), 12);
    expect(choose(pacer, period, 99.9, Float64Array.of(0.9, 0.5), Float64Array.of(0.1, 0))).toBe(1);
  });

  it('refuses nonsense', () => {
    expect(() => new PacedBudget({ ...period, endS: 0 }, start)).toThrow(RangeError);
    expect(() => new PacedBudget({ ...period, budgetUsd: NaN }, start)).toThrow(/budgetUsd/);
  });
});
