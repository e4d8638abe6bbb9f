import pg from 'pg';
import type { Transaction } from './connection.js';

const CHANGE_KINDS = ['space', 'profile', 'policy', 'key'] as const;

/** What kind of row changed. It carries no more: the listener reads again what it holds of that kind. */
export type ChangeKind = (typeof CHANGE_KINDS)[number];
export interface Change {
  kind: ChangeKind;
}

export interface ChangeSubscription {
  close(): Promise<void>;
}

export interface ListenOptions {
  /** Told of every lost connection and failed attempt; the subscription mends itself. */
  onConnectionLost?: (error: Error) => void;
}

const CHANNEL = 'zerorouter_changes';
/** Ms between probes: a connection that a firewall dropped in silence is noticed by then. */
const PROBE_INTERVAL = 30_000;
const PROBE_TIMEOUT = 10_000;
const RETRY_FIRST = 250;
const RETRY_LONGEST = 10_000;

/** Sent when the transaction commits, and not at all when it does not. */
export async function notifyChange(transaction: Transaction, kind: ChangeKind): Promise<void> {
  await transaction.$executeRaw`SELECT pg_notify(${CHANNEL}, ${kind})`;
}

/**
 * Listens on a connection of its own and opens another when it breaks. Postgres keeps nothing for an
 * absent listener: after a gap every kind is reported once.
 * @throws the driver's error when the first connection fails
 */
export async function listenForChanges(
  databaseUrl: string,
  onChange: (change: Change) => void,
  options: ListenOptions = {},
): Promise<ChangeSubscription> {
  const listener = new ChangeListener(databaseUrl, onChange, options.onConnectionLost);
  await listener.open();
  return listener;
}

class ChangeListener implements ChangeSubscription {
  private client: pg.Client | undefined;
  private timer: NodeJS.Timeout | undefined;
  private closed = false;
  private retryDelay = RETRY_FIRST;

  constructor(
    private readonly databaseUrl: string,
    private readonly onChange: (change: Change) => void,
    private readonly onConnectionLost: ((error: Error) => void) | undefined,
  ) {}

  async open(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.databaseUrl,
      application_name: 'zerorouter-changes',
      connectionTimeoutMillis: PROBE_TIMEOUT,
      query_timeout: PROBE_TIMEOUT,
      keepAlive: true,
    });
    // A broken connection reports itself as an error, as an end, or as both: the first one counts.
    client.on('error', (error) => this.reopen(client, error));
    client.on('end', () => this.reopen(client, new Error('the connection ended')));
    client.on('notification', ({ payload }) => {
      const kind = CHANGE_KINDS.find((known) => known === payload);
      if (kind !== undefined) this.onChange({ kind });
    });
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
    } catch (error) {
      await client.end().catch(() => {});
      throw error;
    }
    if (this.closed) return client.end();
    this.client = client;
    this.retryDelay = RETRY_FIRST;
    this.timer = setInterval(() => this.probe(client), PROBE_INTERVAL).unref();
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    await this.client?.end();
  }

  private probe(client: pg.Client): void {
    client.query('SELECT 1').catch((error: unknown) => {
      this.reopen(client, error instanceof Error ? error : new Error(String(error)));
    });
  }

  private reopen(lost: pg.Client, error: Error): void {
    if (this.closed || this.client !== lost) return;
    this.client = undefined;
    clearTimeout(this.timer);
    lost.end().catch(() => {});
    this.onConnectionLost?.(error);
    this.retryLater();
  }

  private retryLater(): void {
    // The jitter keeps many listeners from knocking at once on a server that comes back.
    const delay = this.retryDelay * (0.5 + Math.random() / 2);
    this.retryDelay = Math.min(RETRY_LONGEST, this.retryDelay * 2);
    this.timer = setTimeout(() => {
      this.open().then(
        () => {
          if (!this.closed) for (const kind of CHANGE_KINDS) this.onChange({ kind });
        },
        (error: unknown) => {
          if (this.closed) return;
          this.onConnectionLost?.(error instanceof Error ? error : new Error(String(error)));
          this.retryLater();
        },
      );
    }, delay);
  }
}
