import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@zerorouter/latent-space';
import { freshState, sampleAnchors, samplePrior } from '../../test/sample-anchors.js';
import type { OnboardingState } from '../onboarding-state.js';
import { runOnboarding, scored, simulateModel } from '../simulation/simulate-model.js';
import { checkHoldOuts } from './misfit.js';

const anchors = sampleAnchors(200);
const ERROR = { discrimination: 0.15, tails: 4, sensitivity: 0.15 };
const RUNS = 100;

const runs = new Map<string, OnboardingState>();

function run(seed: number, maxAnchors: number): OnboardingState {
  const key = `${seed}/${maxAnchors}`;
  const state = runs.get(key) ?? simulate(seed, maxAnchors);
  runs.set(key, state);
  return state;
}

function simulate(seed: number, maxAnchors: number): OnboardingState {
  const { scores } = simulateModel(anchors, samplePrior, ERROR, seededRandom(300 + seed));
  return runOnboarding(freshState(anchors, { seed, maxAnchors }), (anchor) =>
    scored(anchor, scores[anchor]),
  );
}

/** Share of runs whose hold-outs are off by chance of one in a hundred, once their outcomes are changed. */
function alarms(maxAnchors: number, change: (state: OnboardingState) => OnboardingState): number {
  let count = 0;
  for (let seed = 0; seed < RUNS; seed++)
    if (checkHoldOuts(change(run(seed, maxAnchors)))!.pValue < 0.01) count++;
  return count / RUNS;
}

/** The outcomes of chosen or of held-out anchors, replaced. */
function rescore(heldOut: boolean, score: (anchor: number) => number) {
  return (state: OnboardingState): OnboardingState => ({
    ...state,
    outcomes: state.asked.map((own, i) =>
      own.heldOut === heldOut ? scored(own.anchor, score(own.anchor)) : state.outcomes[i],
    ),
  });
}

describe('checkHoldOuts', () => {
  it.each([50, 120])('rarely alarms where the model holds, %i anchors', (maxAnchors) => {
    expect(alarms(maxAnchors, (state) => state)).toBeLessThanOrEqual(0.02);
  });

  it('catches a model that has learnt what it is asked by heart', () => {
    const memorised = rescore(false, () => 1);
    expect(alarms(120, memorised)).toBeGreaterThan(0.8);
  });

  it('catches a model that answers nothing of what nobody chose', () => {
    expect(
      alarms(
        50,
        rescore(true, () => 0),
      ),
    ).toBeGreaterThan(0.4);
    expect(
      alarms(
        120,
        rescore(true, () => 0),
      ),
    ).toBeGreaterThan(0.8);
  });

  it('is the exact chance where ability and items are known', () => {
    const coin = { ...anchors[0], discrimination: [1], difficulty: 0, difficultyVariance: 0 };
    const state = {
      ...freshState(new Array(10).fill(coin)),
      prior: { mean: [0], covariance: [1e-12] },
      asked: Array.from({ length: 10 }, (_, anchor) => ({ anchor, heldOut: true })),
      outcomes: Array.from({ length: 10 }, (_, anchor) => scored(anchor, anchor === 0 ? 1 : 0)),
    };
    // P(at most 1 of 10 coins) = 11/1024, twice for two sides.
    expect(checkHoldOuts(state)).toMatchObject({ heldOut: 10, observed: 0.1 });
    expect(checkHoldOuts(state)!.pValue).toBeCloseTo(22 / 1024, 6);
    expect(checkHoldOuts(state)!.implied).toBeCloseTo(0.5, 6);
  });

  it('is sure of less where the ability is less sure', () => {
    const alike = { ...anchors[0], discrimination: [1], difficulty: 0, difficultyVariance: 0 };
    const pValue = (variance: number) =>
      checkHoldOuts({
        ...freshState(new Array(20).fill(alike)),
        prior: { mean: [0], covariance: [variance] },
        asked: Array.from({ length: 20 }, (_, anchor) => ({ anchor, heldOut: true })),
        outcomes: Array.from({ length: 20 }, (_, anchor) => scored(anchor, anchor < 3 ? 1 : 0)),
      })!.pValue;
    expect(pValue(0.01)).toBeLessThan(0.01);
    expect(pValue(1)).toBeGreaterThan(0.05);
  });

  it('takes a soft score for the count that speaks less against the model, and nothing for nothing', () => {
    const soft = (score: number) => {
      const state = rescore(true, () => score)(run(1, 120));
      return checkHoldOuts(state)!.pValue;
    };
    expect(soft(0.5)).toBeGreaterThan(0.01);
    expect(soft(0)).toBeLessThan(0.01);
    expect(checkHoldOuts(run(1, 8))).toBeNull();
  });
});
