import { randomBytes } from 'node:crypto';
import { createPostgresBackend, runMigrations, withBackend } from 'bullmq';
import type { PgPool } from 'bullmq';
import pg from 'pg';
import type { Logger } from '../logging/logger.js';
import { MessageAssembler, splitMessage } from './message-parts.js';
import { createPreparedPool } from './prepared-pool.js';
import type { QueueDriver } from './queue-driver.js';
import type { ResultInbox } from './result-channel.js';

const { Queue, Worker } = withBackend(createPostgresBackend);

/** Where BullMQ keeps its tables, beside the product's own in `public`. */
export const QUEUE_SCHEMA = 'bullmq';

const KEPT_EVENTS = 1_000;
const CONNECT_TIMEOUT_MS = 3_000;
const QUERY_TIMEOUT_MS = 10_000;
const INSPECTOR_CONNECTIONS = 2;
const FIRST_RECONNECT_MS = 20;
const LAST_RECONNECT_MS = 1_000;

export interface PostgresDriverOptions {
  connectionString: string;
  logger: Logger;
}

/**
 * Opens the Postgres technology: BullMQ's own backend, whose tables are made on first use. Outcomes
 * travel by LISTEN/NOTIFY.
 */
export async function openPostgresDriver(options: PostgresDriverOptions): Promise<QueueDriver> {
  const { connectionString, logger } = options;
  // Compiling plans of such tiny statements to machine code would only cost time.
  const settings = (ephemeral: boolean) =>
    `-c search_path=${QUEUE_SCHEMA} -c jit=off${ephemeral ? ' -c synchronous_commit=off' : ''}`;
  const poolConfig = (role: string, ephemeral: boolean, max: number): pg.PoolConfig => ({
    connectionString,
    max,
    application_name: `zerorouter ${role}`,
    options: settings(ephemeral),
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    keepAlive: true,
  });
  // BullMQ leaves pools open that it was handed.
  const pools: PgPool[] = [];
  const openPool = (role: string, ephemeral: boolean, max: number): PgPool => {
    const opened = createPreparedPool(poolConfig(role, ephemeral, max));
    pools.push(opened);
    return opened;
  };

  let inspecting: PgPool | undefined;

  await migrateQueueSchema(connectionString);
  const pool = new pg.Pool(poolConfig('outcomes', true, 2));
  pool.on('error', (error) => logger.warn({ err: error }, 'postgres connection'));

  return {
    kind: 'postgres',
    sender: {
      send: async (address, message) => {
        const parts = splitMessage(randomBytes(6).toString('base64url'), message);
        await pool.query({
          name: 'send-outcome',
          text: 'SELECT pg_notify($1, part) FROM unnest($2::text[]) WITH ORDINALITY AS parts(part, place) ORDER BY place',
          values: [address, parts],
        });
      },
    },
    available: true,
    openQueue: (name, traits) => {
      const queue = new Queue(name, {
        connection:
          traits.inspected === true
            ? (inspecting ??= openPool('inspector', false, INSPECTOR_CONNECTIONS))
            : openPool(`queue ${name}`, traits.ephemeral, 4),
        streams: { events: { maxLen: KEPT_EVENTS } },
      });
      queue.on('error', (error) => logger.warn({ err: error, queue: name }, 'queue'));
      return queue;
    },
    // BullMQ's own getter cuts a page out before it turns the order round: its first is the newest.
    oldestWaiting: async (name) => {
      const { rows } = await pool.query<{ since: string | null }>({
        name: 'oldest-waiting',
        text: `SELECT min(added_at_ms) AS since FROM job WHERE queue = $1 AND state = 'waiting'`,
        values: [name],
      });
      const since = rows[0]?.since ?? null;
      return since === null ? null : Number(since);
    },
    openWorker: (name, process, traits, events) => {
      const worker = new Worker(name, (job, token, signal) => process(job, token, signal), {
        // One for each job, one to look for the next, one to renew locks, one to listen.
        connection: openPool(`worker ${name}`, traits.ephemeral, traits.concurrency + 3),
        concurrency: traits.concurrency,
        lockDuration: traits.lockMs,
        stalledInterval: traits.stalledCheckMs,
        maxStalledCount: traits.maxStalledCount,
        skipLockRenewal: !traits.renewsLocks,
        runRetryDelay: 1_000,
      });
      worker.on('failed', (job, error) => events.onFailed(job, error));
      worker.on('error', (error) => events.onError(error));
      return worker;
    },
    openInbox: (onMessage) => openInbox(connectionString, onMessage, logger),
    ping: async () => {
      await pool.query('SELECT 1');
    },
    close: async () => {
      await Promise.all([pool, ...pools].map((opened) => opened.end()));
    },
  };
}

/** Makes or updates BullMQ's schema; safe to call from many processes at once (advisory lock). */
export async function migrateQueueSchema(connectionString: string): Promise<void> {
  const client = new pg.Client({
    connectionString,
    application_name: 'zerorouter queue migration',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  await client.connect();
  try {
    await runMigrations(client, QUEUE_SCHEMA);
  } finally {
    await client.end();
  }
}

/** Listens on a channel of its own, and listens again after a lost connection. */
async function openInbox(
  connectionString: string,
  onMessage: (message: string) => void,
  logger: Logger,
): Promise<ResultInbox> {
  const address = `zr_outcomes_${randomBytes(12).toString('hex')}`;
  let client: pg.Client | null = null;
  let closed = false;
  let retry: NodeJS.Timeout | undefined;

  const connect = async (): Promise<void> => {
    const next = new pg.Client({
      connectionString,
      application_name: 'zerorouter inbox',
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
    });
    const assembler = new MessageAssembler();
    next.on('notification', ({ payload = '' }) => {
      const message = assembler.add(payload);
      if (message !== null) onMessage(message);
    });
    next.on('error', (error) => {
      if (closed || client !== next) return;
      logger.warn({ err: error }, 'inbox connection lost');
      client = null;
      next.end().catch(() => undefined);
      reconnect(FIRST_RECONNECT_MS);
    });
    await next.connect();
    await next.query(`LISTEN ${address}`);
    client = next;
  };
  const reconnect = (delayMs: number): void => {
    retry = setTimeout(() => {
      connect().catch((error: unknown) => {
        logger.warn({ err: error }, 'inbox cannot reconnect yet');
        if (!closed) reconnect(Math.min(2 * delayMs, LAST_RECONNECT_MS));
      });
    }, delayMs);
  };

  await connect();
  return {
    address,
    get listening() {
      return client !== null;
    },
    close: async () => {
      closed = true;
      clearTimeout(retry);
      await client?.end();
    },
  };
}
