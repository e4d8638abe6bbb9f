import { spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError } from '@zerorouter/contracts';
import { lastLines, withLog } from './log-files.js';
import { freePort } from './ports.js';
import { endProcess, identifyProcess } from './process-identity.js';

export interface RedisServer {
  redisUrl: string;
  pid: number;
  stop(): Promise<void>;
}

const READY_MS = 10_000;

/** The path of `redis-server`, or null when none is on the PATH. */
export function findRedisServer(): string | null {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, 'redis-server');
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      continue;
    }
  }
  return null;
}

/**
 * Starts a Redis without persistence on a port of 127.0.0.1 (default: a free one), for tests and
 * trials. Started again on the port of one that was stopped, it has forgotten everything.
 *
 * @throws DomainError `redis_not_found`, `redis_failed`
 */
export async function startRedis(wantedPort?: number): Promise<RedisServer> {
  const path = findRedisServer();
  if (path === null) {
    throw new DomainError(
      'redis_not_found',
      'No redis-server is on the PATH: install Redis, or set REDIS_URL',
    );
  }
  const folder = mkdtempSync(join(tmpdir(), 'zerorouter-redis-'));
  const logFile = join(folder, 'redis.log');
  const port = wantedPort ?? (await freePort());
  const settings = {
    port: String(port),
    bind: '127.0.0.1',
    dir: folder,
    save: '',
    appendonly: 'no',
    'maxmemory-policy': 'noeviction',
  };
  const child = withLog(logFile, (log) =>
    spawn(
      path,
      Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
      {
        detached: true,
        stdio: ['ignore', log, log],
      },
    ),
  );
  child.once('error', () => undefined);
  const identity = child.pid === undefined ? null : identifyProcess(child.pid);
  const stop = async (): Promise<void> => {
    if (identity !== null) {
      await endProcess(identity, [
        { signal: 'SIGTERM', waitMs: 5_000 },
        { signal: 'SIGKILL', waitMs: 5_000 },
      ]);
    }
    rmSync(folder, { recursive: true, force: true });
  };
  const deadline = Date.now() + READY_MS;
  while (identity === null || !(await answersPing(port))) {
    if (Date.now() > deadline || child.exitCode !== null || identity === null) {
      const reason = lastLines(logFile, 3);
      await stop();
      throw new DomainError('redis_failed', `redis-server did not start: ${reason}`);
    }
    await sleep(25);
  }
  return { redisUrl: `redis://127.0.0.1:${port}`, pid: identity.pid, stop };
}

function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const finish = (answered: boolean): void => {
      socket.destroy();
      resolve(answered);
    };
    socket.setTimeout(1_000, () => {
      finish(false);
    });
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (reply) => {
      finish(reply.toString().startsWith('+PONG'));
    });
    socket.once('error', () => {
      finish(false);
    });
  });
}
