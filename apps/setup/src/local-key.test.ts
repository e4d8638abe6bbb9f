import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { connectDatabase } from '@zerorouter/database';
import type { Database } from '@zerorouter/database';
import { hashApiKey } from '@zerorouter/platform';
import { describeWithDatabase } from '../../../packages/database/test/test-database.js';
import { ensureLocalKey } from './local-key.js';

jest.setTimeout(60_000);

describeWithDatabase('ensureLocalKey', (databaseUrl) => {
  let database: Database;
  let folder: string;
  let file: string;
  beforeAll(() => {
    database = connectDatabase(databaseUrl());
    folder = mkdtempSync(join(tmpdir(), 'zerorouter-local-key-'));
    file = join(folder, 'local-key');
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await database.close();
  });

  const read = () => readFileSync(file, 'utf8').trim();
  const mode = () => statSync(file).mode & 0o777;

  it('makes a key once, which routes and chats, for its owner alone to read', async () => {
    expect(await ensureLocalKey(database, file)).toBe(true);
    expect(mode()).toBe(0o600);
    const key = read();
    expect(await database.keys.findByHash(hashApiKey(key))).toMatchObject({
      scopes: ['route', 'chat'],
    });
    chmodSync(file, 0o644);
    expect(await ensureLocalKey(database, file)).toBe(false);
    expect([read(), mode()]).toEqual([key, 0o600]);
  });

  it('makes another where the one that it has opens nothing', async () => {
    const first = read();
    const { id } = (await database.keys.findByHash(hashApiKey(first)))!;
    await database.keys.revoke(id);
    expect(await ensureLocalKey(database, file)).toBe(true);
    expect(read()).not.toBe(first);
    for (const broken of ['', 'no key']) {
      writeFileSync(file, broken);
      expect(await ensureLocalKey(database, file)).toBe(true);
      expect(await database.keys.findByHash(hashApiKey(read()))).not.toBeNull();
    }
    expect(await database.keys.countAdmins()).toBe(0);
  });
});
