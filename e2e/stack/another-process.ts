import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, NODE_FLAGS, type AppName } from '../../packages/local-stack/dist/index.js';
import { prepared } from './boot-stack.js';

/** One more process of an app beside that of a stack, on its database and its queues. Nobody starts it again. */
export interface AnotherProcess {
  /** Of its health endpoints; of a gateway, of everything. */
  url: string;
  /** Ends it as a signal from outside would. @returns its exit code; null where the signal ended it. */
  end: (signal: NodeJS.Signals) => Promise<number | null>;
}

export interface AnotherProcessOptions {
  databaseUrl: string;
  /** Of the stack, QUEUE_PREFIX included. */
  env: Record<string, string>;
  /** Default: that of the run, where it has one. */
  redisUrl?: string | null;
  /** Default: nobody reads its log. */
  logFile?: string;
}

const READY_MS = 150_000;

export async function startAnother(
  app: AppName,
  { databaseUrl, env, redisUrl = prepared().redisUrl, logFile }: AnotherProcessOptions,
): Promise<AnotherProcess> {
  // There may be a Redis whose turn it is not.
  const { REDIS_URL: _, ...environment } = process.env;
  const port = String(await freePort());
  const log = logFile === undefined ? 'ignore' : openSync(logFile, 'a');
  const child = spawn(
    process.execPath,
    [...NODE_FLAGS[app], join(import.meta.dirname, '../../apps', app, 'dist/main.js')],
    {
      env: {
        ...environment,
        ...env,
        ...(redisUrl === null ? {} : { REDIS_URL: redisUrl }),
        DATABASE_URL: databaseUrl,
        ...(app === 'gateway' ? { PORT: port } : { HEALTH_PORT: port }),
      },
      stdio: ['ignore', log, log],
    },
  );
  if (typeof log === 'number') closeSync(log);
  const another: AnotherProcess = {
    url: `http://127.0.0.1:${port}`,
    end: async (signal) => {
      if (child.exitCode === null && child.signalCode === null) {
        const ended = once(child, 'exit');
        child.kill(signal);
        await ended;
      }
      return child.exitCode;
    },
  };
  for (const start = Date.now(); ; await sleep(100)) {
    const answer = await fetch(`${another.url}/health/ready`, {
      signal: AbortSignal.timeout(10_000),
    }).catch(() => null);
    await answer?.body?.cancel();
    if (answer?.status === 200) return another;
    if (Date.now() - start < READY_MS && child.exitCode === null) continue;
    await another.end('SIGKILL');
    throw new Error(`another ${app} does not become ready`);
  }
}
