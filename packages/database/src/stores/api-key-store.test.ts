import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeWithDatabase } from '../../test/test-database.js';
import { connectDatabase } from '../database.js';
import type { Database } from '../database.js';
import type { NewApiKey } from './api-key-store.js';

describeWithDatabase('ApiKeyStore', (databaseUrl) => {
  let database: Database;
  beforeAll(() => {
    database = connectDatabase(databaseUrl());
  });
  afterAll(() => database.close());

  const key = (hash: string): NewApiKey => ({
    name: `key ${hash}`,
    scopes: ['route', 'admin'],
    hash,
    prefix: 'zr_abcd',
  });

  it('makes the first key once, however many ask', async () => {
    expect(await database.keys.count()).toBe(0);
    const made = await Promise.all(
      ['a', 'b', 'c', 'd'].map((hash) => database.keys.createFirst(key(hash))),
    );
    expect(made.filter((first) => first !== null)).toHaveLength(1);
    expect(await database.keys.count()).toBe(1);
  });

  it('finds a key by its hash, never shows the hash, and forgets a revoked one', async () => {
    const made = await database.keys.create(key('e'));
    expect(made).toEqual({
      id: expect.stringMatching(/^key_/),
      name: 'key e',
      scopes: ['route', 'admin'],
      prefix: 'zr_abcd',
      createdAt: expect.any(Date),
      revokedAt: null,
    });
    expect(await database.keys.findByHash('e')).toEqual(made);

    const revoked = await database.keys.revoke(made.id);
    expect(revoked.revokedAt).toBeInstanceOf(Date);
    expect(await database.keys.revoke(made.id)).toEqual(revoked);
    expect(await database.keys.findByHash('e')).toBeNull();
    expect(await database.keys.count()).toBe(1);
    expect((await database.keys.list()).map(({ id }) => id)).toContain(made.id);
    await expect(database.keys.revoke('none')).rejects.toMatchObject({ code: 'key-not-found' });
  });
});
