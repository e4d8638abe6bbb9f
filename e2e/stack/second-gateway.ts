import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../packages/local-stack/dist/index.js';
import { prepared } from './boot-stack.js';
import { connectClient, type Client } from './client.js';

/** One more gateway beside those of a stack, on its database and its queues. */
export interface SecondGateway {
  client: Client;
  /** Ends it as a signal from outside would, and waits for that. */
  end(signal: NodeJS.Signals): Promise<void>;
}

const MAIN = join(import.meta.dirname, '../../apps/gateway/dist/main.js');
const READY_MS = 150_000;

/** @param env of the stack, QUEUE_PREFIX included */
export async function startSecondGateway(
  databaseUrl: string,
  env: Record<string, string>,
): Promise<SecondGateway> {
  const { redisUrl } = prepared();
  // There may be a Redis whose turn it is not.
  const { REDIS_URL: _, ...environment } = process.env;
  const port = await freePort();
  const child = spawn(process.execPath, [MAIN], {
    env: {
      ...environment,
      ...env,
      ...(redisUrl === null ? {} : { REDIS_URL: redisUrl }),
      DATABASE_URL: databaseUrl,
      PORT: String(port),
    },
    stdio: 'ignore',
  });
  const gateway: SecondGateway = {
    client: connectClient(`http://127.0.0.1:${port}`),
    end: async (signal) => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill(signal);
      await ended;
    },
  };
  for (const start = Date.now(); ; await sleep(100)) {
    const answer = await gateway.client.get('/health/ready').catch(() => null);
    if (answer?.status === 200) return gateway;
    if (Date.now() - start < READY_MS) continue;
    await gateway.end('SIGKILL');
    throw new Error('the second gateway does not become ready');
  }
}
