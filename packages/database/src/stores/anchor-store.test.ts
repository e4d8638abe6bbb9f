import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { sampleSpace } from '../../test/sample-space.js';
import { describeWithDatabase } from '../../test/test-database.js';
import { connectDatabase } from '../database.js';
import type { Database } from '../database.js';
import type { StoredAnchor } from './anchor-store.js';

describeWithDatabase('AnchorStore', (databaseUrl) => {
  let database: Database;
  beforeAll(async () => {
    database = connectDatabase(databaseUrl());
    await database.spaces.create(sampleSpace('v1'));
  });
  afterAll(() => database.close());

  const anchor = (id: string, text = `Question ${id}?\n"Quoted", {braced}`): StoredAnchor => ({
    id,
    text,
    domain: 'arithmetic',
    grader: { kind: 'number', answer: 42, tolerance: 1e-6 },
    discrimination: [0.5, 1.25],
    difficulty: -0.75,
    difficultyVariance: 0.5,
    logOutputTokens: 4.5,
  });

  it('keeps anchors in order, replaces by id in place, and creates a set once', async () => {
    const set = { id: 'core', name: 'Core anchors', spaceVersion: 'v1' };
    await database.anchors.createSet(set);
    await database.anchors.addAnchors('core', [anchor('z'), anchor('a')]);
    await database.anchors.addAnchors('core', [anchor('m'), anchor('z', 'Mended?')]);
    await database.anchors.createSet({ ...set, name: 'Other name' });
    expect(await database.anchors.list('core')).toEqual([
      anchor('z', 'Mended?'),
      anchor('a'),
      anchor('m'),
    ]);
    expect(await database.anchors.sets()).toEqual([
      { ...set, anchors: 3, createdAt: expect.any(Date) },
    ]);
  });

  it('finds a set by its id anywhere, and by its name in one latent space', async () => {
    await database.spaces.create(sampleSpace('v2'));
    await database.anchors.createSet({ id: 'named-1', name: 'named', spaceVersion: 'v1' });
    await database.anchors.createSet({ id: 'named-2', name: 'named', spaceVersion: 'v2' });
    const found = async (idOrName: string, space: string) =>
      (await database.anchors.find(idOrName, space))?.id;
    expect(await found('named', 'v1')).toBe('named-1');
    expect(await found('named', 'v2')).toBe('named-2');
    expect(await found('named-1', 'v2')).toBe('named-1');
    expect(await database.anchors.find('named', 'v3')).toBeNull();
  });

  it('takes texts without parameters', async () => {
    await database.anchors.createSet({ id: 'bare', name: 'Bare', spaceVersion: null });
    const bare = {
      ...anchor('q'),
      discrimination: null,
      difficulty: null,
      difficultyVariance: null,
      logOutputTokens: null,
    };
    await database.anchors.addAnchors('bare', [bare]);
    expect(await database.anchors.list('bare')).toEqual([bare]);
  });

  it('refuses what cannot be meant', async () => {
    await expect(database.anchors.list('none')).rejects.toMatchObject({
      code: 'anchor-set-not-found',
    });
    await expect(database.anchors.addAnchors('none', [])).rejects.toMatchObject({
      code: 'anchor-set-not-found',
    });
    await expect(
      database.anchors.addAnchors('core', [anchor('x'), anchor('x')]),
    ).rejects.toMatchObject({ code: 'duplicate-anchor' });
    await expect(
      database.anchors.createSet({ id: 'lost', name: 'Lost', spaceVersion: 'v0' }),
    ).rejects.toMatchObject({ code: 'space-not-found' });
  });
});
