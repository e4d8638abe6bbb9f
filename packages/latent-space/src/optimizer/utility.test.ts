import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../random/seeded-random.js';
import type { Candidate } from './score-models.js';
import { decideByUtility, POLICY_PRESETS, weightsFromDial } from './utility.js';

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

function randomCandidates(seed: number): Candidate[] {
  const random = seededRandom(seed);
  return Array.from({ length: 8 }, (_, i) =>
    candidate(
      `m${i}`,
      0.15 + 0.7 * random.uniform(),
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

  it('never makes the favoured objective worse when its weight grows', () => {
    for (let seed = 0; seed < 300; seed++) {
      const candidates = randomCandidates(seed);
      const pick = (cost: number, latency: number) =>
        candidates[decideByUtility(candidates, { accuracy: 1, cost, latency }, scales).chosen!];
      const weights = [0, 0.01, 0.05, 0.2, 1, 5];
      for (let w = 1; w < weights.length; w++) {
        // A near-tie may go to the cheaper: a tie is worth at most 0.001 of utility.
        const slack = (weight: number, scale: number) => (1e-3 / weight) * scale + 1e-12;
        expect(pick(weights[w], 0.1).costUsd!).toBeLessThanOrEqual(
          pick(weights[w - 1], 0.1).costUsd! + 1e-12,
        );
        expect(pick(0.1, weights[w]).latencyS!).toBeLessThanOrEqual(
          pick(0.1, weights[w - 1]).latencyS! + slack(weights[w] - weights[w - 1], 2),
        );
      }
    }
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
