import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeWithDatabase } from '../../test/test-database.js';
import { connectDatabase } from '../database.js';
import type { Database } from '../database.js';

describeWithDatabase('PolicyStore', (databaseUrl) => {
  let database: Database;
  beforeAll(() => {
    database = connectDatabase(databaseUrl());
  });
  afterAll(() => database.close());

  const thrifty = { accuracy: 1, cost: 2, latency: 0 };

  it('versions a policy by name, and an equal one changes nothing', async () => {
    const { policies } = database;
    const first = await policies.put({ name: 'thrifty', weights: thrifty });
    expect(first).toMatchObject({ name: 'thrifty', version: 1, weights: thrifty, constraints: {} });
    expect(await policies.put({ name: 'thrifty', weights: thrifty })).toEqual(first);
    const constraints = { maxCostUsd: 0.5 };
    const second = await policies.put({ name: 'thrifty', weights: thrifty, constraints });
    expect(second).toMatchObject({ version: 2, constraints });
    await policies.put({ name: 'another', weights: thrifty });
    expect(await policies.get('thrifty')).toEqual(second);
    expect(await policies.get('none')).toBeNull();
    expect(await policies.versions('thrifty')).toEqual([second, first]);
    expect(await policies.versions('none')).toEqual([]);
    expect((await policies.list()).map(({ name, version }) => [name, version])).toEqual([
      ['another', 1],
      ['thrifty', 2],
    ]);
  });

  it('keeps a budget, and a changed or a taken one is a new version', async () => {
    const { policies } = database;
    const paced = { name: 'paced', weights: thrifty };
    const budget = { usd: 5, period: 'day' as const, expectedQueries: 1000 };
    const first = await policies.put({ ...paced, budget });
    expect(first).toMatchObject({ version: 1, budget });
    expect(await policies.put({ ...paced, budget })).toEqual(first);
    expect(await policies.put({ ...paced, budget: { ...budget, usd: 6 } })).toMatchObject({
      version: 2,
    });
    expect(await policies.put(paced)).toMatchObject({ version: 3, budget: null });
    expect(await policies.get('paced')).toMatchObject({ version: 3, budget: null });
  });

  it('deletes all versions of a policy, unless another one has it in its shadow', async () => {
    const { policies } = database;
    await policies.put({ name: 'leaving', weights: thrifty });
    await policies.put({ name: 'leaving', weights: { ...thrifty, cost: 1 } });
    await policies.put({ name: 'watching', weights: thrifty, shadow: ['leaving'] });
    await expect(policies.delete('leaving')).rejects.toMatchObject({ code: 'policy-in-use' });
    await policies.put({ name: 'watching', weights: thrifty });
    await policies.delete('leaving');
    expect(await policies.versions('leaving')).toEqual([]);
    expect(await policies.get('watching')).not.toBeNull();
    await expect(policies.delete('leaving')).rejects.toMatchObject({ code: 'policy-not-found' });
  });

  it.each([
    ['may use', { policies: ['named', 'balanced'] }],
    ['falls back to', { downgradePolicy: 'named', budget: { usd: 1, period: 'day' as const } }],
  ])('does not delete a policy that a key %s, until the key is revoked', async (how, limits) => {
    const { keys, policies } = database;
    await policies.put({ name: 'named', weights: thrifty });
    const key = await keys.create({
      name: 'of a team',
      scopes: ['route'],
      hash: how,
      prefix: 'zr_abcd',
      limits,
    });
    await expect(policies.delete('named')).rejects.toMatchObject({
      code: 'policy-in-use',
      message: expect.stringContaining(`the key "of a team" (${key.id}) names "named"`),
      details: { key: key.id },
    });
    expect(await policies.get('named')).not.toBeNull();
    await keys.revoke(key.id);
    await policies.delete('named');
    expect(await policies.get('named')).toBeNull();
  });

  it('numbers concurrent writes', async () => {
    const written = await Promise.all(
      [1, 2, 3, 4].map((cost) =>
        database.policies.put({ name: 'contested', weights: { ...thrifty, cost } }),
      ),
    );
    expect(written.map(({ version }) => version).sort()).toEqual([1, 2, 3, 4]);
  });
});
