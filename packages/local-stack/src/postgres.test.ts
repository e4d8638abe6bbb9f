import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { startPostgres } from './postgres.js';

const asRoot = process.getuid?.() === 0;

async function query(databaseUrl: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

// Making a cluster takes seconds on a busy machine.
jest.setTimeout(120_000);

describe('startPostgres', () => {
  let folder: string;
  let dataDir: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'zerorouter-test-'));
    chmodSync(folder, 0o711);
    dataDir = join(folder, 'postgres');
  });

  afterEach(() => {
    if (existsSync(dataDir) && lstatSync(dataDir).isSymbolicLink()) {
      rmSync(readlinkSync(dataDir), { recursive: true });
    }
    rmSync(folder, { recursive: true });
  });

  it('keeps its data over a kill -9, behind a password of its own, on loopback alone', async () => {
    const first = await startPostgres({ dataDir });
    expect(first.databaseUrl).toMatch(/@127\.0\.0\.1:\d+\/zerorouter$/);
    expect(statSync(`${dataDir}-password`).mode & 0o777).toBe(0o600);
    expect(
      await query(
        first.databaseUrl,
        `SELECT current_setting('listen_addresses') AS addresses,
                current_setting('unix_socket_directories') AS sockets,
                current_setting('server_version_num')::int / 10000 AS version`,
      ),
    ).toEqual([{ addresses: '127.0.0.1', sockets: '', version: 18 }]);
    const wrong = first.databaseUrl.replace(/:[^:@]+@/, ':wrong@');
    await expect(query(wrong, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });

    await query(first.databaseUrl, 'CREATE TABLE kept AS SELECT 7 AS n');
    process.kill(first.identity.pid, 'SIGKILL');
    await first.ended;
    const second = await startPostgres({ dataDir });
    try {
      expect(await query(second.databaseUrl, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
      await expect(startPostgres({ dataDir })).rejects.toMatchObject({
        code: 'data_folder_in_use',
      });
    } finally {
      await second.stop();
    }
  });

  it('says what is wrong when the password file is not the right one', async () => {
    const server = await startPostgres({ dataDir, durable: false });
    await server.stop();
    writeFileSync(`${dataDir}-password`, 'another');
    await expect(startPostgres({ dataDir })).rejects.toMatchObject({ code: 'wrong_password' });
  });

  (asRoot ? it : it.skip)('runs below a folder that only root may enter', async () => {
    chmodSync(folder, 0o700);
    const notes: string[] = [];
    const options = { dataDir, durable: false, note: (line: string) => notes.push(line) };
    const first = await startPostgres(options);
    await query(first.databaseUrl, 'CREATE TABLE kept AS SELECT 7 AS n');
    await first.stop();
    expect(notes.join()).toContain(readlinkSync(dataDir));
    const second = await startPostgres(options);
    try {
      expect(await query(second.databaseUrl, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
    } finally {
      await second.stop();
    }
  });
});
