import './node-version.mjs';
import { spawn } from 'node:child_process';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { identify, isAlive, takeLock } from './command-lock.mjs';
import { buildHash, builtFiles, installHash, workspaceFolders } from './source-hashes.mjs';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

const STATE = join(ROOT, '.zerorouter');
const INSTALL_STAMP = join(ROOT, 'node_modules', '.zerorouter-install');
const BUILD_STAMP = join(ROOT, 'node_modules', '.zerorouter-build');
/** Stands while an install runs: one that is found at the start was left half-finished. */
const INSTALLING = join(STATE, 'installing');
/** Which process installs or builds: it outlives a command that is killed outright. */
const STEP = join(STATE, 'step');
const NEEDED_BYTES = 1.5 * 1024 ** 3;
const PNPM = ['--yes', '--prefer-offline', 'pnpm@10'];

/** A failure that one line tells. */
export class PlainFailure extends Error {}

export function note(line) {
  process.stderr.write(`${line}\n`);
}

const stampIs = (path, hash) => existsSync(path) && readFileSync(path, 'utf8') === hash;

function writeStamp(path, hash) {
  writeFileSync(`${path}.partial`, hash);
  renameSync(`${path}.partial`, path);
}

const isInstalled = () => !existsSync(INSTALLING) && stampIs(INSTALL_STAMP, installHash(ROOT));
const isBuilt = () =>
  stampIs(BUILD_STAMP, buildHash(ROOT)) &&
  builtFiles(ROOT).every((path) => existsSync(join(ROOT, path)));

/**
 * Installs and builds what is missing or out of date, one command at a time; returns at once when
 * nothing is. Throws a PlainFailure.
 */
export async function bootstrap() {
  if (isInstalled() && isBuilt()) {
    return;
  }
  requireWritable(ROOT, 'installing and building need that');
  const release = await lockCommands(STATE);
  try {
    await endOrphanedStep();
    // Whoever held the lock may have done it all.
    if (!isInstalled()) {
      await install();
    }
    if (!isBuilt()) {
      await build();
    }
  } finally {
    release();
  }
}

/** Lets one command at a time into what only one may do; returns the function that ends it. */
export function lockCommands(stateDir) {
  requireWritable(stateDir, 'ZeroRouter keeps its state there');
  return takeLock(join(stateDir, 'command.lock'), (pid) => {
    note(`waiting for another ZeroRouter command in this folder (pid ${pid})`);
  });
}

function requireWritable(folder, why) {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw new PlainFailure(`Cannot write to ${folder} (${error.code}): ${why}`);
  }
}

/** The lock is ours, so that a step that still runs is that of a command that was killed. */
async function endOrphanedStep() {
  const step = existsSync(STEP) ? readFileSync(STEP, 'utf8') : '';
  while (isAlive(step)) {
    try {
      process.kill(-Number(step.split(' ')[0]), 'SIGKILL');
    } catch {
      // It has just ended by itself.
    }
    await sleep(100);
  }
  rmSync(STEP, { force: true });
}

async function install() {
  const { bavail, bsize } = statfsSync(ROOT);
  if (bavail * bsize < NEEDED_BYTES) {
    throw new PlainFailure(
      `Not enough disk space for the packages in ${ROOT}: ${Math.floor((bavail * bsize) / 1e6)} MB are free, ${Math.ceil(NEEDED_BYTES / 1e6)} MB are needed`,
    );
  }
  if (existsSync(INSTALLING)) {
    note('an earlier install was left half-finished: installing afresh');
    for (const folder of ['.', ...workspaceFolders(ROOT)]) {
      rmSync(join(ROOT, folder, 'node_modules'), { recursive: true, force: true });
    }
  }
  note('installing packages (once; a minute or two)');
  rmSync(INSTALL_STAMP, { force: true });
  writeFileSync(INSTALLING, '');
  await run('Installing the packages', 'npx', [
    ...PNPM,
    'install',
    '--frozen-lockfile',
    '--prod=false',
    '--config.confirmModulesPurge=false',
  ]);
  writeStamp(INSTALL_STAMP, installHash(ROOT));
  rmSync(INSTALLING);
}

async function build() {
  note('building');
  const hash = buildHash(ROOT);
  rmSync(BUILD_STAMP, { force: true });
  await run('Building', 'npx', [
    ...PNPM,
    ...['exec', 'turbo', 'run', 'build', '--output-logs=errors-only', '--env-mode=loose'],
    `--concurrency=${Math.max(2, availableParallelism())}`,
  ]);
  writeStamp(BUILD_STAMP, hash);
}

/** Runs a tool in silence; its output is shown when it fails. */
async function run(what, command, args) {
  const child = spawn(command, args, {
    cwd: ROOT,
    // A group of its own, so that all of it can be ended when this process is.
    detached: true,
    env: {
      ...process.env,
      NODE_ENV: 'development',
      npm_config_update_notifier: 'false',
      DO_NOT_TRACK: '1',
      TURBO_TELEMETRY_DISABLED: '1',
      TURBO_NO_UPDATE_NOTIFIER: '1',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  writeFileSync(STEP, identify(child.pid));
  const chunks = [];
  child.stdout.on('data', (chunk) => chunks.push(chunk));
  child.stderr.on('data', (chunk) => chunks.push(chunk));
  const forward = (signal) => {
    try {
      process.kill(-child.pid, signal);
    } catch {
      // It has just ended by itself.
    }
    process.exitCode = signal === 'SIGINT' ? 130 : 143;
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  signals.forEach((signal) => process.on(signal, forward));
  const ended = await new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(signal ?? code));
  });
  signals.forEach((signal) => process.off(signal, forward));
  rmSync(STEP, { force: true });
  if (process.exitCode !== undefined) {
    throw new PlainFailure(`${what} was interrupted`);
  }
  if (ended !== 0) {
    throw new PlainFailure(explain(what, Buffer.concat(chunks).toString(), ended));
  }
}

function explain(what, output, ended) {
  if (/ENOSPC|no space left/i.test(output)) {
    return `${what} failed: the disk is full`;
  }
  if (/EROFS|EACCES|permission denied/i.test(output)) {
    return `${what} failed: cannot write (${/[^\n]*(?:EROFS|EACCES|permission denied)[^\n]*/i.exec(output)[0].trim()})`;
  }
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ERR_SOCKET_TIMEOUT/.test(output)) {
    return `${what} failed: the npm registry cannot be reached; check the network and start again`;
  }
  const tail = output.trimEnd().split('\n').slice(-30).join('\n');
  return `${tail}\n${what} failed (${ended})`;
}

const DISK_ERRORS = new Set(['EROFS', 'EACCES', 'EPERM', 'ENOSPC']);

/** Runs a command's main function; its number is the exit code, an expected failure one line. */
export function runCommand(main) {
  main().then(
    (code) => {
      process.exitCode = process.exitCode || code || 0;
    },
    (error) => {
      const expected =
        error instanceof PlainFailure ||
        error.name === 'DomainError' ||
        DISK_ERRORS.has(error.code);
      note(expected ? error.message : error.stack);
      process.exitCode = process.exitCode || 1;
    },
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  runCommand(bootstrap);
}
