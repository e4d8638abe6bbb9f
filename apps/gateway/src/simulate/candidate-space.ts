import { DomainError } from '@zerorouter/contracts';
import type { SpaceLinkRecord, SpaceManifest } from '@zerorouter/contracts';
import type { StoredProfile } from '@zerorouter/database';
import { carryAbility } from '@zerorouter/latent-space';

type Profile = StoredProfile['profile'];

/**
 * How profiles of a candidate space read latents of the active one: a decision keeps its latents, which
 * are coordinates of the space that was active, and no text to place anew.
 * @throws DomainError `space-not-linked` unless one of the two was linked to the other.
 */
export function readingOf(
  candidate: SpaceManifest,
  active: SpaceManifest,
): (profile: Profile) => Profile {
  if (candidate.version === active.version) return (profile) => profile;
  if (candidate.link?.previousVersion === active.version) {
    const { link } = candidate;
    return (profile) => carry(profile, link, -1);
  }
  if (active.link?.previousVersion === candidate.version) {
    const { link } = active;
    return (profile) => carry(profile, link, 1);
  }
  throw new DomainError(
    'space-not-linked',
    `space_version: ${candidate.version} is not linked to the active latent space ${active.version}, whose coordinates the latents of stored decisions are; their texts, which ${candidate.version} would have to place anew, are not kept. Calibrate it with --link and the folder of ${active.version} to try it on them`,
    { details: { space_version: candidate.version, active_space_version: active.version } },
  );
}

/**
 * A profile in the coordinates of the other end of a link, and less certain by what the link leaves open.
 * @param direction 1 = from the earlier version to the linked one, −1 = back.
 */
function carry(profile: Profile, link: SpaceLinkRecord, direction: 1 | -1): Profile {
  const { length, cost } = profile;
  const offset = link.offset.map((value) => direction * value);
  const { shift, deviation } = link.length ?? { shift: 0, deviation: 0 };
  return {
    ...profile,
    ability: carryAbility({ offset, residual: link.residual }, profile.ability),
    length: length && {
      ...length,
      offset: length.offset - direction * shift,
      offsetVariance: length.offsetVariance + deviation ** 2,
    },
    // Its tokens are exp(level), and the level of the earlier version is the later one's less the shift.
    cost:
      cost?.kind === 'linear'
        ? { ...cost, perOutputToken: cost.perOutputToken * Math.exp(-direction * shift) }
        : cost,
  };
}
