import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { ModelProfile, ProfilesFile, SpaceManifest } from '@zerorouter/contracts';
import { matchesGlob, profilesFileSchema } from '@zerorouter/contracts';
import type { DomainCorrection } from '@zerorouter/latent-space';
import { BadInputError } from '@zerorouter/data-set';
import { unpackCorrection } from '../profile/packed-correction.js';
import type { SpaceFolder } from '../space/space-folder.js';
import { carryProfile } from './carry-profile.js';

/** Profiles that share a difficulty map. */
export interface ProfileGroup {
  readonly profiles: readonly ModelProfile[];
  readonly correction: DomainCorrection | null;
}

/**
 * The models to predict for: those of the profiles files, or else the subjects of the space; both
 * when a glob names subjects beside files. A name in two files is refused.
 */
export function admittedProfiles(
  space: SpaceFolder,
  profilesFiles: readonly string[],
  globs: readonly string[],
): ProfileGroup[] {
  const origin = new Map<string, string>();
  const groups: ProfileGroup[] = [{ profiles: space.subjects, correction: null }];
  for (const path of profilesFiles) {
    const file = readProfilesFile(path);
    const profiles = profilesInSpace(path, file, space.manifest);
    for (const { model } of profiles) {
      const other = origin.get(model);
      if (other !== undefined)
        throw new BadInputError(path, null, `model "${model}" stands in ${other} too`);
      origin.set(model, path);
    }
    groups.push({ profiles, correction: correctionOf(path, file) });
  }
  const admits = ({ model }: ModelProfile) =>
    globs.length === 0 || globs.some((glob) => matchesGlob(glob, model));
  const admitted = groups
    .map((group) => ({ ...group, profiles: group.profiles.filter(admits) }))
    .filter(({ profiles }) => profiles.length > 0);
  if (admitted.length === 0) {
    const everything = groups.flatMap(({ profiles }) => profiles);
    throw new BadInputError(
      '--models',
      null,
      `${globs.map((glob) => `"${glob}"`).join(', ')} admits none of ${everything.length} models, such as "${everything[0]!.model}"`,
    );
  }
  return admitted;
}

/**
 * The file's profiles in the coordinates of the space: those of the version that it is linked to are
 * carried over. A domain correction is not: it mends another predictor's difficulty.
 */
function profilesInSpace(
  path: string,
  file: ProfilesFile,
  { version, link }: SpaceManifest,
): readonly ModelProfile[] {
  if (file.spaceVersion === version) return file.models;
  const refuse = (why: string) =>
    new BadInputError(
      path,
      null,
      `was made in latent space ${file.spaceVersion}, not in ${version}${why}; profile the models again`,
    );
  if (link?.previousVersion !== file.spaceVersion) throw refuse('');
  if (file.domainCorrection !== undefined)
    throw refuse(', to which its correction of the predicted difficulty cannot be carried');
  return file.models.map((profile) => carryProfile(link, profile));
}

function correctionOf(path: string, file: ProfilesFile): DomainCorrection | null {
  if (file.domainCorrection === undefined) return null;
  try {
    return unpackCorrection(file.domainCorrection);
  } catch (error) {
    throw new BadInputError(path, null, `is damaged: ${(error as Error).message}`, error);
  }
}

function readProfilesFile(path: string) {
  let value: unknown;
  try {
    const bytes = readFileSync(path);
    value = JSON.parse((path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'));
  } catch (error) {
    throw new BadInputError(path, null, `cannot be read: ${(error as Error).message}`, error);
  }
  const parsed = profilesFileSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new BadInputError(path, null, `${issue.path.join('.')}: ${issue.message}`);
  }
  return parsed.data;
}
