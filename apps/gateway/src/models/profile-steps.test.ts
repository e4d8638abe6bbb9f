import { describe, expect, it } from '@jest/globals';
import type { ProfileState, ProfileVersion, StoredProfile } from '@zerorouter/database';
import { planPromotion, planRetirement, planRollback } from './profile-steps.js';

const profile = (theta: number): StoredProfile['profile'] => ({
  model: 'm',
  ability: { mean: [theta], covariance: [1] },
  length: null,
  cost: null,
  latency: null,
});
const at = (state: ProfileState, stateReason: string | null = null) => ({
  profile: profile(0),
  state,
  stateReason,
});
/** Versions of these abilities, the oldest first. */
const versions = (...thetas: number[]): ProfileVersion[] =>
  thetas
    .map((theta, i) => ({ version: i + 1, profile: profile(theta), createdAt: new Date(0) }))
    .reverse();
const code = (expected: string, details: object = {}) =>
  expect.objectContaining({ code: expected, details: expect.objectContaining(details) });

describe('planPromotion', () => {
  const promote = (from: ReturnType<typeof at>, force = false, state?: 'shadow' | 'active') =>
    planPromotion(from, { force, ...(state === undefined ? {} : { state }) });

  it('goes one state up', () => {
    expect(promote(at('shadow'))).toEqual({ state: 'active', stateReason: null });
    expect(promote(at('shadow'), false, 'active')).toMatchObject({ state: 'active' });
    expect(promote(at('retired'))).toEqual({ state: 'shadow', stateReason: null });
  });

  it('takes what was never measured by force alone', () => {
    for (const state of ['draft', 'profiling'] as const) {
      for (const target of [undefined, 'shadow', 'active'] as const)
        expect(() => promote(at(state), false, target)).toThrow(code('not-profiled', { state }));
      expect(promote(at(state), true)).toEqual({ state: 'shadow', stateReason: null });
      expect(promote(at(state), true, 'active')).toMatchObject({ state: 'active' });
    }
  });

  it('overrules what holds a profile in shadow by force alone, and forgets it then', () => {
    const held = at('shadow', 'it disagrees with itself');
    expect(() => promote(held)).toThrow(
      code('held-in-shadow', { reason: 'it disagrees with itself' }),
    );
    expect(promote(held, true)).toEqual({ state: 'active', stateReason: null });
    // Neither is it a way around to retire it and bring it back.
    expect(promote(at('retired', 'why'), true)).toEqual({ state: 'shadow', stateReason: 'why' });
  });

  it('names what is allowed instead', () => {
    expect(() => promote(at('active'))).toThrow(
      code('state-transition', { state: 'active', allowed: ['shadow', 'retired'] }),
    );
    expect(() => promote(at('active'), true, 'shadow')).toThrow(code('state-transition'));
    expect(() => promote(at('shadow'), true, 'shadow')).toThrow(code('state-transition'));
    expect(() => promote(at('retired'), true, 'active')).toThrow(
      code('state-transition', { allowed: ['shadow'] }),
    );
  });
});

describe('planRetirement', () => {
  it('takes routed profiles out, and keeps what held them', () => {
    expect(planRetirement(at('active'))).toEqual({ state: 'retired', stateReason: null });
    expect(planRetirement(at('shadow', 'why'))).toEqual({ state: 'retired', stateReason: 'why' });
    for (const state of ['draft', 'profiling', 'retired'] as const)
      expect(() => planRetirement(at(state))).toThrow(code('state-transition', { state }));
  });
});

describe('planRollback', () => {
  it('goes back version by version, over those that rollbacks made', () => {
    expect(planRollback(at('active'), versions(1, 2, 3))).toEqual({ version: 2 });
    expect(planRollback(at('active'), versions(1, 2, 3, 2))).toEqual({ version: 1 });
    expect(planRollback(at('active'), versions(1, 2, 3, 2, 4))).toEqual({ version: 4 });
    expect(planRollback(at('active'), versions(1, 2, 3, 2, 4, 2))).toEqual({ version: 1 });
    expect(() => planRollback(at('active'), versions(1, 2, 1))).toThrow(code('no-earlier-version'));
  });

  it('goes to the version that is named', () => {
    expect(planRollback(at('shadow'), versions(1, 2, 1), 2)).toEqual({ version: 2 });
    expect(() => planRollback(at('shadow'), versions(1, 2), 2)).toThrow(code('no-earlier-version'));
  });

  it('takes what has one version from active to shadow, and no further', () => {
    expect(planRollback(at('active'), versions(1))).toEqual({
      state: 'shadow',
      stateReason: null,
    });
    for (const state of ['draft', 'shadow', 'retired'] as const)
      expect(() => planRollback(at(state), versions(1))).toThrow(code('no-earlier-version'));
  });
});
