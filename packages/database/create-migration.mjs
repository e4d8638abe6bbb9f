// Writes prisma/migrations/<timestamp>_<name>/migration.sql: what prisma/schema.prisma has and the
// migrations so far do not give. It replays those in a scratch database beside DATABASE_URL's.
// Build the package first; read what was written before you commit it.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { migrate } from './dist/index.js';
import { openSchemaEngine } from './dist/migrations/schema-engine.js';

const [name] = process.argv.slice(2);
const databaseUrl = process.env.DATABASE_URL;
if (name === undefined || !/^[a-z0-9_]+$/.test(name) || databaseUrl === undefined) {
  console.error('usage: DATABASE_URL=postgres://… node create-migration.mjs NAME (a-z, 0-9, _)');
  process.exit(2);
}

const prismaDir = join(dirname(fileURLToPath(import.meta.url)), '../../prisma');
const migrationsDir = join(prismaDir, 'migrations');
const schemaPath = join(prismaDir, 'schema.prisma');

const script = await missingFromMigrations(databaseUrl);
if (script.includes('This is an empty migration')) {
  console.error('the migrations give the schema already; nothing written');
} else {
  const timestamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  const path = join(migrationsDir, `${timestamp}_${name}`, 'migration.sql');
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, script);
  console.log(path);
}

async function missingFromMigrations(serverUrl) {
  const server = new pg.Client({ connectionString: serverUrl });
  await server.connect();
  const scratch = `zerorouter_scratch_${process.pid}`;
  const scratchUrl = new URL(serverUrl);
  scratchUrl.pathname = `/${scratch}`;
  await server.query(`CREATE DATABASE ${scratch}`);
  try {
    await mkdir(migrationsDir, { recursive: true });
    await migrate(scratchUrl.href, { migrationsDir });
    return await difference(scratchUrl.href);
  } finally {
    await server.query(`DROP DATABASE ${scratch}`);
    await server.end();
  }
}

async function difference(scratchUrl) {
  const files = [{ path: schemaPath, content: await readFile(schemaPath, 'utf8') }];
  const { engine, close } = await openSchemaEngine(scratchUrl);
  try {
    const { stdout } = await engine.diff({
      from: { tag: 'schemaDatasource', files, configDir: prismaDir },
      to: { tag: 'schemaDatamodel', files },
      script: true,
      exitCode: null,
      shadowDatabaseUrl: null,
      filters: { externalTables: ['public._prisma_migrations'], externalEnums: [] },
    });
    return stdout;
  } finally {
    await close();
  }
}
