import { DomainError } from '@zerorouter/contracts';
import { notifyChange } from '../changes.js';
import { lockForTransaction } from '../connection.js';
import type { Transaction } from '../connection.js';
import type { PrismaClient } from '../generated/client.js';
import { opaqueId } from '../opaque-id.js';

export type ApiKeyScope = 'route' | 'admin';

export interface ApiKey {
  id: string;
  name: string;
  scopes: ApiKeyScope[];
  /** The key's first characters, for people to tell keys apart. */
  prefix: string;
  createdAt: Date;
  revokedAt: Date | null;
}

export interface NewApiKey {
  name: string;
  scopes: readonly ApiKeyScope[];
  /** Hex SHA-256 of the key; the key itself is never stored. */
  hash: string;
  prefix: string;
}

const withoutHash = { hash: true } as const;

export class ApiKeyStore {
  constructor(private readonly prisma: PrismaClient) {}

  async create(key: NewApiKey): Promise<ApiKey> {
    return this.prisma.$transaction((transaction) => insert(transaction, key));
  }

  /** Creates the key only while no usable key exists, however many processes try; else null. */
  async createFirst(key: NewApiKey): Promise<ApiKey | null> {
    return this.prisma.$transaction(async (transaction) => {
      await lockForTransaction(transaction, 'first-key');
      const usable = await transaction.apiKey.count({ where: { revokedAt: null } });
      return usable > 0 ? null : insert(transaction, key);
    });
  }

  /** A revoked key is not found. */
  async findByHash(hash: string): Promise<ApiKey | null> {
    return this.prisma.apiKey.findUnique({
      where: { hash, revokedAt: null },
      omit: withoutHash,
    });
  }

  /** Usable keys: those that are not revoked. */
  async count(): Promise<number> {
    return this.prisma.apiKey.count({ where: { revokedAt: null } });
  }

  /** Newest first, revoked ones too. */
  async list(): Promise<ApiKey[]> {
    return this.prisma.apiKey.findMany({
      omit: withoutHash,
      orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
    });
  }

  /** Revoking twice keeps the first time. @throws `key-not-found` */
  async revoke(id: string): Promise<ApiKey> {
    return this.prisma.$transaction(async (transaction) => {
      const { count } = await transaction.apiKey.updateMany({
        where: { id, revokedAt: null },
        data: { revokedAt: new Date() },
      });
      if (count > 0) await notifyChange(transaction, 'key');
      const key = await transaction.apiKey.findUnique({ where: { id }, omit: withoutHash });
      if (key === null)
        throw new DomainError(
          'key-not-found',
          `there is no key ${id}: give the id of a listed key`,
          {
            details: { id },
          },
        );
      return key;
    });
  }
}

async function insert(transaction: Transaction, key: NewApiKey): Promise<ApiKey> {
  const row = await transaction.apiKey.create({
    data: { ...key, id: opaqueId('key'), scopes: [...key.scopes] },
    omit: withoutHash,
  });
  await notifyChange(transaction, 'key');
  return row;
}
