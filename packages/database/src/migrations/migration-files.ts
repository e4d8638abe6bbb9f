import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MigrationList } from '@prisma/schema-engine-wasm/schema_engine_bg';
import { DomainError } from '@zerorouter/contracts';

export interface MigrationFile {
  /** `<timestamp>_<name>`: its folder, and its name in the history. */
  name: string;
  script: string;
  /** Hex SHA-256 of the script, as the history holds it. */
  checksum: string;
}

/** Migrations of a folder in their order, with line ends as in the repository on every platform. */
export async function readMigrations(migrationsDir: string): Promise<MigrationFile[]> {
  const entries = await readdir(migrationsDir, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const path = join(migrationsDir, name, 'migration.sql');
      const script = (await readFile(path, 'utf8')).replaceAll('\r\n', '\n');
      return { name, script, checksum: createHash('sha256').update(script).digest('hex') };
    }),
  );
}

/** The same migrations in the schema engine's words. */
export function migrationList(
  migrationsDir: string,
  migrations: readonly MigrationFile[],
): MigrationList {
  return {
    baseDir: migrationsDir,
    lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
    shadowDbInitScript: '',
    migrationDirectories: migrations.map(({ name, script }) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: script } },
    })),
  };
}

/**
 * The `prisma/migrations` folder nearest above this module: the repository's root in a clone, `/prisma`
 * in an image that has it beside `/packages`.
 * @throws `migrations-not-found`
 */
export function findMigrationsDir(): string {
  const start = dirname(fileURLToPath(import.meta.url));
  for (let dir = start; ; dir = dirname(dir)) {
    const candidate = join(dir, 'prisma', 'migrations');
    if (existsSync(candidate)) return candidate;
    if (dirname(dir) === dir)
      throw new DomainError(
        'migrations-not-found',
        `no folder prisma/migrations in ${start} or above it: put the repository's prisma/ beside packages/, or pass migrationsDir`,
        { details: { start } },
      );
  }
}
