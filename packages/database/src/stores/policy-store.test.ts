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

  it('numbers concurrent writes', async () => {
    const written = await Promise.all(
      [1, 2, 3, 4].map((cost) =>
        database.policies.put({ name: 'contested', weights: { ...thrifty, cost } }),
      ),
    );
    expect(written.map(({ version }) => version).sort()).toEqual([1, 2, 3, 4]);
  });
});
