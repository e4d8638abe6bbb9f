import { describe, expect, it } from '@jest/globals';
import type { KnownSubject } from './ability-prior.js';
import { abilityPrior } from './ability-prior.js';

function subject(model: string, general: number, facet = 0): KnownSubject {
  return { model, ability: { mean: [general, facet], covariance: [0.1, 0, 0, 0.1] } };
}

/** General ability ½·log(size) in "open", one higher in "closed", where no size is known. */
const sizes = [1, 3, 8, 14, 32, 70];
const subjects = [
  ...sizes.map((size, i) => subject(`open/m-${size}B`, Math.log(size) / 2, i % 2 ? 0.3 : -0.3)),
  ...sizes.map((size, i) => subject(`closed/m${i}`, 1 + Math.log(size) / 2)),
];
const knownFrom = (source: string) => Array.from({ length: 10 }, () => ({ source }));
const meanOfOpen = sizes.reduce((sum, size) => sum + Math.log(size) / 12, 0);

describe('abilityPrior', () => {
  it('takes the subjects of the data set that most known anchors come from', () => {
    expect(abilityPrior(subjects, knownFrom('open'), null).mean[0]).toBeCloseTo(meanOfOpen, 9);
    expect(abilityPrior(subjects, knownFrom('closed'), null).mean[0]).toBeCloseTo(
      meanOfOpen + 1,
      9,
    );
    expect(abilityPrior(subjects, [], null).mean[0]).toBeCloseTo(meanOfOpen + 0.5, 9);
  });

  it('expects a large model to be more able than a small one, and is surer of both', () => {
    const [small, large, unknown] = [2, 100, null].map((size) =>
      abilityPrior(subjects, knownFrom('open'), size),
    );
    expect(large.mean[0] - small.mean[0]).toBeGreaterThan(0.35 * Math.log(50));
    expect(small.covariance[0]).toBeLessThan(0.6 * unknown.covariance[0]);
    // Size says nothing of the facets.
    expect(small.mean[1]).toBe(unknown.mean[1]);
    expect(small.covariance[3]).toBe(unknown.covariance[3]);
  });

  it('stays a covariance: symmetric, with a positive determinant', () => {
    const { covariance: c } = abilityPrior(subjects, knownFrom('open'), 8);
    expect(c[1]).toBe(c[2]);
    expect(c[0] * c[3] - c[1] * c[2]).toBeGreaterThan(0);
  });

  it('says nothing of size where no sizes are known', () => {
    const closed = knownFrom('closed');
    expect(abilityPrior(subjects, closed, 70)).toEqual(abilityPrior(subjects, closed, null));
  });

  it('refuses to learn from nobody', () => {
    expect(() => abilityPrior([], [], null)).toThrow(/no subject/);
  });
});
