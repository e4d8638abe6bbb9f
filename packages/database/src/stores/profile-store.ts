import { isDeepStrictEqual } from 'node:util';
import { DomainError, modelProfileSchema } from '@zerorouter/contracts';
import type { ModelProfile } from '@zerorouter/contracts';
import { notifyChange } from '../changes.js';
import type { Transaction } from '../connection.js';
import type { Prisma, PrismaClient } from '../generated/client.js';
import { fromJson, toJson } from '../json.js';
import { opaqueId } from '../opaque-id.js';
import { requireSpace } from './space-store.js';

export type ProfileState = 'draft' | 'profiling' | 'shadow' | 'active' | 'retired';

export interface StoredProfile {
  /** Opaque; the same model keeps it in every latent space. */
  id: string;
  profile: ModelProfile;
  spaceVersion: string;
  state: ProfileState;
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

export interface NewProfile {
  /** `profile.model` names the model. */
  profile: ModelProfile;
  spaceVersion: string;
  /** State of a profile that is new; one that exists keeps its own (`setState` changes it). */
  state: ProfileState;
  contextWindow: number | null;
  capabilities: readonly string[];
}

export interface UpsertProfileOptions {
  /** `keep` leaves a profile that exists as it is, for seeding; `replace` is the default. */
  existing?: 'replace' | 'keep';
}

export interface ProfileSelector {
  /** Default: the active latent space, else the one in which the profile was last written. */
  spaceVersion?: string;
}

const withModel = {
  model: { include: { _count: { select: { deployments: true } } } },
  space: { select: { state: true } },
} as const satisfies Prisma.ModelProfileInclude;

type ProfileRow = Prisma.ModelProfileGetPayload<{ include: typeof withModel }>;

export class ProfileStore {
  constructor(private readonly prisma: PrismaClient) {}

  /** By model name, then newest first. */
  async list(
    filter: { state?: ProfileState; spaceVersion?: string } = {},
  ): Promise<StoredProfile[]> {
    const rows = await this.prisma.modelProfile.findMany({
      where: filter,
      include: withModel,
      orderBy: [{ model: { name: 'asc' } }, { createdAt: 'desc' }],
    });
    return rows.map(toStoredProfile);
  }

  /** What a router in this space chooses from, by model name. */
  async active(spaceVersion: string): Promise<StoredProfile[]> {
    return this.list({ state: 'active', spaceVersion });
  }

  async get(idOrName: string, selector: ProfileSelector = {}): Promise<StoredProfile | null> {
    const row = await find(this.prisma, idOrName, selector);
    return row && toStoredProfile(row);
  }

  /**
   * Profiles as they were, in the order of the models' names; one that is gone is missing.
   * @param versions version of each profile, by the name of its model.
   */
  async atVersions(
    spaceVersion: string,
    versions: Readonly<Record<string, number>>,
  ): Promise<ModelProfile[]> {
    const rows = await this.prisma.modelProfileVersion.findMany({
      where: { spaceVersion, version: { in: [...new Set(Object.values(versions))] } },
    });
    return rows
      .map(({ profile, version }) => ({ profile: fromJson<ModelProfile>(profile), version }))
      .filter(({ profile, version }) => versions[profile.model] === version)
      .map(({ profile }) => profile)
      .sort((a, b) => (a.model < b.model ? -1 : 1));
  }

  /** Every version that the profile has had in its space, newest first. */
  async versions(
    idOrName: string,
    selector: ProfileSelector = {},
  ): Promise<{ version: number; profile: ModelProfile; createdAt: Date }[]> {
    const row = await find(this.prisma, idOrName, selector);
    if (row === null) return [];
    const versions = await this.prisma.modelProfileVersion.findMany({
      where: { modelId: row.modelId, spaceVersion: row.spaceVersion },
      omit: { modelId: true, spaceVersion: true },
      orderBy: { version: 'desc' },
    });
    return versions.map((version) => ({ ...version, profile: fromJson(version.profile) }));
  }

  /**
   * Writes a profile by (model, space). A changed profile becomes a new version, an equal one changes
   * nothing; context window and capabilities are the model's own, in every space.
   * @throws `invalid-profile`, `space-not-found`
   */
  async upsert(profile: NewProfile, options: UpsertProfileOptions = {}): Promise<StoredProfile> {
    requireValid(profile.profile);
    return this.prisma.$transaction(async (transaction) => {
      const { profile: content, spaceVersion, contextWindow } = profile;
      const capabilities = [...profile.capabilities];
      const model = await lockModel(transaction, profile);
      const key = { modelId: model.id, spaceVersion };
      const current = await transaction.modelProfile.findUnique({
        where: { modelId_spaceVersion: key },
        include: withModel,
      });
      if (current === null) await requireSpace(transaction, spaceVersion);
      else if (options.existing === 'keep') return toStoredProfile(current);

      const changed = !isDeepStrictEqual(current?.profile, JSON.parse(JSON.stringify(content)));
      const modelChanged = !isDeepStrictEqual(
        [model.contextWindow, model.capabilities],
        [contextWindow, capabilities],
      );
      if (!changed && !modelChanged && current !== null) return toStoredProfile(current);

      if (modelChanged)
        await transaction.model.update({
          where: { id: model.id },
          data: { contextWindow, capabilities },
        });
      const version = (current?.version ?? 0) + (changed ? 1 : 0);
      const data = { profile: toJson(content), version };
      const row =
        current === null
          ? await transaction.modelProfile.create({
              data: { ...key, ...data, state: profile.state },
              include: withModel,
            })
          : await transaction.modelProfile.update({
              where: { modelId_spaceVersion: key },
              data,
              include: withModel,
            });
      if (changed) await transaction.modelProfileVersion.create({ data: { ...key, ...data } });
      await notifyChange(transaction, 'profile');
      return toStoredProfile(row);
    });
  }

  /** @throws `profile-not-found` */
  async setState(
    idOrName: string,
    state: ProfileState,
    selector: ProfileSelector = {},
  ): Promise<StoredProfile> {
    return this.prisma.$transaction(async (transaction) => {
      const found = await find(transaction, idOrName, selector);
      if (found === null)
        throw new DomainError(
          'profile-not-found',
          `there is no profile of "${idOrName}"${selector.spaceVersion === undefined ? '' : ` in latent space ${selector.spaceVersion}`}: give the id or the exact name of a listed model`,
          { details: { idOrName, ...selector } },
        );
      if (found.state === state) return toStoredProfile(found);
      const { modelId, spaceVersion } = found;
      const row = await transaction.modelProfile.update({
        where: { modelId_spaceVersion: { modelId, spaceVersion } },
        data: { state },
        include: withModel,
      });
      await notifyChange(transaction, 'profile');
      return toStoredProfile(row);
    });
  }
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

/** The model, new where its name is; its row stays locked, so that versions count without gaps. */
async function lockModel(
  transaction: Transaction,
  { profile, contextWindow, capabilities }: NewProfile,
): Promise<{ id: string; contextWindow: number | null; capabilities: string[] }> {
  const rows = await transaction.$queryRaw<Awaited<ReturnType<typeof lockModel>>[]>`
    INSERT INTO models (id, name, context_window, capabilities)
    VALUES (${opaqueId('mdl')}, ${profile.model}, ${contextWindow}, ${[...capabilities]})
    ON CONFLICT (name) DO UPDATE SET name = EXCLUDED.name
    RETURNING id, context_window AS "contextWindow", capabilities`;
  return rows[0]!;
}

async function find(
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

function toStoredProfile(row: ProfileRow): StoredProfile {
  return {
    id: row.modelId,
    profile: fromJson(row.profile),
    spaceVersion: row.spaceVersion,
    state: row.state,
    version: row.version,
    contextWindow: row.model.contextWindow,
    capabilities: row.model.capabilities,
    deployments: row.model._count.deployments,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}
