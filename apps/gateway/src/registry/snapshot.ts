import type { Policy, RollOut, StoredProfile, StoredSpace } from '@zerorouter/database';

/** What every decision reads besides the query: consistent in itself, never changed in place. */
export interface RegistrySnapshot {
  /** Null until a latent space is active. */
  readonly space: StoredSpace | null;
  /** Active profiles of that space, by name: what may be chosen. */
  readonly profiles: readonly StoredProfile[];
  /** What is scored: those and the ones in shadow, by name. */
  readonly candidates: readonly StoredProfile[];
  /** Version of each candidate, by name: part of every decision's record. */
  readonly profileVersions: Readonly<Record<string, number>>;
  readonly policies: readonly Policy[];
  /** Those that run. */
  readonly rollOuts: readonly RollOut[];
}

/**
 * Orders profiles by name, so that equal utilities always fall the same way, and parts those whose
 * ability does not have the space's dimensions: they would make every decision fail.
 */
export function arrangeProfiles(
  profiles: readonly StoredProfile[],
  dimensions: number,
): { usable: StoredProfile[]; unusable: StoredProfile[] } {
  const byName = [...profiles].sort((a, b) =>
    a.profile.model < b.profile.model ? -1 : a.profile.model > b.profile.model ? 1 : 0,
  );
  const fits = ({ profile: { ability } }: StoredProfile): boolean =>
    ability.mean.length === dimensions && ability.covariance.length === dimensions ** 2;
  return { usable: byName.filter(fits), unusable: byName.filter((profile) => !fits(profile)) };
}
