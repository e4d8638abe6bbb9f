import { describe, expect, it } from '@jest/globals';
import { dot, forecastCorrectness, seededRandom, sigmoid } from '@zerorouter/latent-space';
import type { Ability, ItemParameters, Random } from '@zerorouter/latent-space';
import { observeAnswer } from '@zerorouter/learning';
import { LabelValue, weighWidths } from './label-value.js';
import { learnLabel } from './learn-label.js';
import { traceRegret } from './routing-regret.js';
import { suggestLabels } from './suggest-labels.js';
import type { GradableQuery } from './suggest-labels.js';

const pause = () => Promise.resolve();
const options = { seed: 1, pause };

function drawItem(random: Random, dimensions: number): ItemParameters {
  return {
    discrimination: Array.from({ length: dimensions }, () => Math.exp(0.4 * random.normal()) / 1.4),
    difficulty: random.normal(),
    difficultyVariance: 0.2,
  };
}

function drawQueries(random: Random, count: number, models: number, dimensions = 2) {
  return Array.from({ length: count }, (): GradableQuery => {
    const handicaps = Array.from({ length: models }, (_, m) => -0.01 * m);
    return {
      item: drawItem(random, dimensions),
      accuracyWeight: 1,
      handicaps,
      askable: handicaps.map(() => true),
    };
  });
}

/** Abilities that are known to `deviation`. */
function drawAbilities(random: Random, models: number, deviation: number, dimensions = 2) {
  return Array.from({ length: models }, (): Ability => ({
    mean: Array.from({ length: dimensions }, () => 0.3 * random.normal()),
    covariance: Array.from({ length: dimensions ** 2 }, (_, i) =>
      i % (dimensions + 1) === 0 ? deviation ** 2 : 0,
    ),
  }));
}

describe('weighWidths and LabelValue', () => {
  const random = seededRandom(3);
  const traffic = drawQueries(random, 60, 3);
  const abilities = drawAbilities(random, 3, 0.5);

  it('tell by how much the regret falls when an ability is known a little better', async () => {
    const weights = weighWidths(abilities, traffic);
    const narrower = abilities.map(({ mean, covariance }) => ({
      mean,
      covariance: Array.from(covariance, (c) => 0.9 * c),
    }));
    const grades = narrower.map((ability, model) => ({ model, ability }));
    const { total } = await traceRegret(abilities, grades, traffic, options);
    const foreseen = abilities.reduce(
      (sum, { covariance }, m) => sum + covariance[0] * 0.1 * (weights[m][0] + weights[m][3]),
      0,
    );
    const fell = total.regretBefore - total.regretAfter;
    // To first order, and pair by pair, which counts what three models forgo more than once.
    expect(foreseen / fell).toBeGreaterThan(0.7);
    expect(foreseen / fell).toBeLessThan(1.5);
  });

  it('expect the width that learning it either way leaves, and less of the same again', () => {
    const { item } = traffic[0];
    const value = new LabelValue(abilities[0], Float64Array.of(1, 0, 0, 1));
    const trace = ({ covariance }: Ability) => covariance[0] + covariance[3];
    const { probability } = observeAnswer(abilities[0], {
      item,
      score: 1,
      judge: { sensitivity: 1, specificity: 1 },
      evidence: 0,
    });
    const left =
      probability * trace(learnLabel(abilities[0], item, 1, [])) +
      (1 - probability) * trace(learnLabel(abilities[0], item, 0, []));
    const before = value.valueOf(item);
    expect(before).toBeCloseTo(trace(abilities[0]) - left, 6);
    for (let i = 0; i < 10; i++) value.expect(item);
    expect(value.valueOf(item)).toBeLessThan(0.5 * before);
  });
});

describe('suggestLabels', () => {
  it('asks for the uncertain rival, on each query once, and for nothing that may not be asked', async () => {
    const random = seededRandom(5);
    const queries = drawQueries(random, 100, 3).map((query, q) => ({
      ...query,
      askable: [true, true, q >= 50],
    }));
    const abilities = drawAbilities(random, 3, 0.05);
    const vague = { ...abilities[0], covariance: [0.6, 0, 0, 0.6] };
    const suggestions = await suggestLabels([abilities[1], abilities[2], vague], queries, {
      limit: 20,
      ...options,
    });
    expect(suggestions.length).toBe(20);
    expect(new Set(suggestions.map(({ query }) => query)).size).toBe(20);
    expect(suggestions.filter(({ model }) => model === 2).length).toBeGreaterThan(15);
    expect(suggestions.every(({ query, model }) => model !== 2 || query >= 50)).toBe(true);
    expect(suggestions.every(({ gain }) => gain > 0)).toBe(true);
  });

  it('spreads over what differs: a batch is not one kind of query forty times', async () => {
    const random = seededRandom(6);
    // Two kinds, each of which tells of one coordinate; the first one a little more.
    const queries = drawQueries(random, 80, 2).map((query, q) => ({
      ...query,
      item: {
        ...query.item,
        discrimination: q % 2 === 0 ? [1.3, 0.01] : [0.01, 1.2],
        difficulty: 0,
      },
    }));
    const abilities = drawAbilities(random, 2, 0.5).map(({ covariance }, m) => ({
      mean: [0, 0],
      covariance: m === 0 ? [1e-6, 0, 0, 1e-6] : covariance,
    }));
    const suggestions = await suggestLabels(abilities, queries, { limit: 20, ...options });
    const first = suggestions.filter(({ query }) => query % 2 === 0).length;
    expect(first).toBeGreaterThanOrEqual(6);
    expect(first).toBeLessThanOrEqual(14);
  });

  it('removes more regret than as many grades at random', async () => {
    let [chosen, atRandom] = [0, 0];
    for (let seed = 0; seed < 8; seed++) {
      const random = seededRandom(100 + seed);
      const queries = drawQueries(random, 150, 5);
      const abilities = drawAbilities(random, 5, 0.5);
      const truth = abilities.map(({ mean }) =>
        Array.from(mean, (value) => value + 0.5 * random.normal()),
      );
      const removed = async (grades: readonly { query: number; model: number }[]) => {
        const learnt = [...abilities];
        for (const { query, model } of grades) {
          const { item } = queries[query];
          const logit = dot(item.discrimination, truth[model]) - item.difficulty;
          const score = random.uniform() < sigmoid(logit) ? 1 : 0;
          learnt[model] = learnLabel(learnt[model], item, score, []);
        }
        const steps = learnt.map((ability, model) => ({ model, ability }));
        const { total } = await traceRegret(abilities, steps, queries, options);
        return total.regretBefore - total.regretAfter;
      };
      chosen += await removed(await suggestLabels(abilities, queries, { limit: 20, ...options }));
      const guesses = random.permutation(queries.length).slice(0, 20);
      atRandom += await removed(
        Array.from(guesses, (query) => ({ query, model: random.integer(5) })),
      );
    }
    expect(atRandom).toBeGreaterThan(0);
    expect(chosen).toBeGreaterThan(1.25 * atRandom);
  });

  it('takes under two seconds for 40 of 2,000 decisions and 20 models, and lets others in', async () => {
    const random = seededRandom(7);
    const queries = drawQueries(random, 2_000, 20, 4);
    const abilities = drawAbilities(random, 20, 0.4, 4);
    let longest = 0;
    let last = process.cpuUsage().user;
    const start = last;
    const { length } = await suggestLabels(abilities, queries, {
      limit: 40,
      seed: 1,
      pause: () => {
        const now = process.cpuUsage().user;
        longest = Math.max(longest, now - last);
        last = now;
        return Promise.resolve();
      },
    });
    expect(length).toBe(40);
    // Of the processor: the machine may be busy with other things.
    expect((process.cpuUsage().user - start) / 1e6).toBeLessThan(2);
    expect(longest / 1e6).toBeLessThan(0.1);
  });
});

describe('traceRegret', () => {
  it('is none where everything is known, and falls as grades come, as a rule', async () => {
    const random = seededRandom(8);
    const queries = drawQueries(random, 150, 4);
    const certain = await traceRegret(drawAbilities(random, 4, 1e-6), [], queries, options);
    expect(certain.total.regretBefore).toBeLessThan(1e-6);

    let [removed, gained] = [0, 0];
    for (let seed = 0; seed < 10; seed++) {
      const abilities = drawAbilities(seededRandom(seed), 4, 0.5);
      let ability = abilities[1];
      const grades = queries.slice(0, 30).map(({ item }) => {
        const score = random.uniform() < forecastCorrectness(item, ability).probability ? 1 : 0;
        ability = learnLabel(ability, item, score, []);
        return { model: 1, ability };
      });
      const { each, total, traffic } = await traceRegret(abilities, grades, queries, options);
      expect(traffic).toBe(150);
      expect(total.regretBefore).toBeGreaterThan(0.01);
      // One after the other they are the whole.
      expect(each[0].regretBefore).toBe(total.regretBefore);
      expect(each.at(-1)!.regretAfter).toBe(total.regretAfter);
      for (const { gain } of each) expect(gain).toBeGreaterThanOrEqual(0);
      removed += total.regretBefore - total.regretAfter;
      gained += total.gain;
    }
    expect(removed).toBeGreaterThan(0.02);
    // Both are what was to be expected of the grades, the one with more chance in it.
    expect(Math.abs(removed - gained)).toBeLessThan(0.6 * gained);
  });

  it('tells that a grade of a model outside of the traffic changes nothing', async () => {
    const random = seededRandom(9);
    const abilities = drawAbilities(random, 3, 0.5);
    const { each, total } = await traceRegret(
      abilities,
      [{ model: null, ability: abilities[0] }],
      drawQueries(random, 20, 3),
      options,
    );
    expect(each).toEqual([total]);
    expect(total.regretAfter).toBe(total.regretBefore);
    expect(await traceRegret(abilities, [], [], options)).toMatchObject({
      total: { regretBefore: 0, gain: 0 },
    });
  });
});

describe('learnLabel', () => {
  it('counts an answer once that feedback has judged already', () => {
    const ability = { mean: [0, 0], covariance: [0.5, 0, 0, 0.5] };
    const item = { discrimination: [1, 0.5], difficulty: 0, difficultyVariance: 0.1 };
    const alone = learnLabel(ability, item, 1, []).mean[0];
    const again = learnLabel(ability, item, 1, [{ score: 1, source: null }]).mean[0];
    expect(alone).toBeGreaterThan(0.1);
    expect(again).toBeLessThan(0.2 * alone);
    expect(learnLabel(ability, item, 0, [{ score: 1, source: null }]).mean[0]).toBeLessThan(-0.1);
  });
});
