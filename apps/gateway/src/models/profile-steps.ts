import { isDeepStrictEqual } from 'node:util';
import { DomainError } from '@zerorouter/contracts';
import type { PromoteRequest } from '@zerorouter/contracts';
import type {
  ProfileState,
  ProfileStep,
  ProfileVersion,
  StoredProfile,
} from '@zerorouter/database';

type Held = Pick<StoredProfile, 'profile' | 'state' | 'stateReason'>;

/** Where an administrator may take a profile from each state, and how that is said. */
const WAYS: Record<ProfileState, { to: readonly ProfileState[]; how: string }> = {
  draft: {
    to: ['shadow', 'active'],
    how: 'onboard it, or promote it to shadow or active with {"force": true}, or delete it',
  },
  profiling: {
    to: ['shadow', 'active'],
    how: 'wait for its onboarding, or promote it to shadow or active with {"force": true}, or delete it',
  },
  shadow: { to: ['active', 'retired'], how: 'promote it to active, or retire it' },
  active: { to: ['shadow', 'retired'], how: 'roll it back, or retire it' },
  retired: { to: ['shadow'], how: 'promote it to shadow, or delete it' },
};

/**
 * One state up: shadow → active, and retired → shadow with whatever held it there before. A draft has
 * to be onboarded, which takes it to shadow or active; `force` takes it there as it is.
 * @throws DomainError `not-profiled`, `held-in-shadow`, `state-transition`
 */
export function planPromotion(
  { profile, state, stateReason }: Held,
  { state: target, force }: PromoteRequest,
): ProfileStep {
  const { model } = profile;
  const to = target ?? (state === 'shadow' ? 'active' : 'shadow');
  if (state === 'active' || !WAYS[state].to.includes(to)) throw noSuchStep(model, state, to);
  if ((state === 'draft' || state === 'profiling') && !force)
    throw new DomainError(
      'not-profiled',
      `"${model}" was never measured, it is ${state === 'draft' ? 'a draft' : 'being profiled'}: onboard it, which takes it further, or pass {"force": true} to route by what its metadata tell`,
      { details: { state } },
    );
  if (state === 'shadow' && stateReason !== null && !force)
    throw new DomainError(
      'held-in-shadow',
      `"${model}" is held in shadow: ${stateReason}. Onboard it anew, or pass {"force": true} to overrule that`,
      { details: { state, reason: stateReason } },
    );
  return { state: to, stateReason: state === 'retired' ? stateReason : null };
}

/**
 * Out of traffic, and back by a promotion.
 * @throws DomainError `state-transition`
 */
export function planRetirement({ profile, state, stateReason }: Held): ProfileStep {
  if (!WAYS[state].to.includes('retired')) throw noSuchStep(profile.model, state, 'retired');
  return { state: 'retired', stateReason };
}

/**
 * What the version before held becomes the newest version; again, and it goes further back. A state and
 * what holds it stay: they are not of a version. Where there never was another version, an active
 * profile goes back to shadow.
 * @param versions newest first.
 * @param wanted the version to go back to; absent = the one before what holds now.
 * @throws DomainError `no-earlier-version`
 */
export function planRollback(
  { profile, state }: Held,
  versions: readonly ProfileVersion[],
  wanted?: number,
): ProfileStep {
  const newest = versions[0]!.version;
  if (wanted === newest)
    throw new DomainError(
      'no-earlier-version',
      `version ${newest} of the profile of "${profile.model}" holds already: name an earlier one`,
    );
  if (wanted !== undefined) return { version: wanted };
  if (versions.length === 1 && state === 'active') return { state: 'shadow', stateReason: null };
  const earlier = versionBefore(versions);
  if (earlier === null)
    throw new DomainError(
      'no-earlier-version',
      versions.length === 1
        ? `the profile of "${profile.model}" has one version only, and is in state ${state}: ${WAYS[state].how}`
        : `the profile of "${profile.model}" is what it was in version 1: name another version to go back to, of 1 to ${newest - 1}`,
    );
  return { version: earlier };
}

/** A version that an earlier rollback made stands for the one that it repeats. */
function versionBefore(versions: readonly ProfileVersion[]): number | null {
  let at = 0;
  versions.forEach(({ profile }, i) => {
    if (isDeepStrictEqual(profile, versions[at]!.profile)) at = i;
  });
  return versions[at + 1]?.version ?? null;
}

function noSuchStep(model: string, state: ProfileState, to: ProfileState): DomainError {
  const { how, to: allowed } = WAYS[state];
  return new DomainError(
    'state-transition',
    `"${model}" is in state ${state} and cannot become ${to} by this: ${how}`,
    { details: { state, allowed } },
  );
}
