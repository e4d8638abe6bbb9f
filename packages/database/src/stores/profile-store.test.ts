import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { sampleProfile, sampleSpace } from '../../test/sample-space.js';
import { describeWithDatabase, runSql } from '../../test/test-database.js';
import { connectDatabase } from '../database.js';
import type { Database } from '../database.js';
import type { NewProfile } from './profile-store.js';

describeWithDatabase('ProfileStore', (databaseUrl) => {
  let database: Database;
  beforeAll(async () => {
    database = connectDatabase(databaseUrl());
    await database.spaces.create(sampleSpace('v1', { state: 'active' }));
    await database.spaces.create(sampleSpace('v2'));
  });
  afterAll(() => database.close());

  const mini = (changes: Partial<NewProfile> = {}): NewProfile => ({
    profile: sampleProfile('openai/mini'),
    spaceVersion: 'v1',
    state: 'active',
    contextWindow: 128_000,
    capabilities: ['tools', 'vision'],
    ...changes,
  });

  it('stores a profile, and an equal one changes nothing', async () => {
    const stored = await database.profiles.upsert(mini());
    expect(stored).toEqual({
      ...mini(),
      id: expect.stringMatching(/^mdl_[0-9a-f]{32}$/),
      stateReason: null,
      version: 1,
      deployments: 0,
      createdAt: expect.any(Date),
      updatedAt: expect.any(Date),
    });
    expect(await database.profiles.upsert(mini())).toEqual(stored);
    expect(await database.profiles.get('openai/mini')).toEqual(stored);
    expect(await database.profiles.get(stored.id)).toEqual(stored);
    expect(await database.profiles.get('openai/maxi')).toBeNull();
  });

  it('counts versions and keeps them; state and a seed do not touch what exists', async () => {
    const better = sampleProfile('openai/mini', 1.5);
    const second = await database.profiles.upsert(mini({ profile: better, state: 'draft' }));
    expect(second).toMatchObject({ version: 2, state: 'active', profile: better });
    const kept = await database.profiles.upsert(mini(), { existing: 'keep' });
    expect(kept).toEqual(second);
    const wider = await database.profiles.upsert(
      mini({ profile: better, contextWindow: 1_000_000 }),
    );
    expect(wider).toMatchObject({ version: 2, contextWindow: 1_000_000 });
    expect(wider.updatedAt.getTime()).toBeGreaterThanOrEqual(second.updatedAt.getTime());
    expect(await database.profiles.versions('openai/mini')).toMatchObject([
      { version: 2, profile: better },
      { version: 1, profile: sampleProfile('openai/mini') },
    ]);
  });

  it('keeps a profile per latent space under one id, and prefers the active space', async () => {
    const first = await database.profiles.get('openai/mini');
    const other = await database.profiles.upsert(mini({ spaceVersion: 'v2', state: 'shadow' }));
    expect(other).toMatchObject({ id: first?.id, version: 1, state: 'shadow' });
    expect(await database.profiles.get('openai/mini')).toMatchObject({ spaceVersion: 'v1' });
    await database.spaces.activate('v2');
    expect(await database.profiles.get('openai/mini')).toMatchObject({ spaceVersion: 'v2' });
    expect(await database.profiles.get('openai/mini', { spaceVersion: 'v1' })).toMatchObject({
      spaceVersion: 'v1',
    });
    await database.spaces.rollback();
  });

  it('lists by state and space, and counts deployments', async () => {
    const { id } = await database.profiles.upsert(mini({ profile: sampleProfile('a/b') }));
    await database.profiles.setState('a/b', 'retired');
    await runSql(
      databaseUrl(),
      `INSERT INTO deployments (id, model_id, base_url, upstream_model) VALUES ('d1', '${id}', 'http://x', 'b')`,
    );
    const active = await database.profiles.active('v1');
    expect(active.map(({ profile }) => profile.model)).toEqual(['openai/mini']);
    const all = await database.profiles.list({ spaceVersion: 'v1' });
    expect(all.map(({ profile, deployments }) => [profile.model, deployments])).toEqual([
      ['a/b', 1],
      ['openai/mini', 0],
    ]);
    expect(await database.profiles.list({ state: 'shadow' })).toMatchObject([
      { spaceVersion: 'v2' },
    ]);
  });

  it('sets the state of the profile that is meant', async () => {
    await database.profiles.setState('openai/mini', 'retired', { spaceVersion: 'v2' });
    expect(await database.profiles.get('openai/mini')).toMatchObject({ state: 'active' });
    await expect(
      database.profiles.setState('a/b', 'active', { spaceVersion: 'v2' }),
    ).rejects.toMatchObject({ code: 'profile-not-found' });
  });

  it('says why a profile is held in its state, until it is set anew', async () => {
    const held = await database.profiles.setState('a/b', 'shadow', { reason: 'it disagrees' });
    expect(held).toMatchObject({ state: 'shadow', stateReason: 'it disagrees' });
    const why = await database.profiles.setState('a/b', 'shadow', { reason: 'calls fail' });
    expect(why).toMatchObject({ stateReason: 'calls fail' });
    expect(
      (await database.profiles.list({ state: ['shadow', 'active'], spaceVersion: 'v1' })).map(
        ({ state }) => state,
      ),
    ).toEqual(['shadow', 'active']);
    expect(await database.profiles.setState('a/b', 'retired')).toMatchObject({
      stateReason: null,
    });
  });

  it('refuses an unknown space and a profile that JSON would spoil', async () => {
    await expect(database.profiles.upsert(mini({ spaceVersion: 'v9' }))).rejects.toMatchObject({
      code: 'space-not-found',
    });
    const spoilt = sampleProfile('openai/mini', NaN);
    await expect(database.profiles.upsert(mini({ profile: spoilt }))).rejects.toMatchObject({
      code: 'invalid-profile',
      message: expect.stringContaining('ability.mean.0'),
    });
  });

  it('numbers the versions of concurrent writers without gaps or repeats', async () => {
    const written = await Promise.all(
      [1, 2, 3, 4, 5, 6].map((n) =>
        database.profiles.upsert(mini({ profile: sampleProfile('new/model', n) })),
      ),
    );
    expect(written.map(({ version }) => version).sort()).toEqual([1, 2, 3, 4, 5, 6]);
    expect(new Set(written.map(({ id }) => id)).size).toBe(1);
  });

  it('lists what was there at one moment while models are deleted', async () => {
    const names = Array.from({ length: 60 }, (_, i) => `passing/${i}`);
    for (const name of names)
      await database.profiles.upsert(mini({ profile: sampleProfile(name), state: 'draft' }));
    let deleting = true;
    const deleted = (async () => {
      for (const name of names) await database.models.delete(name);
    })().finally(() => (deleting = false));
    const listed: number[] = [];
    while (deleting) listed.push((await database.profiles.list({ state: 'draft' })).length);
    await deleted;
    expect(listed).toEqual([...listed].sort((a, b) => b - a));
    expect(listed.length).toBeGreaterThan(10);
  });
});
