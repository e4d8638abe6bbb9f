import { describe, expect, it } from '@jest/globals';
import { areaUnderCurve, brierScore, meanLogLoss } from './metrics.js';

describe('metrics', () => {
  it('computes the area under the ROC curve with ties counted half', () => {
    expect(areaUnderCurve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])).toBeCloseTo(0.75, 12);
    expect(areaUnderCurve([0, 1, 0, 1], [0.5, 0.5, 0.5, 0.5])).toBe(0.5);
    expect(areaUnderCurve([1, 1], [0.2, 0.9])).toBeNaN();
  });

  it('computes log-loss and Brier score by hand', () => {
    expect(meanLogLoss([1, 0], [0.8, 0.4])).toBeCloseTo(-(Math.log(0.8) + Math.log(0.6)) / 2, 12);
    expect(meanLogLoss([0.5], [0.5])).toBeCloseTo(Math.log(2), 12);
    expect(brierScore([1, 0], [0.8, 0.4])).toBeCloseTo((0.04 + 0.16) / 2, 12);
  });
});
