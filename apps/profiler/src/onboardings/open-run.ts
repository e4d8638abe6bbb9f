import { DomainError, onboardingSettingsSchema } from '@zerorouter/contracts';
import type { OnboardingSettings, SpaceManifest } from '@zerorouter/contracts';
import type { Database, Onboarding, StoredAnchor } from '@zerorouter/database';
import { startRun } from '@zerorouter/onboarding';
import type { OnboardingState } from '@zerorouter/onboarding';

/** An onboarding with all that it depends on, as Postgres holds it. */
export interface OnboardingRun {
  readonly onboarding: Onboarding;
  readonly settings: OnboardingSettings;
  readonly manifest: SpaceManifest;
  readonly setId: string;
  readonly setName: string;
  /** In the order of the set: an index names the same anchor here and in the state. */
  readonly anchors: readonly StoredAnchor[];
  /** Nothing asked yet. */
  readonly start: OnboardingState;
}

/** @throws DomainError `space-not-found` when space or anchors are gone since. */
export async function openRun(database: Database, onboarding: Onboarding): Promise<OnboardingRun> {
  const { spaceVersion, anchorSetId } = onboarding;
  const settings = onboardingSettingsSchema.parse(onboarding.settings);
  const space = await database.spaces.get(spaceVersion);
  if (space === null || anchorSetId === null)
    throw new DomainError(
      'space-not-found',
      `the latent space ${spaceVersion} of onboarding ${onboarding.id}, or its anchors, are gone`,
    );
  const [set, anchors, subjects] = await Promise.all([
    database.anchors.find(anchorSetId, spaceVersion),
    database.anchors.list(anchorSetId),
    database.spaces.subjects(spaceVersion),
  ]);
  const live = settings.kind === 'live' ? settings : null;
  const { state } = startRun({
    name: onboarding.model,
    sizeB: settings.size_b,
    prices: settings.prices,
    subjects,
    lengthPrior: space.manifest.lengthPrior,
    anchors,
    seed: settings.seed,
    maxAnchors: live?.max_anchors ?? anchors.length,
    targetDeviation: live?.target_sd ?? null,
    maxTokens: live?.max_tokens ?? null,
  });
  return {
    onboarding,
    settings,
    manifest: space.manifest,
    setId: anchorSetId,
    setName: set?.name ?? anchorSetId,
    anchors,
    start: state,
  };
}
