import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { sampleProfile, sampleSpace } from '../test/sample-space.js';
import { describeWithDatabase, runSql } from '../test/test-database.js';
import type { ChangeKind } from './changes.js';
import { connectDatabase } from './database.js';
import type { Database } from './database.js';

describeWithDatabase('changes', (databaseUrl) => {
  let writer: Database;
  let listener: Database;
  let heard: ChangeKind[] = [];
  let lost = 0;
  beforeAll(async () => {
    writer = connectDatabase(databaseUrl());
    listener = connectDatabase(databaseUrl());
    await listener.listenForChanges(({ kind }) => heard.push(kind), {
      onConnectionLost: () => lost++,
    });
  });
  afterAll(async () => {
    await writer.close();
    await listener.close();
  });

  /** Kinds heard of a write; Postgres delivers in the order of commits, so a last one closes the list. */
  async function kindsOf(write: () => Promise<unknown>): Promise<ChangeKind[]> {
    heard = [];
    await write().catch(() => {});
    await writer.policies.put({
      name: `mark`,
      weights: { accuracy: Math.random(), cost: 1, latency: 0 },
    });
    await until(() => heard.at(-1) === 'policy');
    return heard.slice(0, -1);
  }

  it('are heard by other processes, once a transaction, and only when something changed', async () => {
    const profile = {
      profile: sampleProfile('a/b'),
      spaceVersion: 'v1',
      state: 'active',
      contextWindow: null,
      capabilities: [],
    } as const;
    const key = { name: 'k', scopes: ['route'], hash: 'h', prefix: 'zr_' } as const;

    expect(await kindsOf(() => writer.spaces.create(sampleSpace('v1')))).toEqual(['space']);
    expect(await kindsOf(() => writer.spaces.create(sampleSpace('v1')))).toEqual([]);
    expect(await kindsOf(() => writer.spaces.activate('v1'))).toEqual(['space']);
    expect(await kindsOf(() => writer.spaces.activate('v1'))).toEqual([]);
    expect(await kindsOf(() => writer.profiles.upsert(profile))).toEqual(['profile']);
    expect(await kindsOf(() => writer.profiles.upsert(profile))).toEqual([]);
    expect(await kindsOf(() => writer.profiles.setState('a/b', 'shadow'))).toEqual(['profile']);
    expect(await kindsOf(() => writer.profiles.setState('none', 'shadow'))).toEqual([]);
    expect(await kindsOf(() => writer.keys.create(key))).toEqual(['key']);
    expect(await kindsOf(() => writer.keys.create(key))).toEqual([]);
  });

  it('are heard again after the connection broke, with one of every kind for the gap', async () => {
    heard = [];
    await runSql(
      databaseUrl(),
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = 'zerorouter-changes'`,
    );
    await until(() => heard.length === 4);
    expect(heard).toEqual(['space', 'profile', 'policy', 'key']);
    expect(lost).toBe(1);
    expect(await kindsOf(() => writer.spaces.create(sampleSpace('v2')))).toEqual(['space']);
  });

  it('cost no more than a query after idle connections broke', async () => {
    await writer.ping();
    await runSql(
      databaseUrl(),
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = 'zerorouter'`,
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    await writer.ping();
    expect(await writer.spaces.get('v1')).not.toBeNull();
  });

  it('cannot be listened to where no server answers', async () => {
    const nowhere = connectDatabase('postgres://me@127.0.0.1:1/none');
    await expect(nowhere.listenForChanges(() => {})).rejects.toThrow('ECONNREFUSED');
    await expect(nowhere.ping()).rejects.toThrow('ECONNREFUSED');
    await nowhere.close();
  });

  async function until(condition: () => boolean): Promise<void> {
    const deadline = performance.now() + 10_000;
    while (!condition()) {
      if (performance.now() > deadline) throw new Error(`heard only ${heard.join(', ')}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
});
