import { describe, expect, it } from '@jest/globals';
import { forget } from './forget.js';
import { guardStep } from './guard-step.js';
import { mahalanobis } from './mahalanobis.js';

describe('mahalanobis', () => {
  it('is the distance in deviations', () => {
    const belief = { mean: [1, 0], covariance: [4, 0, 0, 1] };
    expect(mahalanobis([3, 1], belief)).toBeCloseTo(Math.SQRT2, 12);
    // C⁻¹ of [[2, 1], [1, 2]] is [[2, −1], [−1, 2]]/3.
    expect(mahalanobis([1, 1], { mean: [0, 0], covariance: [2, 1, 1, 2] })).toBeCloseTo(
      Math.sqrt(2 / 3),
      12,
    );
  });

  it('is infinite where there is no width, unless nothing differs', () => {
    const flat = { mean: [0, 0], covariance: [1, 0, 0, 0] };
    expect(mahalanobis([1, 1], flat)).toBe(Infinity);
    expect(mahalanobis([1, 0], flat)).toBe(1);
  });
});

describe('forget', () => {
  const settings = { doublingDays: 10, perVerdict: 1, mostVariance: 1 };
  const belief = { mean: [0.5, 0], covariance: [0.2, 0.05, 0.05, 0.1] };

  it('doubles variances in its time, correlations kept, the mean too', () => {
    const later = forget(belief, 10, settings);
    expect(later.mean).toEqual(belief.mean);
    expect(later.covariance).toEqual(belief.covariance.map((c) => 2 * c));
    expect(forget(belief, 0, { ...settings, perVerdict: 1.5 }).covariance[0]).toBeCloseTo(0.3);
  });

  it('is bounded, never narrows, and time does not run backwards', () => {
    expect(forget(belief, 1e6, settings).covariance[0]).toBeCloseTo(1, 12);
    const wide = { mean: [0], covariance: [3] };
    expect(forget(wide, 100, settings)).toEqual(wide);
    expect(forget(belief, -50, settings)).toEqual(belief);
  });
});

describe('guardStep', () => {
  const before = { mean: [0, 0], covariance: [1, 0, 0, 1] };
  const wide = { perVerdict: 10, perDay: 10 };

  it('lets a step pass that is within its limits', () => {
    const after = { mean: [0.3, 0], covariance: [0.9, 0, 0, 1] };
    expect(guardStep(before, after, before, wide)).toEqual({ belief: after, held: false });
  });

  it('holds one verdict, and the certainty that it would bring', () => {
    const after = { mean: [2, 0], covariance: [0.2, 0, 0, 1] };
    const { belief, held } = guardStep(before, after, before, { ...wide, perVerdict: 0.5 });
    expect(held).toBe(true);
    expect(belief.mean[0]).toBeCloseTo(0.5, 12);
    expect(belief.covariance[0]).toBeCloseTo(0.8, 12);
  });

  it('holds the steps of a day together, and lets them come back', () => {
    const limits = { perVerdict: 10, perDay: 1 };
    const there = { mean: [0.9, 0], covariance: before.covariance };
    const far = guardStep(there, { ...there, mean: [1.9, 0] }, before, limits);
    expect(far.held).toBe(true);
    expect(far.belief.mean[0]).toBeCloseTo(1, 9);
    expect(guardStep(there, { ...there, mean: [0.1, 0] }, before, limits).held).toBe(false);
  });
});
