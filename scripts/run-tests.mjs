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
import { faultMatrix } from './fault-matrix.mjs';
import { addRun, closingLine, emptyTotals, readRun } from './test-totals.mjs';

const JEST = join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');

/**
 * `npm test`: unit tests, end-to-end tests once and, where queues matter, on each queue backend, then the dashboard in
 * Chromium. Arguments go to the unit run alone; with `--e2e` or `--browser` first, to those runs alone. `--faults` runs
 * the tests that break things, and prints what was seen of each fault.
 * With ZEROROUTER_NO_SKIPS=1 a skipped test counts as a failure of the run.
 */
export async function runTests(args) {
  const onlyE2e = args[0] === '--e2e';
  const onlyBrowser = args[0] === '--browser';
  const onlyFaults = args[0] === '--faults';
  const isNarrowed = onlyE2e || onlyBrowser || onlyFaults;
  const jestArgs = isNarrowed ? args.slice(1) : args;
  const results = mkdtempSync(join(tmpdir(), 'zerorouter-results-'));
  const services = [];
  const totals = emptyTotals();
  let matrix = null;
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
    const runOnEachQueue = async (title, config, own = () => ({})) => {
      const onPostgres = await run(`${title}, queues on Postgres`, config, {
        ...own('Postgres'),
        ZEROROUTER_TEST_QUEUE: 'postgres',
      });
      if (!hasRedis) {
        totals.skipped.push(
          ...onPostgres.names.map((name) => `on Redis (no REDIS_URL, no redis-server): ${name}`),
        );
        return { Postgres: onPostgres };
      }
      const onRedis = await run(`${title}, queues on Redis`, config, {
        ...own('Redis'),
        ZEROROUTER_TEST_QUEUE: 'redis',
      });
      return { Postgres: onPostgres, Redis: onRedis };
    };
    if (!isNarrowed) {
      await run('unit tests', 'jest.config.js');
    }
    if (onlyE2e || args.length === 0) {
      await run('one machine', 'e2e/jest.config.js');
      await run('end to end, on any queue', 'e2e/jest.http.config.js', {
        ZEROROUTER_TEST_QUEUE: 'postgres',
      });
      await runOnEachQueue('end to end', 'e2e/jest.api.config.js');
    }
    if (onlyFaults) {
      const fileOf = (backend) => join(results, `told-${backend}.jsonl`);
      const runs = await runOnEachQueue('faults', 'e2e/jest.faults.config.js', (backend) => ({
        ZEROROUTER_FAULT_MATRIX: fileOf(backend),
      }));
      matrix = faultMatrix(
        Object.entries(runs).map(([backend, run]) => ({
          backend,
          run,
          told: existsSync(fileOf(backend)) ? readFileSync(fileOf(backend), 'utf8') : '',
        })),
      );
    }
    if (onlyBrowser || args.length === 0) {
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
  if (matrix !== null) process.stdout.write(`\n${matrix}\n`);
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
