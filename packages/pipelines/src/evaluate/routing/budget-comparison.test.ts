import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@zerorouter/latent-space';
import { OURS } from '../baselines/methods.js';
import { compareAtBudgets } from './budget-comparison.js';
import { differencesAtMatchedCost } from './matched-difference.js';
import type { RoutingTable } from './routing-table.js';

/**
 * Four queries, a dear model that solves the first three and a cheap one that solves the first and the
 * last; forecasts know it.
 */
const small: RoutingTable = {
  models: ['dear', 'cheap'],
  outcomes: {
    queries: 4,
    models: 2,
    score: Float64Array.from([1, 1, 1, 0, 1, 0, 0, 1]),
    costUsd: Float64Array.from([4, 1, 4, 1, 4, 1, 4, 1]),
  },
  methods: new Map([[OURS, Float64Array.from([0.9, 0.8, 0.9, 0.1, 0.9, 0.1, 0.1, 0.9])]]),
  costUsd: Float64Array.from([4, 1, 4, 1, 4, 1, 4, 1]),
  meanCostUsd: Float64Array.from([4, 1]),
  trainingAccuracy: Float64Array.from([0.75, 0.5]),
  strongest: 0,
  cheapest: 1,
};

/** Models of rising ability and price; forecasts see difficulty through noise, costs vary by call. */
function simulated(queries: number, seed: number): RoutingTable {
  const random = seededRandom(seed);
  const abilities = [-1, -0.2, 0.4, 1, 1.8];
  const models = abilities.length;
  const cells = () => new Float64Array(queries * models);
  const [score, paid, probability, costUsd] = [cells(), cells(), cells(), cells()];
  for (let q = 0; q < queries; q++) {
    const difficulty = 1.2 * random.normal();
    const foreseen = difficulty + 0.5 * random.normal();
    abilities.forEach((ability, m) => {
      const at = q * models + m;
      const chance = (logit: number) => 1 / (1 + Math.exp(-logit));
      probability[at] = chance(ability - foreseen);
      score[at] = random.uniform() < chance(ability - difficulty) ? 1 : 0;
      costUsd[at] = Math.exp(2 * ability);
      paid[at] = costUsd[at] * Math.exp(0.2 * random.normal());
    });
  }
  return {
    models: abilities.map(String),
    outcomes: { queries, models, score, costUsd: paid },
    methods: new Map([[OURS, probability]]),
    costUsd,
    meanCostUsd: Float64Array.from(abilities, (ability) => Math.exp(2 * ability)),
    trainingAccuracy: Float64Array.from(abilities, (ability) => 1 / (1 + Math.exp(-ability))),
    strongest: models - 1,
    cheapest: 0,
  };
}

describe('compareAtBudgets', () => {
  it('spends as can be reckoned by hand', async () => {
    const points = await compareAtBudgets(small, small, 20, seededRandom(1));
    expect(points.map(({ budgetUsd }) => budgetUsd)).toEqual(
      [1, 2, 3, 4, 5].map((i) => expect.closeTo(4 ** (i / 6), 12)),
    );
    // USD 2 a query pay for one call of the dear model, at the second or the third query.
    expect(points[2]).toMatchObject({
      bestSingle: {
        model: 'dear',
        share: expect.closeTo(1 / 3, 12),
        costUsd: expect.closeTo(2, 12),
        accuracy: expect.closeTo(0.5 + 0.25 / 3, 12),
      },
      bulk: { costUsd: 1.75, predictedCostUsd: 1.75, accuracy: 0.75 },
      oracle: { costUsd: 1.75, accuracy: 0.75 },
      // No weight parts the second query from the third: 2.5 is nearer to 2 than 1 is.
      utility: { costUsd: 2.5, accuracy: 1 },
      // Half-way between (1, ½) and (2.5, 1).
      bulkMinusUtility: { matchedAccuracy: 0.75, value: 0 },
    });
    // USD 2.52 pay for both.
    expect(points[3]).toMatchObject({
      bulk: { costUsd: 2.5, accuracy: 1 },
      oracle: { costUsd: 2.5, accuracy: 1 },
    });
  });

  it('keeps the budget by forecast, between the single model and the oracle', async () => {
    const points = await compareAtBudgets(
      simulated(600, 1),
      simulated(400, 2),
      200,
      seededRandom(1),
    );
    expect(points).toHaveLength(5);
    for (const { budgetUsd, bestSingle, utility, bulk, oracle, bulkMinusUtility } of points) {
      expect(bulk.predictedCostUsd).toBeLessThanOrEqual(budgetUsd * (1 + 1e-9));
      expect(bulk.predictedCostUsd).toBeGreaterThan(0.98 * budgetUsd);
      expect(bulk.accuracy).toBeGreaterThan(bestSingle.accuracy);
      expect(oracle!.costUsd).toBeLessThanOrEqual(budgetUsd * (1 + 1e-9));
      expect(oracle!.accuracy).toBeGreaterThan(bulk.accuracy);
      expect(Math.abs(utility!.costUsd / budgetUsd - 1)).toBeLessThan(0.25);
      // A budget alone is one price for all queries: there is nothing to gain on the best weight.
      expect(Math.abs(bulkMinusUtility.value)).toBeLessThan(0.005);
      expect(bulkMinusUtility.interval![0]).toBeLessThanOrEqual(bulkMinusUtility.value);
      expect(bulkMinusUtility.interval![1]).toBeGreaterThanOrEqual(bulkMinusUtility.value);
    }
  });

  it('chooses the weight of utility on training answers, and none without them', async () => {
    const judged = simulated(400, 1);
    const training = simulated(400, 2);
    const { outcomes } = training;
    const dearer = {
      ...training,
      outcomes: { ...outcomes, costUsd: outcomes.costUsd.map((cost) => 2 * cost) },
    };
    const at = async (tuning: RoutingTable | null) =>
      (await compareAtBudgets(judged, tuning, 5, seededRandom(1)))[2]!;
    const twice = (await at(dearer)).utility!.costUsd / (await at(training)).utility!.costUsd;
    expect(twice).toBeGreaterThan(0.4);
    expect(twice).toBeLessThan(0.6);
    expect((await at(null)).utility).toBeNull();
  });

  it('has no oracle where reality is dearer than the budget, and no budgets without a range', async () => {
    const { outcomes } = small;
    const underestimated = {
      ...small,
      outcomes: { ...outcomes, costUsd: outcomes.costUsd.map((cost) => 2 * cost) },
    };
    const points = await compareAtBudgets(underestimated, null, 5, seededRandom(1));
    expect(points.map(({ oracle }) => oracle === null)).toEqual([true, true, false, false, false]);
    expect(
      await compareAtBudgets({ ...small, strongest: small.cheapest }, null, 5, seededRandom(1)),
    ).toEqual([]);
  });
});

describe('differencesAtMatchedCost', () => {
  const all = (queries: number, model: number) => new Int32Array(queries).fill(model);

  it('mixes neighbouring weights, not the best ones in hindsight', () => {
    // The middle of the sweep asks the dear model just where it fails.
    const sweep = [all(4, 0), Int32Array.of(0, 1, 1, 0), all(4, 1)];
    const [middle, above, beneath] = differencesAtMatchedCost(
      small.outcomes,
      [Int32Array.of(1, 0, 0, 1), Int32Array.of(0, 0, 0, 1), Int32Array.of(1, 0, 1, 1)],
      sweep,
      20,
      seededRandom(1),
    );
    // The hull would have 0.625 at 2.5; the sweep has 0.25 there, half-way between (1, ½) and (4, ¾).
    expect(middle).toMatchObject({ matchedAccuracy: 0.25, value: 0.75 });
    expect(above).toMatchObject({ matchedAccuracy: 0.5, value: 0.5 });
    expect(beneath).toMatchObject({ matchedAccuracy: 0.375, value: 0.375 });
  });

  it('tells better and worse choices from those of the sweep', () => {
    const { outcomes } = simulated(500, 3);
    const random = seededRandom(4);
    const sweep = [all(500, 4), all(500, 2), all(500, 0)];
    const pick = (better: (q: number) => boolean) =>
      Int32Array.from({ length: 500 }, (_, q) => (better(q) ? 4 : 0));
    const gain = (q: number) => outcomes.score[5 * q + 4]! - outcomes.score[5 * q]!;
    const choices = [pick((q) => gain(q) > 0), all(500, 2), pick((q) => gain(q) < 0)];
    const [wise, same, foolish] = differencesAtMatchedCost(outcomes, choices, sweep, 200, random);
    expect(wise!.interval![0]).toBeGreaterThan(0.1);
    expect(same).toMatchObject({ value: 0, interval: [0, 0] });
    expect(foolish!.interval![1]).toBeLessThan(-0.05);
  });
});
