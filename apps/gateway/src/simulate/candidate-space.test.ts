import { describe, expect, it } from '@jest/globals';
import type { SpaceManifest } from '@zerorouter/contracts';
import type { StoredProfile } from '@zerorouter/database';
import { scoreModel } from '@zerorouter/latent-space';
import { readingOf } from './candidate-space.js';

const manifest = (version: string, link?: SpaceManifest['link']): SpaceManifest => ({
  format: 1,
  version,
  dimensions: 2,
  encoder: { id: 'e', dimension: 3 },
  counts: { queries: 1, items: 1, subjects: 1, outcomes: 1 },
  provenance: { dataSets: [], seed: 1 },
  heldOut: {},
  referenceScales: { c_ref: 0.001, T_ref: 2 },
  lengthPrior: null,
  predictor: { features: 0 },
  ...(link === undefined ? {} : { link }),
});

const active = manifest('v1');
const linked = manifest('v2', {
  previousVersion: 'v1',
  subjects: 9,
  items: 9,
  permutation: [0],
  rotation: [1],
  scale: [1, 1],
  shift: [0, 0],
  offset: [0.3, -0.1],
  residual: [0, 0],
  correlation: [1, 1],
  length: { shift: 0.2, deviation: 0 },
});

const old: StoredProfile['profile'] = {
  model: 'm',
  ability: { mean: [1, 0.5], covariance: [0.2, 0, 0, 0.2] },
  length: { offset: 0.5, offsetVariance: 0.1, smearing: 1 },
  cost: { kind: 'linear', base: 0.001, perInputToken: 0, perOutputToken: 0.00001 },
  latency: null,
};
const latents = {
  discrimination: [1.1, 0.4],
  difficulty: 0.3,
  difficultyVariance: 0.1,
  logOutputTokens: 4,
  inputTokens: 50,
  familiarity: 1,
};

describe('readingOf', () => {
  it('reads latents of the active space as a profile of that space would', () => {
    // The same model, as the linked version measures it.
    const measured: typeof old = {
      ...old,
      ability: { ...old.ability, mean: [0.7, 0.6] },
      length: { ...old.length!, offset: 0.3 },
      cost: {
        kind: 'linear',
        base: 0.001,
        perInputToken: 0,
        perOutputToken: 0.00001 * Math.exp(-0.2),
      },
    };
    const back = scoreModel(latents, readingOf(linked, active)(measured));
    const straight = scoreModel(latents, old);
    expect(back.probabilityCorrect).toBeCloseTo(straight.probabilityCorrect, 12);
    expect(back.outputTokens).toBeCloseTo(straight.outputTokens!, 9);
    expect(back.costUsd).toBeCloseTo(straight.costUsd!, 12);
    expect(scoreModel(latents, measured).probabilityCorrect).not.toBeCloseTo(
      straight.probabilityCorrect,
      3,
    );
    // And the earlier version as a candidate, where the linked one is active.
    const forth = readingOf(active, linked)(readingOf(linked, active)(measured));
    expect(forth.ability.mean[0]).toBeCloseTo(0.7, 12);
    expect(forth.length!.offset).toBeCloseTo(0.3, 12);
  });

  it('is less certain by what the link leaves open', () => {
    const loose = manifest('v2', {
      ...linked.link!,
      residual: [0.5, 0],
      length: { shift: 0, deviation: 0.4 },
    });
    const { ability, length } = readingOf(loose, active)(old);
    expect(ability.covariance).toEqual([0.45, 0, 0, 0.2]);
    expect(length!.offsetVariance).toBeCloseTo(0.26, 12);
  });

  it('refuses a space of other coordinates, and says what to do', () => {
    for (const candidate of [
      manifest('v3'),
      manifest('v3', { ...linked.link!, previousVersion: 'v0' }),
    ])
      expect(() => readingOf(candidate, active)).toThrow(
        expect.objectContaining({
          code: 'space-not-linked',
          message: expect.stringContaining('--link'),
        }),
      );
    expect(readingOf(active, active)(old)).toBe(old);
  });
});
