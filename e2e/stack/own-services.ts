import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  startPostgres,
  startRedis,
  type PostgresServer,
  type RedisServer,
} from '../../packages/local-stack/dist/index.js';

/** A process of the suite's own that the apps depend on, and that can fail as processes do. */
export interface OwnService {
  /** Stays the same however often it is started again. */
  readonly url: string;
  /** Stops every one of its processes where it stands: connections stay open and nothing gets through. */
  pause(): void;
  resume(): void;
  /** Ends it at once, without an orderly shutdown. */
  crash(): Promise<void>;
  startAgain(): Promise<void>;
  /** For good. */
  close(): Promise<void>;
}

export interface OwnPostgresOptions {
  settings?: Record<string, string>;
  /** Where the data lies, and room for a few logs. Default: a temporary folder, which goes with it. */
  folder?: string;
}

/** A Postgres whose database is empty: the stack that is booted on it sets it up. */
export async function startOwnPostgres(options: OwnPostgresOptions = {}): Promise<OwnService> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'zerorouter-own-postgres-'));
  // Its own account must be able to pass.
  chmodSync(folder, 0o711);
  const start = (port?: number): Promise<PostgresServer> =>
    startPostgres({
      dataDir: join(folder, 'data'),
      durable: false,
      settings: options.settings ?? {},
      ...(port === undefined ? {} : { port }),
    });
  let server = await start();
  const { databaseUrl: url, port } = server;
  let paused: number[] = [];
  const resume = (): void => {
    signalAll(paused, 'SIGCONT');
    paused = [];
  };
  return {
    url,
    pause: () => {
      // First the one that would make others.
      paused = [server.identity.pid];
      signalAll(paused, 'SIGSTOP');
      const children = childrenOf(server.identity.pid);
      signalAll(children, 'SIGSTOP');
      paused = [...children, ...paused];
    },
    resume,
    crash: () => server.stop(),
    startAgain: async () => {
      server = await start(port);
    },
    close: async () => {
      resume();
      await server.stop();
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A Redis that forgets everything when it crashes. */
export async function startOwnRedis(): Promise<OwnService> {
  let server: RedisServer = await startRedis();
  const url = server.redisUrl;
  const port = Number(new URL(url).port);
  return {
    url,
    pause: () => signalAll([server.pid], 'SIGSTOP'),
    resume: () => signalAll([server.pid], 'SIGCONT'),
    crash: () => server.stop(),
    startAgain: async () => {
      server = await startRedis(port);
    },
    close: async () => {
      signalAll([server.pid], 'SIGCONT');
      await server.stop();
    },
  };
}

/** Holds every connection that a Postgres has to give, as soon as somebody lets go of it. */
export interface ConnectionEater {
  /** Connections that it holds now. */
  readonly held: number;
  /** Resolves when it holds some and gets no further one. */
  full(): Promise<void>;
  release(): void;
}

/** Attempts that are always under way, for whatever slot comes free next. */
const WAITING = 8;

export function eatConnections(databaseUrl: string): ConnectionEater {
  const { hostname, port, username, pathname } = new URL(databaseUrl);
  const held = new Set<Socket>();
  let released = false;
  let refusedInARow = 0;
  const eat = (): void => {
    if (released) return;
    const socket = connect(Number(port), hostname);
    // A start of a session that goes no further than the question for the password: it has a slot by then.
    socket.once('connect', () => socket.write(startupMessage(username, pathname.slice(1))));
    socket.once('data', ([kind]) => {
      if (kind !== 'R'.charCodeAt(0)) {
        refusedInARow += 1;
        socket.destroy();
      } else if (released) {
        socket.destroy();
      } else {
        refusedInARow = 0;
        held.add(socket);
        eat();
      }
    });
    socket.on('error', () => undefined);
    socket.once('close', () => {
      // Instead of one that was held another waits already.
      if (!held.delete(socket)) setTimeout(eat, 50);
    });
  };
  for (let i = 0; i < WAITING; i++) eat();
  return {
    get held() {
      return held.size;
    },
    full: async () => {
      for (const start = Date.now(); held.size === 0 || refusedInARow < WAITING; await sleep(20))
        if (Date.now() - start > 30_000) throw new Error(`slots come free beside ${held.size}`);
    },
    release: () => {
      released = true;
      for (const socket of held) socket.destroy();
    },
  };
}

/** The first message of Postgres's protocol, version 3.0. */
function startupMessage(user: string, database: string): Buffer {
  const words = Buffer.from(`user\0${user}\0database\0${database}\0\0`);
  const head = Buffer.alloc(8);
  head.writeInt32BE(8 + words.length, 0);
  head.writeInt32BE(3 << 16, 4);
  return Buffer.concat([head, words]);
}

function childrenOf(pid: number): number[] {
  return execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([child, parent]) => (parent === pid && child !== undefined ? [child] : []));
}

function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids)
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended meanwhile.
    }
}
