import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeWithDatabase } from '../../test/test-database.js';
import { connectDatabase } from '../database.js';
import type { Database } from '../database.js';
import type { AuditFilter } from './audit-store.js';

describeWithDatabase('AuditStore', (databaseUrl) => {
  let database: Database;
  const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute));

  beforeAll(async () => {
    database = connectDatabase(databaseUrl());
    for (const minute of [0, 1, 2, 3, 4])
      await database.audit.add({
        createdAt: at(minute),
        keyId: minute === 4 ? null : `key_${minute % 2}`,
        action: minute === 3 ? 'DELETE /admin/v1/keys/:id' : 'POST /admin/v1/keys',
        target: `target_${minute}`,
        status: minute === 4 ? 401 : 201,
        problem: minute === 4 ? 'missing-key' : null,
        requestId: `req-${minute}`,
        ip: '127.0.0.1',
      });
  });
  afterAll(() => database.close());

  const minutes = async (filter: AuditFilter, page = { limit: 10 }) =>
    (await database.audit.search(page, filter)).map(({ createdAt }) => createdAt.getUTCMinutes());

  it('pages through entries, newest first', async () => {
    const [newest, second] = await database.audit.search({ limit: 2 });
    expect(newest).toEqual({
      id: expect.stringMatching(/^aud_/),
      createdAt: at(4),
      keyId: null,
      action: 'POST /admin/v1/keys',
      target: 'target_4',
      status: 401,
      problem: 'missing-key',
      requestId: 'req-4',
      ip: '127.0.0.1',
    });
    const rest = await database.audit.search({ limit: 10, before: second!.id });
    expect(rest.map(({ requestId }) => requestId)).toEqual(['req-2', 'req-1', 'req-0']);
    await expect(database.audit.search({ limit: 1, before: 'none' })).rejects.toMatchObject({
      code: 'audit-entry-not-found',
    });
  });

  it('filters', async () => {
    expect(await minutes({ keyId: 'key_1' })).toEqual([3, 1]);
    expect(await minutes({ action: 'DELETE /admin/v1/keys/:id' })).toEqual([3]);
    expect(await minutes({ target: 'target_2' })).toEqual([2]);
    expect(await minutes({ refused: true })).toEqual([4]);
    expect(await minutes({ refused: false })).toEqual([3, 2, 1, 0]);
    expect(await minutes({ from: at(1), to: at(3) })).toEqual([2, 1]);
  });

  it('forgets what is old', async () => {
    expect(await database.audit.deleteBefore(at(2))).toBe(2);
    expect(await minutes({})).toEqual([4, 3, 2]);
  });
});
