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
  startRedis,
  startStack,
  startThrowAwayPostgres,
} from '../../packages/local-stack/dist/index.js';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * Before all suites: a database is set up once, as the template of every stack's own, and one stack
 * is booted for the suites that break nothing. What they need to know travels in ZEROROUTER_E2E.
 */
export default async function globalSetup() {
  const cleanUps = [];
  globalThis.zerorouterCleanUps = cleanUps;
  try {
    await boot(cleanUps);
  } catch (error) {
    // Jest runs no teardown after a setup that failed.
    await cleanUp(cleanUps);
    throw error;
  }
}

async function boot(cleanUps) {
  let serverUrl = process.env.ZEROROUTER_TEST_DATABASE_URL;
  if (!serverUrl) {
    const postgres = await startThrowAwayPostgres();
    cleanUps.push(() => postgres.stop());
    serverUrl = postgres.databaseUrl;
  }
  const prefix = `zr_e2e_${randomBytes(4).toString('hex')}`;
  cleanUps.push(() => dropDatabases(serverUrl, prefix));
  const redisUrl = await redisOf(process.env.ZEROROUTER_TEST_QUEUE, cleanUps);

  const template = `${prefix}_template`;
  const templateUrl = await createDatabase(serverUrl, template);
  const encoderDir = join(ROOT, '.zerorouter', 'encoder');
  const output = execFileSync(process.execPath, [join(ROOT, 'apps', 'setup', 'dist', 'main.js')], {
    encoding: 'utf8',
    env: { ...process.env, DATABASE_URL: templateUrl, ENCODER_CACHE_DIR: encoderDir },
  });
  const adminKey = /admin key \(shown once\): (\S+)/.exec(output)?.[1];
  if (adminKey === undefined) {
    throw new Error(`the setup printed no first key: ${output}`);
  }

  const stateDir = mkdtempSync(join(tmpdir(), 'zerorouter-e2e-'));
  cleanUps.push(() => rmSync(stateDir, { recursive: true, force: true }));
  const stack = await startStack({
    stateDir,
    databaseUrl: await createDatabase(serverUrl, `${prefix}_shared`, template),
    redisUrl,
    port: await freePort(),
    env: { QUEUE_PREFIX: `${prefix}_shared`, ENCODER_CACHE_DIR: encoderDir },
  });
  cleanUps.push(() => stack.stop());
  process.env.ZEROROUTER_E2E = JSON.stringify({
    serverUrl,
    prefix,
    template,
    adminKey,
    encoderDir,
    redisUrl: redisUrl ?? null,
    sharedUrl: stack.gatewayUrl,
  });
}

async function redisOf(queue, cleanUps) {
  if (queue !== 'redis') {
    return undefined;
  }
  if (process.env.REDIS_URL) {
    return process.env.REDIS_URL;
  }
  const redis = await startRedis();
  cleanUps.push(() => redis.stop());
  return redis.redisUrl;
}

export async function cleanUp(cleanUps) {
  for (const step of cleanUps.reverse()) {
    await step();
  }
}
