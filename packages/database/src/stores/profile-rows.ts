import { DomainError, modelProfileSchema } from '@zerorouter/contracts';
import type { ModelProfile } from '@zerorouter/contracts';
import type { Transaction } from '../connection.js';
import type { Prisma } from '../generated/client.js';
import { fromJson, toJson } from '../json.js';

export type ProfileState = 'draft' | 'profiling' | 'shadow' | 'active' | 'retired';

export interface StoredProfile {
  /** Opaque; the same model keeps it in every latent space. */
  id: string;
  profile: ModelProfile;
  spaceVersion: string;
  state: ProfileState;
  /** Why it is held in its state; null = nothing holds it. */
  stateReason: string | null;
  /** Counts from 1 within (model, space); rises whenever `profile` changes. */
  version: number;
  /** Tokens; null where unknown. */
  contextWindow: number | null;
  capabilities: string[];
  /** How many deployments serve the model; 0 = it can be recommended, not called. */
  deployments: number;
  createdAt: Date;
  updatedAt: Date;
}

/** A profile as it once was. */
export interface ProfileVersion {
  version: number;
  profile: ModelProfile;
  createdAt: Date;
}

export interface ProfileSelector {
  /** Default: the active latent space, else the one in which the profile was last written. */
  spaceVersion?: string;
}

/** Names the row of a profile. */
export interface ProfileKey {
  modelId: string;
  spaceVersion: string;
}

export const withModel = {
  model: { include: { _count: { select: { deployments: true } } } },
  space: { select: { state: true } },
} as const satisfies Prisma.ModelProfileInclude;

type ProfileRow = Prisma.ModelProfileGetPayload<{ include: typeof withModel }>;

export async function findProfile(
  prisma: Transaction,
  idOrName: string,
  selector: ProfileSelector,
): Promise<ProfileRow | null> {
  const rows = await prisma.modelProfile.findMany({
    where: { ...selector, model: { OR: [{ id: idOrName }, { name: idOrName }] } },
    include: withModel,
    orderBy: { updatedAt: 'desc' },
  });
  return rows.find((row) => row.space.state === 'active') ?? rows[0] ?? null;
}

/** Newest first. */
export async function listVersions(
  prisma: Transaction,
  { modelId, spaceVersion }: ProfileKey,
): Promise<ProfileVersion[]> {
  const versions = await prisma.modelProfileVersion.findMany({
    where: { modelId, spaceVersion },
    omit: { modelId: true, spaceVersion: true },
    orderBy: { version: 'desc' },
  });
  return versions.map((version) => ({ ...version, profile: fromJson(version.profile) }));
}

/**
 * A new version of a profile that exists. Its model's row must be locked, so that versions count
 * without gaps.
 */
export async function addVersion(
  transaction: Transaction,
  { modelId, spaceVersion }: ProfileKey,
  version: number,
  profile: ModelProfile,
): Promise<ProfileRow> {
  requireValid(profile);
  const key = { modelId, spaceVersion };
  const data = { profile: toJson(profile), version };
  const row = await transaction.modelProfile.update({
    where: { modelId_spaceVersion: key },
    data,
    include: withModel,
  });
  await transaction.modelProfileVersion.create({ data: { ...key, ...data } });
  return row;
}

/** The first version of a profile. */
export async function createProfile(
  transaction: Transaction,
  key: ProfileKey,
  state: ProfileState,
  profile: ModelProfile,
): Promise<ProfileRow> {
  requireValid(profile);
  const data = { ...key, profile: toJson(profile), version: 1 };
  const row = await transaction.modelProfile.create({
    data: { ...data, state },
    include: withModel,
  });
  await transaction.modelProfileVersion.create({ data });
  return row;
}

/** JSON has no NaN and no infinity: they would be stored as null. @throws `invalid-profile` */
function requireValid(profile: ModelProfile): void {
  const { error } = modelProfileSchema.safeParse(profile);
  if (error !== undefined)
    throw new DomainError(
      'invalid-profile',
      `profile of ${profile.model}: ${error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')}`,
      { cause: error },
    );
}

export function toStoredProfile(row: ProfileRow): StoredProfile {
  return {
    id: row.modelId,
    profile: fromJson(row.profile),
    spaceVersion: row.spaceVersion,
    state: row.state,
    stateReason: row.stateReason,
    version: row.version,
    contextWindow: row.model.contextWindow,
    capabilities: row.model.capabilities,
    deployments: row.model._count.deployments,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}
