import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  createDatabase,
  dropDatabases,
  freePort,
  startStack,
  startThrowAwayPostgres,
} from '../../packages/local-stack/dist/index.js';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * A whole stack on a database of its own that is gone after `stop()`, with queues on Postgres unless a Redis
 * is named. The Postgres server is ZEROROUTER_TEST_DATABASE_URL's, or one that is made for it.
 */
export async function startBenchStack(env, { redisUrl } = {}) {
  const cleanUps = [];
  const stop = async () => {
    for (const step of cleanUps.splice(0).reverse()) await step();
  };
  try {
    let serverUrl = process.env.ZEROROUTER_TEST_DATABASE_URL;
    if (!serverUrl) {
      const postgres = await startThrowAwayPostgres();
      cleanUps.push(() => postgres.stop());
      serverUrl = postgres.databaseUrl;
    }
    const name = `zr_bench_${randomBytes(4).toString('hex')}`;
    cleanUps.push(() => dropDatabases(serverUrl, name));
    const databaseUrl = await createDatabase(serverUrl, name);
    const encoderDir = join(ROOT, '.zerorouter', 'encoder');
    const told = execFileSync(process.execPath, [join(ROOT, 'apps', 'setup', 'dist', 'main.js')], {
      encoding: 'utf8',
      env: { ...process.env, DATABASE_URL: databaseUrl, ENCODER_CACHE_DIR: encoderDir },
    });
    const stateDir = mkdtempSync(join(tmpdir(), 'zerorouter-bench-'));
    cleanUps.push(() => rmSync(stateDir, { recursive: true, force: true }));
    const stack = await startStack({
      stateDir,
      databaseUrl,
      redisUrl,
      port: await freePort(),
      env: { QUEUE_PREFIX: name, ENCODER_CACHE_DIR: encoderDir, ...env },
    });
    cleanUps.push(() => stack.stop());
    const [, adminKey] = /admin key \(shown once\): (\S+)/.exec(told);
    return { stack, databaseUrl, encoderDir, adminKey, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
