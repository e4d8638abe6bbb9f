import { DomainError } from '@zerorouter/contracts';
import type { ApiKeyScope } from '@zerorouter/contracts';
import { notifyChange } from '../changes.js';
import { lockForTransaction } from '../connection.js';
import type { Transaction } from '../connection.js';
import type { ApiKey as ApiKeyRow, PrismaClient } from '../generated/client.js';
import { opaqueId } from '../opaque-id.js';
import type { PolicyBudget } from './policy-store.js';

export type { ApiKeyScope };

/** Limits of one key; null and empty lists = none. */
export interface KeyLimits {
  requestsPerMinute: number | null;
  tokensPerMinute: number | null;
  budget: KeyBudget | null;
  /** Decides once the budget is spent; null = calls are refused then. */
  downgradePolicy: string | null;
  /** Names of policies that it may use. */
  policies: string[];
  /** Globs of models that it may use. */
  models: string[];
}

/** What a key may spend in an hour, a day or a month of UTC. */
export type KeyBudget = Pick<PolicyBudget, 'usd' | 'period'>;

export interface ApiKey {
  id: string;
  name: string;
  scopes: ApiKeyScope[];
  /** The key's first characters, for people to tell keys apart. */
  prefix: string;
  limits: KeyLimits;
  /** Null = it never does. */
  expiresAt: Date | null;
  createdAt: Date;
  revokedAt: Date | null;
}

/** What can be changed of a key; absent = it stays. */
export interface KeyChanges {
  name?: string;
  limits?: Partial<KeyLimits>;
  expiresAt?: Date | null;
}

export interface NewApiKey extends KeyChanges {
  name: string;
  scopes: readonly ApiKeyScope[];
  /** Hex SHA-256 of the key; the key itself is never stored. */
  hash: string;
  prefix: string;
}

const withoutHash = { hash: true } as const;
type Row = Omit<ApiKeyRow, 'hash'>;

/** Held by whatever could take away the last key of administrators, or make the first. */
const ADMIN_KEYS_LOCK = 'first-key';

export class ApiKeyStore {
  constructor(private readonly prisma: PrismaClient) {}

  async create(key: NewApiKey): Promise<ApiKey> {
    return this.prisma.$transaction((transaction) => insert(transaction, key));
  }

  /** Creates the key only while no administrator has a usable one, however many processes try; else null. */
  async createFirst(key: NewApiKey): Promise<ApiKey | null> {
    return this.prisma.$transaction(async (transaction) => {
      await lockForTransaction(transaction, ADMIN_KEYS_LOCK);
      const admins = await transaction.apiKey.count({ where: usableAdmins() });
      return admins > 0 ? null : insert(transaction, key);
    });
  }

  /** A revoked key is not found; one that has expired is. */
  async findByHash(hash: string): Promise<ApiKey | null> {
    const row = await this.prisma.apiKey.findUnique({
      where: { hash, revokedAt: null },
      omit: withoutHash,
    });
    return row && toKey(row);
  }

  /** Usable keys: neither revoked nor expired. */
  async count(): Promise<number> {
    return this.prisma.apiKey.count({ where: usable() });
  }

  /** Usable keys of administrators. */
  async countAdmins(): Promise<number> {
    return this.prisma.apiKey.count({ where: usableAdmins() });
  }

  /** Newest first, revoked ones too. */
  async list(): Promise<ApiKey[]> {
    const rows = await this.prisma.apiKey.findMany({
      omit: withoutHash,
      orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
    });
    return rows.map(toKey);
  }

  async get(id: string): Promise<ApiKey | null> {
    const row = await this.prisma.apiKey.findUnique({ where: { id }, omit: withoutHash });
    return row && toKey(row);
  }

  /**
   * @param change is told the key as it is, and may throw.
   * @throws `key-not-found`, `last-admin-key` when the last key of administrators would expire
   */
  async update(id: string, change: (key: ApiKey) => KeyChanges): Promise<ApiKey> {
    return this.prisma.$transaction(async (transaction) => {
      await lockForTransaction(transaction, ADMIN_KEYS_LOCK);
      const changes = change(await find(transaction, id));
      if (changes.expiresAt) await requireAnotherAdmin(transaction, id);
      const row = await transaction.apiKey.update({
        where: { id },
        data: toColumns(changes),
        omit: withoutHash,
      });
      await notifyChange(transaction, 'key');
      return toKey(row);
    });
  }

  /** Revoking twice keeps the first time. @throws `key-not-found`, `last-admin-key` */
  async revoke(id: string): Promise<ApiKey> {
    return this.prisma.$transaction(async (transaction) => {
      await lockForTransaction(transaction, ADMIN_KEYS_LOCK);
      const key = await find(transaction, id);
      if (key.revokedAt !== null) return key;
      await requireAnotherAdmin(transaction, id);
      const row = await transaction.apiKey.update({
        where: { id },
        data: { revokedAt: new Date() },
        omit: withoutHash,
      });
      await notifyChange(transaction, 'key');
      return toKey(row);
    });
  }
}

const usable = () => ({
  revokedAt: null,
  OR: [{ expiresAt: null }, { expiresAt: { gt: new Date() } }],
});
const usableAdmins = () => ({ ...usable(), scopes: { has: 'admin' as const } });

/**
 * Of the keys that stay, one must be an administrator's for good: one that expires would leave nobody.
 * @throws `last-admin-key`
 */
async function requireAnotherAdmin(transaction: Transaction, id: string): Promise<void> {
  const lasting = { revokedAt: null, expiresAt: null, scopes: { has: 'admin' as const } };
  const admins = await transaction.apiKey.findMany({
    where: lasting,
    select: { id: true },
    take: 2,
  });
  if (admins.length === 1 && admins[0]?.id === id)
    throw new DomainError(
      'last-admin-key',
      'this is the last key with the scope "admin" that does not expire: make another before it ends',
    );
}

async function find(transaction: Transaction, id: string): Promise<ApiKey> {
  const row = await transaction.apiKey.findUnique({ where: { id }, omit: withoutHash });
  if (row === null)
    throw new DomainError('key-not-found', `there is no key ${id}: give the id of a listed key`, {
      details: { id },
    });
  return toKey(row);
}

async function insert(
  transaction: Transaction,
  { scopes, hash, prefix, ...changes }: NewApiKey,
): Promise<ApiKey> {
  const row = await transaction.apiKey.create({
    data: {
      ...toColumns(changes),
      name: changes.name,
      id: opaqueId('key'),
      scopes: [...scopes],
      hash,
      prefix,
    },
    omit: withoutHash,
  });
  await notifyChange(transaction, 'key');
  return toKey(row);
}

function toColumns({ limits = {}, ...rest }: KeyChanges) {
  const { budget, ...columns } = limits;
  return {
    ...rest,
    ...columns,
    ...(budget === undefined
      ? {}
      : { budgetUsd: budget?.usd ?? null, budgetPeriod: budget?.period ?? null }),
  };
}

function toKey({ id, name, scopes, prefix, expiresAt, createdAt, revokedAt, ...row }: Row): ApiKey {
  const { requestsPerMinute, tokensPerMinute, downgradePolicy, policies, models } = row;
  const period = row.budgetPeriod as KeyBudget['period'] | null;
  const budget = row.budgetUsd === null || period === null ? null : { usd: row.budgetUsd, period };
  const limits = {
    requestsPerMinute,
    tokensPerMinute,
    budget,
    downgradePolicy,
    policies,
    models,
  };
  return { id, name, scopes, prefix, limits, expiresAt, createdAt, revokedAt };
}
