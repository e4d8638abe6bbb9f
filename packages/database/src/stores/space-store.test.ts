import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { sampleItem, sampleManifest, sampleSpace } from '../../test/sample-space.js';
import { describeWithDatabase, runSql } from '../../test/test-database.js';
import { connectDatabase } from '../database.js';
import type { Database } from '../database.js';

describeWithDatabase('SpaceStore', (databaseUrl) => {
  let database: Database;
  beforeAll(() => {
    database = connectDatabase(databaseUrl());
  });
  afterAll(() => database.close());

  const states = async () =>
    Object.fromEntries(
      (await database.spaces.list()).map(({ manifest, state }) => [manifest.version, state]),
    );

  it('gives back what was stored', async () => {
    const space = sampleSpace('v1');
    await database.spaces.create(space);
    expect(await database.spaces.get('v1')).toEqual({
      manifest: sampleManifest('v1'),
      state: 'draft',
      createdAt: expect.any(Date),
    });
    expect(await database.spaces.active()).toBeNull();
    expect(await database.spaces.predictorOnnx('v1')).toEqual(space.predictorOnnx);
    expect(await database.spaces.subjects('v1')).toEqual(space.subjects);
    expect(await database.spaces.findItems('v1', ['hash-2', 'no such hash', 'hash-1'])).toEqual([
      sampleItem(1),
      sampleItem(2),
    ]);
  });

  it('knows nothing of a space that is not there', async () => {
    expect(await database.spaces.get('v0')).toBeNull();
    expect(await database.spaces.predictorOnnx('v0')).toBeNull();
    expect(await database.spaces.findItems('v0', ['hash-1'])).toEqual([]);
    await expect(database.spaces.activate('v0')).rejects.toMatchObject({ code: 'space-not-found' });
  });

  it('leaves a version that is there as it is, also among concurrent callers', async () => {
    await database.spaces.create(sampleSpace('v1', { state: 'active', items: 1 }));
    expect(await states()).toEqual({ v1: 'draft' });
    await Promise.all([1, 2, 3].map(() => database.spaces.create(sampleSpace('v2'))));
    const { rows } = await runSql(
      databaseUrl(),
      `SELECT space_version, count(*)::int FROM items GROUP BY 1 ORDER BY 1`,
    );
    expect(rows).toEqual([
      { space_version: 'v1', count: 3 },
      { space_version: 'v2', count: 3 },
    ]);
  });

  it('activates one at a time and rolls back along the way it came', async () => {
    await expect(database.spaces.rollback()).rejects.toMatchObject({ code: 'no-earlier-space' });
    await database.spaces.activate('v1');
    await expect(database.spaces.rollback()).rejects.toMatchObject({
      code: 'no-earlier-space',
      message: expect.stringContaining('before v1'),
    });
    await database.spaces.activate('v2');
    await database.spaces.activate('v2');
    expect(await states()).toEqual({ v1: 'retired', v2: 'active' });
    await database.spaces.create(sampleSpace('v3', { state: 'active' }));
    await database.spaces.activate('v1');
    expect(await states()).toEqual({ v1: 'active', v2: 'retired', v3: 'retired' });

    expect(await database.spaces.rollback()).toBe('v3');
    expect((await database.spaces.active())?.manifest.version).toBe('v3');
    expect(await database.spaces.rollback()).toBe('v2');
    expect(await database.spaces.rollback()).toBe('v1');
    await expect(database.spaces.rollback()).rejects.toMatchObject({ code: 'no-earlier-space' });
    expect(await states()).toEqual({ v1: 'active', v2: 'retired', v3: 'retired' });
  });

  it('has exactly one active space after concurrent activations', async () => {
    await Promise.all(['v1', 'v2', 'v3', 'v2', 'v3'].map((v) => database.spaces.activate(v)));
    const active = Object.values(await states()).filter((state) => state === 'active');
    expect(active).toHaveLength(1);
  });

  it('stores a bank of 20,000 items and a big predictor in seconds', async () => {
    const space = sampleSpace('big', { items: 20_000 });
    const predictorOnnx = new Uint8Array(8_000_000).map((_, i) => (i * 31) % 256);
    const start = performance.now();
    await database.spaces.create({ ...space, predictorOnnx });
    expect(performance.now() - start).toBeLessThan(10_000);
    const hashes = [0, 4_999, 5_000, 19_999].map((n) => `hash-${n}`);
    expect(await database.spaces.findItems('big', hashes)).toEqual(
      [0, 4_999, 5_000, 19_999].map(sampleItem),
    );
    const loaded = await database.spaces.predictorOnnx('big');
    expect(loaded !== null && Buffer.compare(loaded, predictorOnnx)).toBe(0);
  }, 30_000);
});
