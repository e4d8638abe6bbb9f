import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeWithDatabase } from '../../test/test-database.js';
import { connectDatabase } from '../database.js';
import type { Database } from '../database.js';
import type { KeyLimits, NewApiKey } from './api-key-store.js';

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

  const UNLIMITED: KeyLimits = {
    requestsPerMinute: null,
    tokensPerMinute: null,
    budget: null,
    downgradePolicy: null,
    policies: [],
    models: [],
  };
  const HOUR_MS = 3_600_000;

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
      limits: UNLIMITED,
      expiresAt: null,
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

  it('keeps limits, changes those that it is told, and leaves the others', async () => {
    const limits: KeyLimits = {
      requestsPerMinute: 60,
      tokensPerMinute: null,
      budget: { usd: 0.1, period: 'day' },
      downgradePolicy: 'min-cost',
      policies: ['balanced'],
      models: ['openai/*'],
    };
    const expiresAt = new Date(Date.now() + HOUR_MS);
    const scopes = ['route', 'chat', 'metrics'] as const;
    const made = await database.keys.create({ ...key('limited'), scopes, limits, expiresAt });
    expect(made).toMatchObject({ scopes, limits, expiresAt });
    expect(await database.keys.findByHash('limited')).toEqual(made);

    const changed = await database.keys.update(made.id, (before) => {
      expect(before).toEqual(made);
      return { name: 'renamed', limits: { budget: null, models: [] }, expiresAt: null };
    });
    expect(changed).toEqual({
      ...made,
      name: 'renamed',
      limits: { ...limits, budget: null, models: [] },
      expiresAt: null,
    });
    expect(await database.keys.get(made.id)).toEqual(changed);
    await expect(database.keys.update('none', () => ({}))).rejects.toMatchObject({
      code: 'key-not-found',
    });
  });

  it('finds a key that has expired, and does not count it', async () => {
    const before = [await database.keys.count(), await database.keys.countAdmins()];
    const expiresAt = new Date(Date.now() - 1);
    await database.keys.create({ ...key('expired'), expiresAt });
    expect(await database.keys.findByHash('expired')).toMatchObject({ expiresAt });
    expect([await database.keys.count(), await database.keys.countAdmins()]).toEqual(before);
  });

  it('leaves a lasting key to administrators, however many are revoked at once', async () => {
    await database.keys.create(key('last'));
    await database.keys.create({ ...key('temporary'), expiresAt: new Date(Date.now() + HOUR_MS) });
    const lasting = (await database.keys.list()).filter(
      ({ scopes, expiresAt, revokedAt }) =>
        scopes.includes('admin') && expiresAt === null && revokedAt === null,
    );
    expect(lasting.length).toBeGreaterThan(1);
    const outcomes = await Promise.allSettled(lasting.map(({ id }) => database.keys.revoke(id)));
    const refused = outcomes.filter(({ status }) => status === 'rejected');
    expect(refused).toEqual([
      { status: 'rejected', reason: expect.objectContaining({ code: 'last-admin-key' }) },
    ]);
    const last = lasting[outcomes.findIndex(({ status }) => status === 'rejected')]!;
    await expect(
      database.keys.update(last.id, () => ({ expiresAt: new Date(Date.now() + HOUR_MS) })),
    ).rejects.toMatchObject({ code: 'last-admin-key' });
    // What takes no administrator away is done.
    expect(await database.keys.update(last.id, () => ({ name: 'kept' }))).toMatchObject({
      name: 'kept',
    });
  });
});
