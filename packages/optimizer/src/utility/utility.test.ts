import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@zerorouter/latent-space';
import type { Candidate } from '@zerorouter/latent-space';
import { chooseByUtility } from './choose-by-utility.js';
import type { UtilityWeights } from './utility.js';
import { decideByUtility, NEAR_TIE, POLICY_PRESETS, weightsFromDial } from './utility.js';

const scales = { costUsd: 0.001, latencyS: 2 };

function candidate(
  model: string,
  probabilityCorrect: number,
  costUsd: number | null,
  latencyS: number | null,
): Candidate {
  return {
    model,
    probabilityCorrect,
    standardDeviation: 0.1,
    interval: [probabilityCorrect - 0.1, probabilityCorrect + 0.1],
    outputTokens: 100,
    costUsd,
    latencyS,
    latencyP95S: latencyS === null ? null : 2 * latencyS,
  };
}

/** Every other set is of models that are nearly alike. */
function randomCandidates(seed: number): Candidate[] {
  const random = seededRandom(seed);
  return Array.from({ length: 8 }, (_, i) =>
    candidate(
      `m${i}`,
      0.15 + (seed % 2 === 0 ? 0.7 : 0.004) * random.uniform(),
      Math.exp(random.normal() - 7),
      Math.exp(random.normal()),
    ),
  );
}

describe('decideByUtility', () => {
  const strong = candidate('strong', 0.9, 0.01, 4);
  const cheap = candidate('cheap', 0.7, 0.0001, 1);

  it('follows the presets', () => {
    const choose = (preset: keyof typeof POLICY_PRESETS) =>
      decideByUtility([strong, cheap], POLICY_PRESETS[preset], scales).chosen;
    expect(choose('max-accuracy')).toBe(0);
    expect(choose('min-cost')).toBe(1);
    expect(choose('min-latency')).toBe(1);
  });

  it('computes w_a·p − w_c·c/c_ref − w_l·T/T_ref', () => {
    const weights = { accuracy: 1, cost: 0.02, latency: 0.1 };
    const { utilities } = decideByUtility([strong], weights, scales);
    expect(utilities[0]).toBeCloseTo(0.9 - 0.02 * 10 - 0.1 * 2, 12);
  });

  describe('over random candidates, near-ties included', () => {
    const steps = [0, 1e-4, 1e-3, 0.01, 0.05, 0.2, 1, 5];
    const instances = Array.from({ length: 400 }, (_, seed) => randomCandidates(seed));
    const choose = (candidates: Candidate[], weights: UtilityWeights) =>
      candidates[decideByUtility(candidates, weights, scales).chosen!];
    const rises = (values: number[]) => values.every((v, i) => i === 0 || v >= values[i - 1]);

    it.each([
      ['accuracy', (c: Candidate) => c.probabilityCorrect],
      ['cost', (c: Candidate) => -c.costUsd!],
      ['latency', (c: Candidate) => -c.latencyS!],
    ] as const)('more weight on %s never makes it worse', (objective, merit) => {
      for (const candidates of instances)
        for (const others of [0.003, 0.1, 1]) {
          const base = { accuracy: others, cost: others, latency: others };
          const merits = steps.map((step) =>
            merit(choose(candidates, { ...base, [objective]: step })),
          );
          expect(rises(merits)).toBe(true);
        }
    });

    it('the dial moves along a monotone frontier: more accuracy, never at less cost', () => {
      const dials = Array.from({ length: 41 }, (_, i) => i / 40);
      for (const candidates of instances) {
        const chosen = dials.map((dial) => choose(candidates, weightsFromDial(dial)));
        expect(rises(chosen.map((c) => c.probabilityCorrect))).toBe(true);
        expect(rises(chosen.map((c) => c.costUsd!))).toBe(true);
      }
    });

    it('gives up no more than a near-tie of utility', () => {
      for (const candidates of instances) {
        const { chosen, utilities } = decideByUtility(candidates, POLICY_PRESETS.balanced, scales);
        const best = Math.max(...utilities.map((u) => u!));
        expect(best - utilities[chosen!]!).toBeLessThanOrEqual(NEAR_TIE);
      }
    });
  });

  it('filters before it scores, says why, and ranks only what is left', () => {
    const decision = decideByUtility(
      [strong, cheap, candidate('unpriced', 0.95, null, 1)],
      POLICY_PRESETS['max-accuracy'],
      scales,
      { maxCostUsd: 0.001 },
    );
    expect(decision.exclusions[0]).toMatch(/max_cost_usd/);
    expect(decision.exclusions[2]).toMatch(/cost unknown/);
    expect(decision.ranking).toEqual([1]);
    expect(decision.utilities[0]).toBeNull();
    expect(
      decideByUtility([strong], POLICY_PRESETS.balanced, scales, { minAccuracy: 0.85 }).chosen,
    ).toBeNull();
    expect(
      decideByUtility([strong], POLICY_PRESETS.balanced, scales, {
        minAccuracy: 0.85,
        minLowerBound: 0.75,
      }).chosen,
    ).toBe(0);
    expect(
      decideByUtility([strong], POLICY_PRESETS.balanced, scales, { maxLatencyS: 5 }).exclusions[0],
    ).toMatch(/p95 latency 8000 ms/);
  });

  it('gives a near-tie to the cheaper', () => {
    const decision = decideByUtility(
      [candidate('a', 0.8004, 0.01, 1), candidate('b', 0.8, 0.001, 1)],
      POLICY_PRESETS['max-accuracy'],
      scales,
    );
    expect(decision.chosen).toBe(1);
    expect(decision.ranking).toEqual([1, 0]);
  });

  it('never takes ignorance of a cost for cheapness', () => {
    const unknown = candidate('unknown', 0.7, null, 1);
    const { chosen } = decideByUtility([unknown, cheap], POLICY_PRESETS['min-cost'], scales);
    expect(chosen).toBe(1);
  });
});

describe('weightsFromDial', () => {
  it('runs from cheapest to most accurate', () => {
    expect(weightsFromDial(0)).toEqual({ accuracy: 0, cost: 1, latency: 0 });
    expect(weightsFromDial(1)).toEqual({ accuracy: 1, cost: 0, latency: 0 });
    expect(() => weightsFromDial(1.2)).toThrow(/1\.2/);
  });
});

describe('chooseByUtility', () => {
  it('chooses what decideByUtility chooses, also where costs and latencies are unknown', () => {
    const random = seededRandom(5);
    const models = 6;
    for (let n = 0; n < 300; n++) {
      const rows = Array.from({ length: models }, (_, m) => {
        const unknown = (value: number) => (random.uniform() < 0.3 ? null : value);
        return candidate(
          `m${m}`,
          random.uniform(),
          unknown(Math.exp(random.normal() - 7)),
          unknown(Math.exp(random.normal())),
        );
      });
      const excluded = rows.map(() => (random.uniform() < 0.3 ? 'not admitted' : null));
      const weights = { accuracy: 1, cost: random.uniform(), latency: 0.2 * random.uniform() };
      const { chosen } = decideByUtility(rows, weights, scales, {}, excluded);
      const choice = chooseByUtility(
        {
          queries: 1,
          models,
          probability: Float64Array.from(rows, (c, m) =>
            excluded[m] === null ? c.probabilityCorrect : NaN,
          ),
          costUsd: Float64Array.from(rows, (c) => c.costUsd ?? NaN),
          latencyS: Float64Array.from(rows, (c) => c.latencyS ?? NaN),
        },
        weights,
        scales,
      );
      expect(choice[0]).toBe(chosen ?? -1);
    }
  });
});
