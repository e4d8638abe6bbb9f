import { describe, expect, it } from '@jest/globals';
import { dot, quadraticForm, seededRandom } from '@zerorouter/latent-space';
import { freshState, sampleAnchors, samplePrior } from '../test/sample-anchors.js';
import { measureModel } from './result/measure-model.js';
import { runOnboarding, scored, simulateModel } from './simulation/simulate-model.js';

const anchors = sampleAnchors(200);
const RUNS = 120;
const NORMAL_95 = 1.6448536269514722;

/** Whole onboardings of models whose truth is known, with items that are not quite what the predictor says. */
function onboard(most: number) {
  const error = { discrimination: 0.15, tails: 4, sensitivity: 0.15 };
  return Array.from({ length: RUNS }, (_, run) => {
    const model = simulateModel(anchors, samplePrior, error, seededRandom(700 + run));
    const state = runOnboarding(freshState(anchors, { seed: run, maxAnchors: most }), (anchor) =>
      scored(anchor, model.scores[anchor]),
    );
    const { result } = measureModel(state, {
      name: 'simulated',
      prices: null,
      lengthPrior: null,
      maxTokens: null,
      stoppedBy: 'max_anchors',
      spentUsd: 0,
    });
    const truth = model.scores.reduce((sum, score) => sum + score / anchors.length, 0);
    const { value, interval } = result.expected_accuracy;
    const { mean, covariance } = result.ability;
    const within = anchors.filter(({ discrimination }) => {
      const reach = NORMAL_95 * Math.sqrt(quadraticForm(discrimination, covariance));
      return Math.abs(dot(discrimination, mean) - dot(discrimination, model.theta)) <= reach;
    });
    return {
      error: value - truth,
      covered: interval[0] <= truth && truth <= interval[1],
      theta: within.length / anchors.length,
    };
  });
}

/** Three standard errors of a share of .9 in so many runs. */
const TOLERANCE = 3 * Math.sqrt((0.9 * 0.1) / RUNS);

describe.each([
  [10, 0.1],
  [20, 0.075],
  [50, 0.055],
])('an onboarding of %i anchors', (most, largestError) => {
  const runs = onboard(most);

  it('covers the accuracy by its 90% interval about as often as it says', () => {
    const share = runs.filter(({ covered }) => covered).length / RUNS;
    expect(share).toBeGreaterThan(0.9 - TOLERANCE);
    expect(share).toBeLessThan(Math.min(1, 0.9 + TOLERANCE + 0.02));
  });

  it('covers what θ implies of each anchor', () => {
    const share = runs.reduce((sum, { theta }) => sum + theta / RUNS, 0);
    expect(share).toBeGreaterThan(0.9 - TOLERANCE);
  });

  it('is right on average, and near enough each time', () => {
    const bias = runs.reduce((sum, { error }) => sum + error / RUNS, 0);
    const size = runs.reduce((sum, { error }) => sum + Math.abs(error) / RUNS, 0);
    expect(Math.abs(bias)).toBeLessThan((3 * 1.25 * largestError) / Math.sqrt(RUNS));
    expect(size).toBeLessThan(largestError);
  });
});
