import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { describeWithDatabase, runSql } from '../../test/test-database.js';
import { findMigrationsDir, readMigrations } from './migration-files.js';
import { migrate } from './migrate.js';

const notMigrated = { migrated: false };

describeWithDatabase(
  'migrate',
  (databaseUrl) => {
    it('lets several callers in at once: one applies each migration, the others find it done', async () => {
      // BullMQ may have made its schema before.
      await runSql(databaseUrl(), 'CREATE SCHEMA bullmq; CREATE TABLE bullmq.job (id int)');
      const results = await Promise.all(Array.from({ length: 4 }, () => migrate(databaseUrl())));
      const names = (await readMigrations(findMigrationsDir())).map(({ name }) => name);
      expect(names.length).toBeGreaterThan(0);
      expect(results.flatMap(({ applied }) => applied)).toEqual(names);
    });

    it('is quick when there is nothing to do', async () => {
      const start = performance.now();
      expect(await migrate(databaseUrl())).toEqual({ applied: [] });
      expect(performance.now() - start).toBeLessThan(1_000);
    });

    it('tells of a database that is out of reach, without its password', async () => {
      const url = databaseUrl().replace(/\/\/.*\//, '//me:secret@127.0.0.1:1/');
      const error = await migrate(url).catch((failure: unknown) => failure);
      expect(error).toMatchObject({
        code: 'database-unreachable',
        message: expect.stringContaining('127.0.0.1:1'),
      });
      expect(String(error)).not.toContain('secret');
    });
  },
  notMigrated,
);

describeWithDatabase(
  'a migration that fails',
  (databaseUrl) => {
    let migrationsDir: string;
    beforeAll(async () => {
      migrationsDir = await mkdtemp(join(tmpdir(), 'zerorouter-migrations-'));
      await write('1_good', 'CREATE TABLE a (x int);');
    });
    afterAll(() => rm(migrationsDir, { recursive: true }));

    async function write(name: string, script: string): Promise<void> {
      await mkdir(join(migrationsDir, name), { recursive: true });
      await writeFile(join(migrationsDir, name, 'migration.sql'), script);
    }
    const tables = async () =>
      (
        await runSql(
          databaseUrl(),
          `SELECT relname FROM pg_class WHERE relname IN ('a', 'b', 'c') ORDER BY 1`,
        )
      ).rows.map((row: { relname: string }) => row.relname);

    it('leaves nothing of itself, names itself and the cause, and says what to do', async () => {
      await write('2_bad', 'CREATE TABLE b (x int); ALTER TABLE nowhere ADD y int;');
      await expect(migrate(databaseUrl(), { migrationsDir })).rejects.toMatchObject({
        code: 'migration-failed',
        details: { migration: '2_bad' },
        message: expect.stringMatching(/2_bad failed(.|\n)*nowhere(.|\n)*start again/),
      });
      expect(await tables()).toEqual(['a']);
    });

    it('is tried anew, when mended, and a function body may hold semicolons', async () => {
      await write(
        '2_bad',
        'CREATE TABLE b (x int); CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$;',
      );
      await write('3_next', 'CREATE TABLE c (x int);');
      expect(await migrate(databaseUrl(), { migrationsDir })).toEqual({
        applied: ['2_bad', '3_next'],
      });
      expect(await tables()).toEqual(['a', 'b', 'c']);
    });

    it('refuses a file that was edited after it was applied', async () => {
      await write('1_good', 'CREATE TABLE a (x int, y int);');
      await expect(migrate(databaseUrl(), { migrationsDir })).rejects.toMatchObject({
        code: 'migration-edited',
        details: { migration: '1_good' },
      });
    });

    it('takes a checkout with other line ends for the same file', async () => {
      await write('1_good', 'CREATE TABLE a (x int);');
      await write('4_lines', 'CREATE TYPE d AS ENUM (\n);\n');
      expect((await migrate(databaseUrl(), { migrationsDir })).applied).toEqual(['4_lines']);
      await write('4_lines', 'CREATE TYPE d AS ENUM (\r\n);\r\n');
      expect(await migrate(databaseUrl(), { migrationsDir })).toEqual({ applied: [] });
    });
  },
  notMigrated,
);

describe('findMigrationsDir', () => {
  it('finds the folder of the repository', () => {
    expect(findMigrationsDir()).toMatch(/prisma.migrations$/);
  });
});
