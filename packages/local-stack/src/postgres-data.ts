import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { DomainError } from '@zerorouter/contracts';
import { canReach, type Account } from './postgres-account.js';
import type { PostgresBinaries } from './postgres-binaries.js';
import { sharedFolder } from './shared-folder.js';

/** The role that owns the cluster, and the name of the database in it. */
export const DATABASE_NAME = 'zerorouter';

/**
 * Where the cluster of `dataDir` really lies. As a rule that is `dataDir`; where the account cannot
 * reach it, a folder that it can, and `dataDir` is a link there (made first, so that a start that
 * dies in between finds its place again).
 */
export function placeData(
  dataDir: string,
  account: Account | null,
  note: (line: string) => void,
): string {
  const entry = lstatSync(dataDir, { throwIfNoEntry: false });
  if (entry?.isSymbolicLink() === true) {
    return existsSync(dataDir) ? realpathSync(dataDir) : readlinkSync(dataDir);
  }
  if (account === null || canReach(account, dataDir)) {
    return dataDir;
  }
  const place = join(sharedFolder(account), `data-${randomBytes(8).toString('hex')}`);
  if (entry === undefined) {
    mkdirSync(dirname(dataDir), { recursive: true });
  } else {
    execFileSync('cp', ['-a', dataDir, `${place}.partial`]);
    renameSync(`${place}.partial`, place);
    rmSync(dataDir, { recursive: true });
  }
  symlinkSync(place, dataDir);
  note(`${dataDir} lies below a folder that only root may enter: the database is kept in ${place}`);
  return place;
}

/** The password of the cluster: made at random once, readable by its owner alone. */
export function clusterPassword(passwordFile: string): string {
  if (!existsSync(passwordFile)) {
    mkdirSync(dirname(passwordFile), { recursive: true });
    writeFileSync(`${passwordFile}.partial`, randomBytes(24).toString('base64url'), {
      mode: 0o600,
    });
    renameSync(`${passwordFile}.partial`, passwordFile);
  }
  return readFileSync(passwordFile, 'utf8').trim();
}

/** Makes the cluster in `place` unless it is there; a half-made one is made again. */
export async function ensureCluster(
  place: string,
  password: string,
  account: Account | null,
  binaries: PostgresBinaries,
  durable: boolean,
): Promise<void> {
  if (existsSync(join(place, 'PG_VERSION'))) {
    return;
  }
  const partial = `${place}.partial`;
  const passwordFile = `${place}.first-password`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true, mode: 0o700 });
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (account !== null) {
    chownSync(partial, account.uid, account.gid);
    chownSync(passwordFile, account.uid, account.gid);
  }
  try {
    await runInitdb(binaries.initdb, partial, passwordFile, account, durable);
    rmSync(place, { recursive: true, force: true });
    renameSync(partial, place);
  } finally {
    rmSync(passwordFile, { force: true });
    rmSync(partial, { recursive: true, force: true });
  }
}

async function runInitdb(
  initdb: string,
  folder: string,
  passwordFile: string,
  account: Account | null,
  durable: boolean,
): Promise<void> {
  // The builtin locale provider gives the same order on every machine, whatever locales it has.
  const child = spawn(
    initdb,
    [
      `--pgdata=${folder}`,
      `--username=${DATABASE_NAME}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-instructions',
      ...(durable ? [] : ['--no-sync']),
    ],
    {
      ...account,
      cwd: '/',
      env: { LC_ALL: 'C', PATH: process.env['PATH'] },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const [output, errors, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (code !== 0) {
    const lines = `${errors}\n${output}`.split('\n').map((line) => line.trim());
    const reason =
      lines.find((line) => /FATAL|PANIC|error:|could not/.test(line)) ?? lines.join(' ').trim();
    const isFull = /No space left|Bus error/.test(errors);
    throw new DomainError(
      isFull ? 'disk_full' : 'initdb_failed',
      `Cannot make the database in ${folder}: ${isFull ? 'the disk is full' : reason}`,
    );
  }
}
