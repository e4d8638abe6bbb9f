import { isDeepStrictEqual } from 'node:util';
import { DomainError } from '@zerorouter/contracts';
import type { ModelPrices, ModelProfile } from '@zerorouter/contracts';
import { notifyChange } from '../changes.js';
import type { Transaction } from '../connection.js';
import { Prisma } from '../generated/client.js';
import type { PrismaClient } from '../generated/client.js';
import { fromJson, toJson } from '../json.js';
import { opaqueId } from '../opaque-id.js';
import { replaceDeployments, withoutKey } from './model-deployments.js';
import type {
  NewDeployment,
  SealedDeployment,
  SealKey,
  StoredDeployment,
} from './model-deployments.js';
import {
  lockModel,
  modelNotFound,
  raiseRevision,
  readModel,
  toStoredModel,
  withDeployments,
} from './model-rows.js';
import type { RevisionGuard, StoredModel } from './model-rows.js';
import {
  createProfile,
  addVersion,
  findProfile,
  listVersions,
  toStoredProfile,
} from './profile-rows.js';
import type { ProfileState, ProfileVersion, StoredProfile } from './profile-rows.js';
import { repriceProfiles } from './reprice-profiles.js';
import { requireSpace } from './space-rows.js';

/** A model with the first version of its profile, a draft. `profile.model` is its name. */
export interface NewModel extends Pick<
  StoredModel,
  'contextWindow' | 'capabilities' | 'prices' | 'sizeB'
> {
  profile: ModelProfile;
  spaceVersion: string;
  deployments: readonly NewDeployment[];
}

/** Absent fields stay. */
export type ModelChange = Partial<Omit<NewModel, 'profile' | 'spaceVersion'>>;

/** What becomes of a profile: another state, or what an earlier version held. */
export type ProfileStep = { state: ProfileState; stateReason: string | null } | { version: number };

/** The administrators' side of models. */
export class ModelStore {
  constructor(private readonly prisma: PrismaClient) {}

  /** By name. */
  async list(): Promise<StoredModel[]> {
    const rows = await this.prisma.model.findMany({
      include: withDeployments,
      orderBy: { name: 'asc' },
    });
    return rows.map(toStoredModel);
  }

  async get(idOrName: string): Promise<StoredModel | null> {
    const row = await this.prisma.model.findFirst({
      where: { OR: [{ id: idOrName }, { name: idOrName }] },
      include: withDeployments,
    });
    return row && toStoredModel(row);
  }

  /** Models that have a deployment, by name, with what opens its keys. */
  async served(): Promise<
    (Pick<StoredModel, 'id' | 'name' | 'contextWindow' | 'prices'> & {
      sealed: SealedDeployment[];
    })[]
  > {
    const rows = await this.prisma.model.findMany({
      where: { deployments: { some: {} } },
      select: {
        id: true,
        name: true,
        contextWindow: true,
        prices: true,
        deployments: sealedInOrder(),
      },
      orderBy: { name: 'asc' },
    });
    return rows.map(({ deployments, prices, ...model }) => ({
      ...model,
      prices: prices === null ? null : fromJson<ModelPrices>(prices),
      sealed: deployments,
    }));
  }

  /** Where to call the model, with what opens its keys; empty for a model that does not exist. */
  async sealedDeployments(modelId: string): Promise<SealedDeployment[]> {
    return this.prisma.deployment.findMany({ where: { modelId }, ...sealedInOrder() });
  }

  /** Those of the model's deployments that a configuration file has made. */
  async declaredDeployments(
    modelId: string,
  ): Promise<Pick<StoredDeployment, 'baseUrl' | 'upstreamModel'>[]> {
    return this.prisma.deployment.findMany({
      where: { modelId, fromFile: true },
      select: { baseUrl: true, upstreamModel: true },
    });
  }

  /** Marks deployments of the model as made by a configuration file. */
  async markDeclared(
    modelId: string,
    deployments: readonly Pick<StoredDeployment, 'baseUrl' | 'upstreamModel'>[],
  ): Promise<void> {
    await this.prisma.deployment.updateMany({
      where: {
        modelId,
        OR: deployments.map(({ baseUrl, upstreamModel }) => ({ baseUrl, upstreamModel })),
      },
      data: { fromFile: true },
    });
  }

  /** @throws `model-exists`, `space-not-found`, `invalid-profile`, and what `seal` throws */
  async create(model: NewModel, seal: SealKey): Promise<StoredModel> {
    const { profile, spaceVersion, deployments, prices, ...fields } = model;
    return this.prisma.$transaction(async (transaction) => {
      await requireSpace(transaction, spaceVersion);
      const id = opaqueId('mdl');
      const { count } = await transaction.model.createMany({
        data: [{ ...fields, id, name: profile.model, prices: nullableJson(prices) }],
        skipDuplicates: true,
      });
      if (count === 0) throw await modelExists(transaction, profile.model);
      await createProfile(transaction, { modelId: id, spaceVersion }, 'draft', profile);
      await replaceDeployments(transaction, id, deployments, seal);
      await notifyChange(transaction, 'profile');
      return readModel(transaction, id);
    });
  }

  /**
   * New prices become a new version of every profile whose cost comes from prices or is unknown;
   * prices that are taken away leave such a cost unknown.
   * @throws `model-not-found`, `revision-mismatch`, and what `seal` throws
   */
  async update(
    idOrName: string,
    change: ModelChange,
    seal: SealKey,
    guard: RevisionGuard = {},
  ): Promise<StoredModel> {
    return this.prisma.$transaction(async (transaction) => {
      const model = await lockModel(transaction, idOrName, guard);
      const { deployments, prices, ...fields } = change;
      const moved =
        deployments !== undefined &&
        (await replaceDeployments(transaction, model.id, deployments, seal));
      const repriced = prices !== undefined && !isDeepStrictEqual(prices, model.prices);
      if (repriced) await repriceProfiles(transaction, model.id, prices);
      const changed = Object.entries(fields).some(
        ([field, value]) => !isDeepStrictEqual(value, model[field as keyof typeof fields]),
      );
      if (!moved && !repriced && !changed) return model;
      const data = { ...fields, ...(repriced ? { prices: nullableJson(prices) } : {}) };
      return raiseRevision(transaction, model.id, data);
    });
  }

  /** Its decisions stay. @throws `model-not-found`, `revision-mismatch` */
  async delete(idOrName: string, guard: RevisionGuard = {}): Promise<void> {
    await this.prisma.$transaction(async (transaction) => {
      const { id } = await lockModel(transaction, idOrName, guard);
      await transaction.model.delete({ where: { id } });
      await notifyChange(transaction, 'profile');
    });
  }

  /**
   * Changes the model's profile in the active space, else the one that was written last.
   * @param decide what becomes of it, given all its versions, newest first; it may throw.
   * @throws `model-not-found`, `revision-mismatch`, `version-not-found`, and what `decide` throws
   */
  async changeProfile(
    idOrName: string,
    decide: (profile: StoredProfile, versions: readonly ProfileVersion[]) => ProfileStep,
    guard: RevisionGuard = {},
  ): Promise<StoredModel> {
    return this.prisma.$transaction(async (transaction) => {
      const { id, name } = await lockModel(transaction, idOrName, guard);
      const row = await findProfile(transaction, id, {});
      if (row === null) throw modelNotFound(idOrName);
      const versions = await listVersions(transaction, row);
      const step = decide(toStoredProfile(row), versions);
      if ('version' in step) {
        const source = versions.find(({ version }) => version === step.version);
        if (source === undefined) throw versionNotFound(name, step.version, versions);
        await addVersion(transaction, row, row.version + 1, source.profile);
      } else {
        const { modelId, spaceVersion } = row;
        await transaction.modelProfile.update({
          where: { modelId_spaceVersion: { modelId, spaceVersion } },
          data: step,
        });
      }
      return raiseRevision(transaction, id, {});
    });
  }
}

function sealedInOrder() {
  return {
    select: { ...withoutKey, apiKeyCiphertext: true },
    orderBy: withDeployments.deployments.orderBy.map((order) => ({ ...order })),
  };
}

function nullableJson(value: object | null) {
  return value === null ? Prisma.DbNull : toJson(value);
}

async function modelExists(transaction: Transaction, name: string): Promise<DomainError> {
  const model = await transaction.model.findUnique({ where: { name }, select: { id: true } });
  return new DomainError(
    'model-exists',
    `there is a model "${name}" already: change it with PATCH, or give the new one another name`,
    { details: { ...model } },
  );
}

function versionNotFound(
  name: string,
  version: number,
  versions: readonly ProfileVersion[],
): DomainError {
  return new DomainError(
    'version-not-found',
    `the profile of ${name} has no version ${version}; it has: ${versions.map((one) => one.version).join(', ')}`,
    { details: { versions: versions.map((one) => one.version) } },
  );
}
