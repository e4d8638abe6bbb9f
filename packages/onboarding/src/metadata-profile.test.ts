import { describe, expect, it } from '@jest/globals';
import { modelProfileSchema } from '@zerorouter/contracts';
import { metadataProfile } from './metadata-profile.js';

const subjects = [1, 3, 8, 14, 32, 70].map((size) => ({
  model: `set/m-${size}B`,
  ability: { mean: [Math.log(size) / 2, 0.1], covariance: [0.1, 0, 0, 0.1] },
}));
const known = {
  name: 'maker/new-8b',
  sizeB: null,
  prices: { input_per_mtok: 2, output_per_mtok: 8, as_of: '2026-01-01' },
  subjects,
  lengthPrior: { mean: 0.2, variance: 0.3, residualVariance: 0.5 },
};

describe('metadataProfile', () => {
  it('is a profile: ability of its size, length of any model, cost of its prices, no latency', () => {
    const profile = modelProfileSchema.parse(metadataProfile(known));
    expect(profile).toMatchObject({
      model: 'maker/new-8b',
      cost: { kind: 'prices', inputPerMtok: 2, outputPerMtok: 8, asOf: '2026-01-01' },
      length: { offset: 0.2, offsetVariance: 0.3 },
      latency: null,
    });
    expect(profile.ability.mean[0]).toBeCloseTo(Math.log(8) / 2, 1);
  });

  it('believes the stated size before the name, and is unsure without either', () => {
    const general = (own: Partial<typeof known> | { sizeB: number }) =>
      metadataProfile({ ...known, ...own }).ability;
    expect(general({ sizeB: 70 }).mean[0]).toBeGreaterThan(general({}).mean[0] + 0.5);
    expect(general({ name: 'new' }).covariance[0]).toBeGreaterThan(2 * general({}).covariance[0]);
  });

  it('leaves out what nothing tells', () => {
    const bare = metadataProfile({ ...known, prices: null, lengthPrior: null });
    expect(bare).toMatchObject({ cost: null, length: null });
  });
});
