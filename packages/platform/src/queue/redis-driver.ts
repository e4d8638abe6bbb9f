import { randomUUID } from 'node:crypto';
import { createRedisBackend, withBackend } from 'bullmq';
import { Redis } from 'ioredis';
import type { RedisOptions } from 'ioredis';
import type { Logger } from '../logging/logger.js';
import type { QueueDriver } from './queue-driver.js';

const { Queue, Worker } = withBackend(createRedisBackend);

/** Events are kept for people who look into a queue; nothing here reads them. */
const KEPT_EVENTS = 100;

type ConnectionSettings = Pick<
  RedisOptions,
  'lazyConnect' | 'enableOfflineQueue' | 'maxRetriesPerRequest' | 'commandTimeout'
>;

export interface RedisDriverOptions {
  url: string;
  prefix: string;
  logger: Logger;
}

/**
 * Opens the Redis technology. Producers fail fast while Redis is away; workers wait for its return.
 * Outcomes travel by publish/subscribe.
 */
export async function openRedisDriver(options: RedisDriverOptions): Promise<QueueDriver> {
  const { url, prefix, logger } = options;
  const connect = (role: string, settings: ConnectionSettings): Redis => {
    const connection = new Redis(url, {
      connectionName: `${prefix}:${role}`,
      connectTimeout: 3_000,
      keepAlive: 10_000,
      retryStrategy: (attempt) => Math.min(50 * 2 ** attempt, 1_000),
      ...settings,
    });
    connection.on('error', (error: Error) => logger.warn({ err: error, role }, 'redis connection'));
    return connection;
  };
  const failingFast = connect('producer', {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: 5_000,
  });
  const patient = connect('worker', { lazyConnect: true, maxRetriesPerRequest: null });
  await failingFast.connect();

  return {
    kind: 'redis',
    sender: {
      send: async (address, message) => {
        await patient.publish(address, message);
      },
    },
    get available() {
      return failingFast.status === 'ready';
    },
    openQueue: (name) => {
      const queue = new Queue(name, {
        connection: failingFast,
        prefix,
        streams: { events: { maxLen: KEPT_EVENTS } },
      });
      queue.on('error', (error) => logger.warn({ err: error, queue: name }, 'queue'));
      return queue;
    },
    oldestWaiting: async (_name, queue) => {
      const first = await Promise.all([
        queue.getJobs(['waiting'], 0, 0, true),
        queue.getJobs(['prioritized'], 0, 0, true),
      ]);
      const since = Math.min(...first.flat().map((job) => job?.timestamp ?? Infinity));
      return since === Infinity ? null : since;
    },
    openWorker: (name, process, traits, events) => {
      const worker = new Worker(name, (job, token, signal) => process(job, token, signal), {
        connection: patient,
        prefix,
        concurrency: traits.concurrency,
        lockDuration: traits.lockMs,
        stalledInterval: traits.stalledCheckMs,
        maxStalledCount: traits.maxStalledCount,
        skipLockRenewal: !traits.renewsLocks,
        runRetryDelay: 1_000,
        // An idle worker looks again this often (seconds): one that dies may take along the one sign
        // by which Redis wakes another.
        drainDelay: 1,
      });
      worker.on('failed', (job, error) => events.onFailed(job, error));
      worker.on('error', (error) => events.onError(error));
      return worker;
    },
    openInbox: async (onMessage) => {
      const address = `${prefix}:outcomes:${randomUUID()}`;
      const subscriber = connect('inbox', { maxRetriesPerRequest: null });
      subscriber.on('message', (_channel: string, message: string) => onMessage(message));
      await subscriber.subscribe(address);
      return {
        address,
        get listening() {
          return subscriber.status === 'ready';
        },
        close: async () => {
          subscriber.disconnect();
          await Promise.resolve();
        },
      };
    },
    ping: async () => {
      await failingFast.ping();
    },
    close: async () => {
      failingFast.disconnect();
      patient.disconnect();
      await Promise.resolve();
    },
  };
}
