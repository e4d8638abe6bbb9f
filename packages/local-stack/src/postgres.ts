import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError } from '@zerorouter/contracts';
import pg from 'pg';
import { errorCode } from './error-code.js';
import { lastLines, withLog } from './log-files.js';
import { createDatabase } from './databases.js';
import { freePort } from './ports.js';
import { postgresAccount, type Account } from './postgres-account.js';
import { postgresBinaries } from './postgres-binaries.js';
import { clusterPassword, DATABASE_NAME, ensureCluster, placeData } from './postgres-data.js';
import {
  commandLine,
  endProcess,
  identifyProcess,
  type EndingStep,
  type ProcessIdentity,
} from './process-identity.js';

/** SIGINT is a fast shutdown, SIGQUIT one that recovers at the next start. */
export const POSTGRES_ENDING: readonly EndingStep[] = [
  { signal: 'SIGINT', waitMs: 30_000 },
  { signal: 'SIGQUIT', waitMs: 5_000 },
  { signal: 'SIGKILL', waitMs: 5_000 },
];

const READY_MS = 60_000;
const POLL_MS = 25;

export interface PostgresOptions {
  /** Folder of the cluster, made on first use. Its password and log lie beside it. */
  dataDir: string;
  /** Default: any free port. */
  port?: number;
  logFile?: string;
  /** False for a throw-away cluster: nothing is flushed to the disk. Default: true. */
  durable?: boolean;
  /** Settings of the server beside its own, as on its command line. */
  settings?: Readonly<Record<string, string>>;
  /** Takes lines worth telling: an account made, a folder chosen. */
  note?: (line: string) => void;
  /** Called as soon as the process is there, before it is ready. */
  onSpawn?: (identity: ProcessIdentity) => void;
}

export interface PostgresServer {
  databaseUrl: string;
  port: number;
  identity: ProcessIdentity;
  /** Resolves when the process has ended, wanted or not. */
  ended: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts an embedded Postgres on 127.0.0.1, in a process group of its own, and waits until it
 * answers. The cluster is made on first use, with a random password in `<dataDir>-password`.
 *
 * @throws DomainError `data_folder_in_use`, `postgres_failed`, and those of the parts
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const note = options.note ?? (() => undefined);
  const durable = options.durable ?? true;
  const dataDir = resolve(options.dataDir);
  const account = postgresAccount(dataDir, note);
  const binaries = postgresBinaries(account, note);
  const place = placeData(dataDir, account, note);
  const password = clusterPassword(`${dataDir}-password`);
  await ensureCluster(place, password, account, binaries, durable);
  clearStaleLock(place);
  const logFile = options.logFile ?? `${dataDir}.log`;
  const port = options.port ?? (await freePort());
  const child = spawnPostgres(binaries.postgres, place, port, logFile, account, {
    ...(durable ? {} : { fsync: 'off', full_page_writes: 'off' }),
    ...options.settings,
  });
  const ended = new Promise<void>((resolveEnded) => {
    child.once('exit', () => {
      resolveEnded();
    });
    child.once('error', () => {
      resolveEnded();
    });
  });
  const identity = child.pid === undefined ? null : identifyProcess(child.pid);
  if (identity === null) {
    throw new DomainError('postgres_failed', `Postgres did not start: ${lastLines(logFile, 3)}`);
  }
  options.onSpawn?.(identity);
  const databaseUrl = `postgresql://${DATABASE_NAME}:${password}@127.0.0.1:${port}/${DATABASE_NAME}`;
  const stop = async (): Promise<void> => {
    await endProcess(identity, durable ? POSTGRES_ENDING : POSTGRES_ENDING.slice(1));
  };
  try {
    await waitUntilReady(databaseUrl, child, logFile, place);
  } catch (error) {
    await stop();
    throw error;
  }
  return { databaseUrl, port, identity, ended, stop };
}

/** A cluster in a temporary folder that goes when it stops, for tests. */
export async function startThrowAwayPostgres(): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'zerorouter-postgres-'));
  // Its own account must be able to pass; what lies inside stays closed to others.
  chmodSync(folder, 0o711);
  const dataDir = join(folder, 'data');
  const remove = (): void => {
    const place = placeOf(dataDir);
    rmSync(place, { recursive: true, force: true });
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const server = await startPostgres({ dataDir, durable: false });
    return {
      ...server,
      stop: async () => {
        await server.stop();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}

/** The process that serves the cluster of `dataDir` now, or null. */
export function postgresOn(dataDir: string): ProcessIdentity | null {
  const place = placeOf(resolve(dataDir));
  const lock = join(place, 'postmaster.pid');
  if (!existsSync(lock)) {
    return null;
  }
  const pid = Number(readFileSync(lock, 'utf8').split('\n')[0]);
  const identity = Number.isInteger(pid) && pid > 1 ? identifyProcess(pid) : null;
  // A pid that was given anew to another process must not be taken for the server.
  return identity !== null && commandLine(pid).includes(place) ? identity : null;
}

function spawnPostgres(
  postgres: string,
  place: string,
  port: number,
  logFile: string,
  account: Account | null,
  own: Readonly<Record<string, string>>,
): ChildProcess {
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...own,
  };
  return withLog(logFile, (log) =>
    spawn(
      postgres,
      [
        ...['-D', place, '-p', String(port)],
        ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ],
      {
        ...account,
        cwd: '/',
        detached: true,
        env: { LC_ALL: 'C', PATH: process.env['PATH'] },
        stdio: ['ignore', log, log],
      },
    ),
  );
}

async function waitUntilReady(
  databaseUrl: string,
  child: ChildProcess,
  logFile: string,
  place: string,
): Promise<void> {
  const deadline = Date.now() + READY_MS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) {
      const lines = lastLines(logFile, 3);
      throw new DomainError(
        lines.includes('No space left') ? 'disk_full' : 'postgres_failed',
        `Postgres ended while it started on ${place}: ${lines}`,
      );
    }
    const problem = await tryConnection(databaseUrl);
    if (problem === null) {
      return;
    }
    if (problem === '28P01') {
      throw new DomainError(
        'wrong_password',
        `The password file beside ${place} is not that of this database: put the right one back, or move the data folder away to start afresh`,
      );
    }
    if (problem === '3D000') {
      await createDatabase(databaseUrl.replace(/[^/]+$/, 'postgres'), DATABASE_NAME);
    }
    await sleep(POLL_MS);
  }
  throw new DomainError('postgres_failed', `Postgres did not answer within ${READY_MS / 1000} s`);
}

/** Null when the database answers, else the code of the error. */
async function tryConnection(databaseUrl: string): Promise<string | null> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return null;
  } catch (error) {
    return errorCode(error) ?? 'unknown';
  } finally {
    await client.end().catch(() => undefined);
  }
}

function placeOf(dataDir: string): string {
  return placeData(dataDir, null, () => undefined);
}

/**
 * After a kill -9 of Postgres its lock file stays. Postgres looks through a stale one, unless the
 * pid in it has meanwhile become another process of the same account.
 */
function clearStaleLock(place: string): void {
  if (postgresOn(place) !== null) {
    throw new DomainError(
      'data_folder_in_use',
      `Another Postgres serves ${place}: stop it, or choose another data folder`,
    );
  }
  rmSync(join(place, 'postmaster.pid'), { force: true });
}
