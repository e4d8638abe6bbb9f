import { DomainError } from '@zerorouter/contracts';
import type { BankItem, SpaceAbilities, SpaceManifest } from '@zerorouter/contracts';
import { notifyChange } from '../changes.js';
import { lockForTransaction } from '../connection.js';
import type { Transaction } from '../connection.js';
import type { PrismaClient } from '../generated/client.js';
import { fromJson, toJson } from '../json.js';
import { bringProfilesUpToDate } from './carry-profiles.js';
import { deriveSpace } from './derive-space.js';
import type { DerivedSpace } from './derive-space.js';
import { insertItems, requireSpace } from './space-rows.js';

export type SpaceState = 'draft' | 'active' | 'retired';

export interface StoredSpace {
  manifest: SpaceManifest;
  state: SpaceState;
  createdAt: Date;
}

export interface NewSpace {
  manifest: SpaceManifest;
  predictorOnnx: Uint8Array;
  items: readonly BankItem[];
  subjects: SpaceAbilities['subjects'];
  /** `active` also retires the space that was. */
  state: 'draft' | 'active';
}

/** Ms for storing a whole space. */
const CREATE_TIMEOUT = 120_000;

const summary = { manifest: true, state: true, createdAt: true } as const;

export class SpaceStore {
  constructor(private readonly prisma: PrismaClient) {}

  /** Stores a latent space whole. Idempotent by version: one that is there already stays as it is. */
  async create(space: NewSpace): Promise<void> {
    const { version } = space.manifest;
    await this.prisma.$transaction(
      async (transaction) => {
        const { count } = await transaction.latentSpace.createMany({
          data: [
            {
              version,
              manifest: toJson(space.manifest),
              state: 'draft',
              predictorOnnx: Uint8Array.from(space.predictorOnnx),
            },
          ],
          skipDuplicates: true,
        });
        if (count === 0) return;
        await insertItems(transaction, version, 0, space.items);
        await transaction.subject.createMany({
          data: space.subjects.map(({ meanScore, answers, ...profile }, position) => ({
            spaceVersion: version,
            name: profile.model,
            position,
            profile: toJson(profile),
            meanScore,
            answers,
          })),
        });
        if (space.state === 'active') await makeActive(transaction, version);
        await notifyChange(transaction, 'space');
      },
      { timeout: CREATE_TIMEOUT, maxWait: CREATE_TIMEOUT },
    );
  }

  /**
   * Stores a draft that is an earlier space but for some items, a correction and abilities, with all of
   * that space's profiles in their states. Idempotent by version.
   * @throws `space-not-found`
   */
  async derive(space: DerivedSpace): Promise<void> {
    await this.prisma.$transaction((transaction) => deriveSpace(transaction, space), {
      timeout: CREATE_TIMEOUT,
      maxWait: CREATE_TIMEOUT,
    });
  }

  /** Newest first. */
  async list(): Promise<StoredSpace[]> {
    const rows = await this.prisma.latentSpace.findMany({
      select: summary,
      orderBy: [{ createdAt: 'desc' }, { version: 'desc' }],
    });
    return rows.map(toStoredSpace);
  }

  async get(version: string): Promise<StoredSpace | null> {
    const row = await this.prisma.latentSpace.findUnique({ where: { version }, select: summary });
    return row && toStoredSpace(row);
  }

  async active(): Promise<StoredSpace | null> {
    const row = await this.prisma.latentSpace.findFirst({
      where: { state: 'active' },
      select: summary,
    });
    return row && toStoredSpace(row);
  }

  /**
   * Makes the space active and retires the one that was. A draft that was derived from that one takes over
   * what has become of the profiles meanwhile.
   * @throws `space-not-found`
   */
  async activate(version: string): Promise<void> {
    await this.prisma.$transaction(async (transaction) => {
      await requireSpace(transaction, version);
      await bringProfilesUpToDate(transaction, version);
      if (await makeActive(transaction, version)) await notifyChange(transaction, 'space');
    });
  }

  /**
   * Goes back to the space that was active before this one, and from there further back.
   * @returns the version that is active now
   * @throws `no-earlier-space`
   */
  async rollback(): Promise<string> {
    return this.prisma.$transaction(async (transaction) => {
      await lockForTransaction(transaction, 'active-space');
      const [current, earlier] = await transaction.spaceActivation.findMany({
        where: { rolledBackAt: null },
        orderBy: { id: 'desc' },
        take: 2,
      });
      if (current === undefined || earlier === undefined)
        throw new DomainError(
          'no-earlier-space',
          current === undefined
            ? 'no latent space is active: activate one first'
            : `no latent space was active before ${current.spaceVersion}: activate the one you want by its version`,
        );
      await transaction.spaceActivation.update({
        where: { id: current.id },
        data: { rolledBackAt: new Date() },
      });
      await switchState(transaction, earlier.spaceVersion);
      await notifyChange(transaction, 'space');
      return earlier.spaceVersion;
    });
  }

  async predictorOnnx(version: string): Promise<Uint8Array | null> {
    const row = await this.prisma.latentSpace.findUnique({
      where: { version },
      select: { predictorOnnx: true },
    });
    return row && row.predictorOnnx;
  }

  /** Calibrated items by the hashes of their normalised texts, in the bank's order. */
  async findItems(version: string, hashes: readonly string[]): Promise<BankItem[]> {
    return this.prisma.item.findMany({
      where: { spaceVersion: version, hash: { in: [...hashes] } },
      orderBy: { position: 'asc' },
      omit: { spaceVersion: true, position: true },
    });
  }

  /** Empty for a space that does not exist. */
  async subjects(version: string): Promise<SpaceAbilities['subjects']> {
    const rows = await this.prisma.subject.findMany({
      where: { spaceVersion: version },
      orderBy: { position: 'asc' },
    });
    return rows.map((row) => ({
      ...fromJson<Omit<SpaceAbilities['subjects'][number], 'meanScore' | 'answers'>>(row.profile),
      meanScore: row.meanScore,
      answers: row.answers,
    }));
  }
}

/** @returns false when it is active already */
async function makeActive(transaction: Transaction, version: string): Promise<boolean> {
  await lockForTransaction(transaction, 'active-space');
  if ((await transaction.latentSpace.count({ where: { version, state: 'active' } })) > 0)
    return false;
  await switchState(transaction, version);
  await transaction.spaceActivation.create({ data: { spaceVersion: version } });
  return true;
}

async function switchState(transaction: Transaction, version: string): Promise<void> {
  await transaction.latentSpace.updateMany({
    where: { state: 'active' },
    data: { state: 'retired' },
  });
  await transaction.latentSpace.updateMany({ where: { version }, data: { state: 'active' } });
}

function toStoredSpace(row: {
  manifest: Parameters<typeof fromJson>[0];
  state: SpaceState;
  createdAt: Date;
}): StoredSpace {
  return { ...row, manifest: fromJson<SpaceManifest>(row.manifest) };
}
