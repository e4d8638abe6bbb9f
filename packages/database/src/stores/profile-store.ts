import { isDeepStrictEqual } from 'node:util';
import { DomainError } from '@zerorouter/contracts';
import type { ModelProfile } from '@zerorouter/contracts';
import { notifyChange } from '../changes.js';
import type { Transaction } from '../connection.js';
import type { PrismaClient } from '../generated/client.js';
import { fromJson } from '../json.js';
import { opaqueId } from '../opaque-id.js';
import {
  addVersion,
  createProfile,
  findProfile,
  listVersions,
  toStoredProfile,
  withModel,
} from './profile-rows.js';
import type {
  ProfileSelector,
  ProfileState,
  ProfileVersion,
  StoredProfile,
} from './profile-rows.js';
import { requireSpace } from './space-rows.js';

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

export interface SetStateOptions extends ProfileSelector {
  /** Why it is held there; absent = nothing holds it. */
  reason?: string;
}

export class ProfileStore {
  constructor(private readonly prisma: PrismaClient) {}

  /** By model name, then newest first. */
  async list(
    filter: { state?: ProfileState | readonly ProfileState[]; spaceVersion?: string } = {},
  ): Promise<StoredProfile[]> {
    const { state, ...where } = filter;
    const rows = await this.prisma.modelProfile.findMany({
      where: state === undefined ? where : { ...where, state: { in: [state].flat() } },
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
    const row = await findProfile(this.prisma, idOrName, selector);
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
  async versions(idOrName: string, selector: ProfileSelector = {}): Promise<ProfileVersion[]> {
    const row = await findProfile(this.prisma, idOrName, selector);
    return row === null ? [] : listVersions(this.prisma, row);
  }

  /**
   * Writes a profile by (model, space). A changed profile becomes a new version, an equal one changes
   * nothing; context window and capabilities are the model's own, in every space.
   * @throws `invalid-profile`, `space-not-found`
   */
  async upsert(profile: NewProfile, options: UpsertProfileOptions = {}): Promise<StoredProfile> {
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
      if (modelChanged)
        await transaction.model.update({
          where: { id: model.id },
          data: { contextWindow, capabilities },
        });
      if (current === null) await createProfile(transaction, key, profile.state, content);
      else if (changed) await addVersion(transaction, key, current.version + 1, content);
      else if (!modelChanged) return toStoredProfile(current);
      await notifyChange(transaction, 'profile');
      const row = await transaction.modelProfile.findUniqueOrThrow({
        where: { modelId_spaceVersion: key },
        include: withModel,
      });
      return toStoredProfile(row);
    });
  }

  /** @throws `profile-not-found` */
  async setState(
    idOrName: string,
    state: ProfileState,
    { reason, ...selector }: SetStateOptions = {},
  ): Promise<StoredProfile> {
    return this.prisma.$transaction(async (transaction) => {
      const found = await findProfile(transaction, idOrName, selector);
      if (found === null)
        throw new DomainError(
          'profile-not-found',
          `there is no profile of "${idOrName}"${selector.spaceVersion === undefined ? '' : ` in latent space ${selector.spaceVersion}`}: give the id or the exact name of a listed model`,
          { details: { idOrName, ...selector } },
        );
      const stateReason = reason ?? null;
      if (found.state === state && found.stateReason === stateReason) return toStoredProfile(found);
      const { modelId, spaceVersion } = found;
      const row = await transaction.modelProfile.update({
        where: { modelId_spaceVersion: { modelId, spaceVersion } },
        data: { state, stateReason },
        include: withModel,
      });
      await notifyChange(transaction, 'profile');
      return toStoredProfile(row);
    });
  }
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
