import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { runStatement } from '../../packages/local-stack/dist/index.js';

const run = promisify(execFile);

/** `pg_dump` and `pg_restore` that a server of this version can be saved with. */
export interface PostgresTools {
  version: number;
  dump: (databaseUrl: string, file: string) => Promise<void>;
  restore: (databaseUrl: string, file: string) => Promise<void>;
}

/** Null where there are none: they refuse a server that is newer than they are. */
export async function findPostgresTools(serverUrl: string): Promise<PostgresTools | null> {
  const [row] = await runStatement(
    serverUrl,
    "SELECT current_setting('server_version_num')::int / 10000 AS version",
  );
  const server = Number(row!['version']);
  const found = folders()
    .filter((folder) => ['pg_dump', 'pg_restore'].every((name) => existsSync(join(folder, name))))
    .map((folder) => ({ folder, version: versionOf(join(folder, 'pg_dump')) }))
    .find(({ version }) => version >= server);
  if (found === undefined) return null;
  const { folder, version } = found;
  return {
    version,
    dump: async (databaseUrl, file) => {
      await run(join(folder, 'pg_dump'), ['--format=custom', `--file=${file}`, databaseUrl]);
    },
    restore: async (databaseUrl, file) => {
      const args = ['--no-owner', '--exit-on-error', `--dbname=${databaseUrl}`, file];
      await run(join(folder, 'pg_restore'), args);
    },
  };
}

function folders(): string[] {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian) : [];
  return [
    ...(process.env['PATH'] ?? '').split(delimiter),
    ...versions.map((version) => join(debian, version, 'bin')),
  ];
}

function versionOf(pgDump: string): number {
  return Number(/(\d+)\./.exec(execFileSync(pgDump, ['--version'], { encoding: 'utf8' }))?.[1]);
}
