import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  findRedisServer,
  startRedis,
  startThrowAwayPostgres,
} from '../packages/local-stack/dist/index.js';
import { note, ROOT } from './bootstrap.mjs';
import { addRun, closingLine, emptyTotals, readRun } from './test-totals.mjs';

const JEST = join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');

/**
 * `npm test`: unit tests, end-to-end tests once and, where queues matter, on each queue backend. Arguments go
 * to the unit run alone; with `--e2e` first, to the end-to-end runs alone. `--browser` runs the dashboard's tests
 * in Chromium, which not every machine has. With ZEROROUTER_NO_SKIPS=1 a skipped test counts as a failure of the run.
 */
export async function runTests(args) {
  const onlyE2e = args[0] === '--e2e';
  const onlyBrowser = args[0] === '--browser';
  const jestArgs = onlyE2e || onlyBrowser ? args.slice(1) : args;
  const results = mkdtempSync(join(tmpdir(), 'zerorouter-results-'));
  const services = [];
  const totals = emptyTotals();
  try {
    const { environment, hasRedis } = await startServices(services);
    const run = async (title, config, own = {}) => {
      note(`\n── ${title}`);
      const file = join(results, `${title.replaceAll(/\W+/g, '-')}.json`);
      // What a test has left open must not hold up the verdict.
      const report = ['--json', '--outputFile', file, '--forceExit'];
      // With a choice of tests it may be that a run has none of them.
      const partial = jestArgs.length > 0 ? ['--passWithNoTests'] : [];
      await runJest(['--config', config, ...report, ...partial, ...jestArgs], {
        ...environment,
        ...own,
      });
      return addRun(totals, readRun(title, existsSync(file) ? readFileSync(file, 'utf8') : null));
    };
    if (!onlyE2e && !onlyBrowser) {
      await run('unit tests', 'jest.config.js');
    }
    if (onlyE2e || args.length === 0) {
      await run('one machine', 'e2e/jest.config.js');
      await run('end to end, on any queue', 'e2e/jest.http.config.js', {
        ZEROROUTER_TEST_QUEUE: 'postgres',
      });
      const onPostgres = await run('end to end, queues on Postgres', 'e2e/jest.api.config.js', {
        ZEROROUTER_TEST_QUEUE: 'postgres',
      });
      if (hasRedis) {
        await run('end to end, queues on Redis', 'e2e/jest.api.config.js', {
          ZEROROUTER_TEST_QUEUE: 'redis',
        });
      } else {
        totals.skipped.push(
          ...onPostgres.names.map((name) => `on Redis (no REDIS_URL, no redis-server): ${name}`),
        );
      }
    }
    if (onlyBrowser) {
      await run('in the browser', 'e2e/jest.browser.config.js', {
        ZEROROUTER_TEST_QUEUE: hasRedis ? 'redis' : 'postgres',
      });
    }
  } finally {
    for (const service of services.reverse()) {
      await service.stop();
    }
    rmSync(results, { recursive: true, force: true });
  }
  for (const name of totals.skipped) {
    note(`SKIPPED ${name}`);
  }
  for (const name of totals.failed) {
    note(`FAILED ${name}`);
  }
  process.stdout.write(`\n${closingLine(totals)}\n`);
  const mayNotSkip = process.env.ZEROROUTER_NO_SKIPS === '1' && totals.skipped.length > 0;
  return totals.failed.length > 0 || totals.passed === 0 || mayNotSkip ? 1 : 0;
}

/** Postgres and Redis for the tests: those of the environment, else ones of our own. */
async function startServices(services) {
  const environment = { ...process.env };
  if (!environment.ZEROROUTER_TEST_DATABASE_URL) {
    const postgres = await startThrowAwayPostgres();
    services.push(postgres);
    environment.ZEROROUTER_TEST_DATABASE_URL = postgres.databaseUrl;
  }
  if (!environment.REDIS_URL && findRedisServer() !== null) {
    const redis = await startRedis();
    services.push(redis);
    environment.REDIS_URL = redis.redisUrl;
  }
  const hasRedis = Boolean(environment.REDIS_URL);
  if (!hasRedis) {
    note('NO REDIS: set REDIS_URL or install redis-server; the tests on it are SKIPPED');
  }
  if (!environment.ZEROROUTER_DATA_DIR) {
    note('NO OUTCOME DATA: ZEROROUTER_DATA_DIR is not set; the tests that read it are SKIPPED');
  }
  return { environment, hasRedis };
}

/** Runs jest with its report on stderr; resolves when it has ended, however it did. */
async function runJest(args, environment) {
  const child = spawn(process.execPath, ['--experimental-vm-modules', JEST, ...args], {
    cwd: ROOT,
    env: { ...environment, NODE_NO_WARNINGS: '1' },
    stdio: ['ignore', 2, 2],
  });
  const forward = (signal) => {
    child.kill(signal);
    process.exitCode = signal === 'SIGINT' ? 130 : 143;
  };
  process.on('SIGINT', forward);
  process.on('SIGTERM', forward);
  await new Promise((resolve) => child.once('close', resolve));
  process.off('SIGINT', forward);
  process.off('SIGTERM', forward);
}
