import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { sampleProfile, sampleSpace } from '../../test/sample-space.js';
import { describeWithDatabase } from '../../test/test-database.js';
import { connectDatabase } from '../database.js';
import type { Database } from '../database.js';

describeWithDatabase('AlertStore', (databaseUrl) => {
  let database: Database;
  let modelId: string;
  beforeAll(async () => {
    database = connectDatabase(databaseUrl());
    await database.spaces.create(sampleSpace('v1', { state: 'active' }));
    const stored = await database.profiles.upsert({
      profile: sampleProfile('a/b'),
      spaceVersion: 'v1',
      state: 'active',
      contextWindow: null,
      capabilities: [],
    });
    modelId = stored.id;
  });
  afterAll(() => database.close());

  const drift = (change: object = {}) =>
    database.alerts.create({
      kind: 'drift',
      modelId,
      message: 'it drifts',
      evidence: { cusum: 5 },
      ...change,
    });

  it('keeps at most one open alert of a kind and model, with the newest evidence', async () => {
    const first = await drift();
    expect(first).toEqual({
      id: expect.stringMatching(/^alr_[0-9a-f]{32}$/),
      kind: 'drift',
      modelId,
      message: 'it drifts',
      evidence: { cusum: 5 },
      createdAt: expect.any(Date),
      resolvedAt: null,
      reprofiling: null,
    });
    const again = await drift({ message: 'it drifts more', evidence: { cusum: 8 } });
    expect(again).toEqual({ ...first, message: 'it drifts more', evidence: { cusum: 8 } });
    const other = await drift({ kind: 'length-drift' });
    const general = await drift({ modelId: null });
    expect((await drift({ modelId: null })).id).toBe(general.id);
    const ids = (await database.alerts.list()).map(({ id }) => id);
    expect(ids.sort()).toEqual([first.id, other.id, general.id].sort());
  });

  it('resolves once, and raises a new one after that', async () => {
    const open = await drift();
    const resolved = await database.alerts.resolve(open.id);
    expect(resolved.resolvedAt).toEqual(expect.any(Date));
    expect(await database.alerts.resolve(open.id)).toEqual(resolved);
    const next = await drift();
    expect(next.id).not.toBe(open.id);
    expect(next.resolvedAt).toBeNull();

    expect(await database.alerts.list({ open: false })).toEqual([resolved]);
    const stillOpen = await database.alerts.list({ open: true });
    expect(stillOpen.map(({ id }) => id)).toContain(next.id);
    expect(stillOpen.every(({ resolvedAt }) => resolvedAt === null)).toBe(true);
    expect(await database.alerts.list()).toHaveLength(stillOpen.length + 1);
    await expect(database.alerts.resolve('alr_none')).rejects.toMatchObject({
      code: 'alert-not-found',
    });
  });

  it('raises one alert however many raise it at once', async () => {
    for (let round = 0; round < 10; round++) {
      const raised = await Promise.all(
        [1, 2, 3, 4, 5, 6, 7, 8].map((n) => drift({ kind: `race-${round}`, evidence: { n } })),
      );
      expect(new Set(raised.map(({ id }) => id)).size).toBe(1);
    }
  }, 30_000);
});
