import type { ModelProfile, SpaceLinkRecord } from '@zerorouter/contracts';
import { carryAbility } from '@zerorouter/latent-space';

/**
 * A profile made in the earlier version of a linked space, as the linked version reads it: ability and
 * verbosity moved by what lies between the versions, and less certain by what the link leaves open.
 */
export function carryProfile<Profile extends ModelProfile>(
  link: SpaceLinkRecord,
  profile: Profile,
): Profile {
  const { length, cost } = profile;
  const moved = link.length ?? { shift: 0, deviation: 0 };
  return {
    ...profile,
    ability: carryAbility(link, profile.ability),
    length:
      length === null
        ? null
        : {
            ...length,
            offset: length.offset - moved.shift,
            offsetVariance: length.offsetVariance + moved.deviation ** 2,
          },
    // Its tokens are exp(level), and the level of the earlier version is this one's less the shift.
    cost:
      cost?.kind === 'linear'
        ? { ...cost, perOutputToken: cost.perOutputToken * Math.exp(-moved.shift) }
        : cost,
  };
}
