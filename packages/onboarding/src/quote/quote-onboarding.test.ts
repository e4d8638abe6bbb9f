import { describe, expect, it } from '@jest/globals';
import { onboardingQuoteSchema } from '@zerorouter/contracts';
import { seededRandom } from '@zerorouter/latent-space';
import { freshState, sampleAnchors, samplePrior } from '../../test/sample-anchors.js';
import { accuracySoFar } from '../result/onboarding-counts.js';
import { runOnboarding, scored, simulateModel } from '../simulation/simulate-model.js';
import { quoteOnboarding } from './quote-onboarding.js';

const anchors = sampleAnchors(150);
const prices = { input_per_mtok: 2, output_per_mtok: 10 };
const profile = {
  length: { offset: 0, offsetVariance: 0.1, smearing: 1.2, logDeviation: 0.6 },
  cost: { kind: 'prices' as const, inputPerMtok: 2, outputPerMtok: 10 },
  latency: null,
};
type Call = Parameters<typeof quoteOnboarding>[1];

function quote(limits: Parameters<typeof freshState>[1] = {}, own: Partial<Call> = {}) {
  const call: Call = {
    anchorSet: 'starter',
    profile,
    prices,
    maxTokens: 1_000,
    maxCostUsd: null,
    concurrency: 4,
    ...own,
  };
  return onboardingQuoteSchema.parse(quoteOnboarding(freshState(anchors, limits), call));
}

describe('quoteOnboarding', () => {
  it('foresees what the run will know, without an answer', () => {
    for (const maxAnchors of [10, 50]) {
      const { accuracy_sd: foreseen, anchors: asked } = quote({ maxAnchors });
      const reached = Array.from({ length: 8 }, (_, seed) => {
        const error = { discrimination: 0.15, tails: 4, sensitivity: 0.15 };
        const { scores } = simulateModel(anchors, samplePrior, error, seededRandom(seed));
        const state = runOnboarding(freshState(anchors, { maxAnchors, seed }), (anchor) =>
          scored(anchor, scores[anchor]),
        );
        return accuracySoFar(state).standardDeviation / 8;
      }).reduce((sum, value) => sum + value, 0);
      expect(asked).toBe(maxAnchors);
      expect(foreseen.after / reached).toBeGreaterThan(0.85);
      expect(foreseen.after / reached).toBeLessThan(1.15);
      expect(foreseen.after).toBeLessThan(foreseen.before);
    }
  });

  it('asks fewer where a target is near', () => {
    const { anchors: asked, accuracy_sd } = quote({ targetDeviation: 0.08, maxAnchors: 150 });
    expect(asked).toBeGreaterThan(8);
    expect(asked).toBeLessThan(100);
    expect(accuracy_sd.after).toBeLessThanOrEqual(0.08);
  });

  it('charges what answers are expected to be, and at most what they can be', () => {
    const one = { maxAnchors: 1 };
    // 2,000 input tokens at most, 1,000 out.
    expect(quote(one).highest_cost_usd).toBeCloseTo(0.014, 12);
    const { expected_cost_usd: expected, highest_cost_usd: highest } = quote();
    expect(expected).toBeGreaterThan(50 * 1e-5 * Math.exp(3));
    expect(expected).toBeLessThan(highest! / 5);
    expect(quote({}, { maxTokens: 20 }).expected_cost_usd).toBeLessThan(expected!);
  });

  it('says how many anchors the money pays for, and what they will tell', () => {
    const whole = quote();
    const half = quote({}, { maxCostUsd: whole.expected_cost_usd! / 2 });
    expect(half.anchors).toBe(50);
    expect(half.affordable_anchors).toBeGreaterThan(15);
    expect(half.affordable_anchors).toBeLessThan(40);
    expect(half.accuracy_sd.after).toBeGreaterThan(whole.accuracy_sd.after);
    expect(half.expected_minutes).toBeLessThan(whole.expected_minutes);
    expect(quote({}, { maxCostUsd: 0 })).toMatchObject({
      affordable_anchors: 0,
      expected_minutes: 0,
    });
  });

  it('knows no cost without prices, and none where answers are free', () => {
    const unpriced = { prices: null, profile: { ...profile, cost: null } };
    expect(quote({}, { ...unpriced, maxCostUsd: 0 })).toMatchObject({
      expected_cost_usd: null,
      highest_cost_usd: null,
      affordable_anchors: 50,
    });
    const free = { input_per_mtok: 0, output_per_mtok: 0 };
    const cost = { kind: 'prices' as const, inputPerMtok: 0, outputPerMtok: 0 };
    expect(quote({}, { prices: free, profile: { ...profile, cost }, maxCostUsd: 0 })).toMatchObject(
      {
        expected_cost_usd: 0,
        highest_cost_usd: 0,
        affordable_anchors: 50,
      },
    );
  });

  it('takes less time side by side, and what the known latency says', () => {
    const alone = quote({}, { concurrency: 1 }).expected_minutes;
    const beside = quote({}, { concurrency: 8 }).expected_minutes;
    expect(beside).toBeLessThan(alone / 2);
    expect(beside).toBeGreaterThan(alone / 8);
    const latency = { base: 6, perInputToken: 0, perOutputToken: 0, p95Ratio: 1 };
    expect(
      quote({}, { concurrency: 1, profile: { ...profile, latency } }).expected_minutes,
    ).toBeCloseTo(5, 9);
  });

  it('asks nothing of an onboarding of no anchors', () => {
    const { anchors: asked, accuracy_sd, expected_cost_usd } = quote({ maxAnchors: 0 });
    expect({ asked, expected_cost_usd }).toEqual({ asked: 0, expected_cost_usd: 0 });
    expect(accuracy_sd.after).toBe(accuracy_sd.before);
  });
});
