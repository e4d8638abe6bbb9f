import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@zerorouter/latent-space';
import type { Random } from '@zerorouter/latent-space';
import { evaluatePolicy, MAX_WEIGHT } from './evaluate-policy.js';
import { meanFromMoments, meanOf } from './estimate.js';
import type { Estimate } from './estimate.js';
import { measureOverlap } from './overlap.js';

/** Three models; what they get right depends on how hard a query is. */
const truth = (hardness: number) => [0.9 - 0.2 * hardness, 0.75 - 0.5 * hardness, 0.6];
/** Epsilon-greedy, as decisions are logged. */
const logging = (hardness: number) => (hardness < 0.5 ? [0.2, 0.7, 0.1] : [0.7, 0.2, 0.1]);
const candidate = (hardness: number) => (hardness < 0.3 ? [0, 0, 1] : [1, 0, 0]);
/** Of the candidate: its models' accuracies over hardness uniform in [0, 1]. */
const CANDIDATE_VALUE = 0.3 * 0.6 + (0.9 * 0.7 - 0.1 * (1 - 0.09));
const LOGGED_VALUE = meanOver((h) => dot(logging(h), truth(h)));

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}

function meanOver(f: (hardness: number) => number): number {
  const steps = 10_000;
  return Array.from({ length: steps }, (_, i) => f((i + 0.5) / steps)).reduce(
    (sum, value) => sum + value / steps,
    0,
  );
}

function draw(probabilities: readonly number[], random: Random): number {
  let rest = random.uniform();
  const at = probabilities.findIndex((probability) => (rest -= probability) < 0);
  return at < 0 ? probabilities.length - 1 : at;
}

/** @param bias of the predictions, which the doubly robust estimate has to make up for. */
function simulateLog(length: number, bias: number, random: Random) {
  return Array.from({ length }, () => {
    const hardness = random.uniform();
    const chosen = draw(logging(hardness), random);
    const predictions = truth(hardness).map((p) => p + bias);
    return {
      propensity: logging(hardness)[chosen],
      candidateProbability: candidate(hardness)[chosen],
      observed: random.uniform() < truth(hardness)[chosen] ? 1 : 0,
      predicted: predictions[chosen],
      candidatePredicted: dot(candidate(hardness), predictions),
    };
  });
}

const covers = ({ interval: [low, high] }: Estimate, value: number) =>
  low <= value && value <= high;

describe('evaluatePolicy', () => {
  it('covers the truth nine times in ten, whether or not the predictions are off', () => {
    const random = seededRandom(11);
    const logs = 400;
    const shares = { snips: 0, robust: 0, logged: 0, snipsGap: 0, robustGap: 0 };
    let error = 0;
    for (let i = 0; i < logs; i++) {
      const log = simulateLog(400, i % 2 === 0 ? 0 : -0.15, random);
      const value = evaluatePolicy(log, log)!;
      const gap = CANDIDATE_VALUE - LOGGED_VALUE;
      if (covers(value.candidate.selfNormalised!, CANDIDATE_VALUE)) shares.snips += 1 / logs;
      if (covers(value.candidate.doublyRobust, CANDIDATE_VALUE)) shares.robust += 1 / logs;
      if (covers(value.logged, LOGGED_VALUE)) shares.logged += 1 / logs;
      if (covers(value.difference.selfNormalised!, gap)) shares.snipsGap += 1 / logs;
      if (covers(value.difference.doublyRobust, gap)) shares.robustGap += 1 / logs;
      error += (value.candidate.doublyRobust.value - CANDIDATE_VALUE) / logs;
    }
    for (const share of Object.values(shares)) {
      expect(share).toBeGreaterThan(0.85);
      expect(share).toBeLessThan(0.95);
    }
    expect(Math.abs(error)).toBeLessThan(0.01);
  });

  it('gives what was seen for the policy that was followed', () => {
    const log = simulateLog(200, 0, seededRandom(2)).map((choice) => ({
      ...choice,
      candidateProbability: choice.propensity,
    }));
    const { logged, candidate: same, difference } = evaluatePolicy(log, log)!;
    expect(same.selfNormalised!.value).toBeCloseTo(logged.value, 12);
    expect(same.selfNormalised!.interval[0]).toBeCloseTo(logged.interval[0], 12);
    expect(difference.selfNormalised!.value).toBeCloseTo(0, 12);
    expect(difference.selfNormalised!.interval[1]).toBeCloseTo(0, 12);
  });

  it('is what a hand computes', () => {
    const choices = [
      { propensity: 0.5, candidateProbability: 1 },
      { propensity: 0.25, candidateProbability: 0.5 },
      { propensity: 0.5, candidateProbability: 0 },
    ];
    const rewards = [
      { observed: 1, predicted: 0.5, candidatePredicted: 0.5 },
      { observed: 0, predicted: 0.25, candidatePredicted: 0.5 },
      { observed: 1, predicted: 0.5, candidatePredicted: 0.75 },
    ];
    const { candidate: found } = evaluatePolicy(choices, rewards)!;
    // Weights 2, 2, 0.
    expect(found.selfNormalised!.value).toBeCloseTo(0.5, 12);
    // 0.5 + 2·0.5, 0.5 − 2·0.25 and 0.75.
    expect(found.doublyRobust.value).toBeCloseTo((1.5 + 0 + 0.75) / 3, 12);
    // Influences 2·0.5/(4/3), −0.75 and 0: deviation √(1.125/2/3).
    const half = found.selfNormalised!.interval[1] - 0.5;
    expect(half).toBeCloseTo(1.6448536 * Math.sqrt(1.125 / 6), 6);
  });

  it('believes the predictions beyond the largest weight', () => {
    const choices = [{ propensity: 0.001, candidateProbability: 1 }];
    const rewards = [{ observed: 1, predicted: 0.5, candidatePredicted: 0.5 }];
    const { candidate: found } = evaluatePolicy(choices, rewards)!;
    expect(found.doublyRobust.value).toBe(0.5 + MAX_WEIGHT * 0.5);
    // A single decision says nothing of what it leaves open.
    expect(found.selfNormalised!.interval).toEqual([-Infinity, Infinity]);
  });

  it('says that a log of certain choices has nothing of another policy', () => {
    const choices = Array.from({ length: 50 }, (_, i) => ({
      propensity: 1,
      candidateProbability: i === 0 ? 1 : 0,
    }));
    const rewards = choices.map(() => ({ observed: 1, predicted: 0.5, candidatePredicted: 0.75 }));
    expect(measureOverlap(choices)).toEqual({
      decisions: 50,
      agreement: 0.02,
      effectiveSampleSize: 1,
      meanWeight: 0.02,
      certain: 1,
    });
    const none = choices.map((choice) => ({ ...choice, candidateProbability: 0 }));
    const value = evaluatePolicy(none, rewards)!;
    expect(value.candidate.selfNormalised).toBeNull();
    expect(value.candidate.doublyRobust.value).toBeCloseTo(0.75, 12);
    expect(evaluatePolicy([], [])).toBeNull();
    expect(() => measureOverlap([{ propensity: 0, candidateProbability: 1 }])).toThrow(
      /propensity 0/,
    );
  });

  it('takes means from moments as from values', () => {
    const values = [0.2, 0.7, 0.9];
    const moments = { n: 3, sum: 1.8, squares: 0.04 + 0.49 + 0.81 };
    expect(meanFromMoments(moments)!.interval[1]).toBeCloseTo(meanOf(values)!.interval[1], 12);
    // Sample variance 0.13, by hand.
    expect(meanOf(values)!.interval[1]).toBeCloseTo(0.6 + 1.6448536 * Math.sqrt(0.13 / 3), 6);
    expect(meanOf([])).toBeNull();
    expect(meanOf([1, 1])!.interval).toEqual([1, 1]);
  });
});
