import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { PrismaClient } from './generated/client.js';
import type { Prisma } from './generated/client.js';

/** What the stores read and write through: Prisma for rows, the pool beneath it for bulk. */
export interface Connection {
  readonly prisma: PrismaClient;
  readonly pool: pg.Pool;
}

export type Transaction = Prisma.TransactionClient;

export interface ConnectOptions {
  /** Size of the connection pool; 10 unless told. A change listener holds one more. */
  maxConnections?: number;
  /** Ms after which a statement counts as lost, for whoever has somebody waiting; none unless told. */
  queryTimeoutMs?: number;
  /** Shown by Postgres in `pg_stat_activity`. */
  applicationName?: string;
}

/** Ms to wait for a connection, and for a place in the pool. */
const CONNECTION_TIMEOUT = 10_000;
/** Ms that a transaction may take on a busy machine; its writes are a few rows. */
const TRANSACTION_TIMEOUT = 30_000;

export function openConnection(databaseUrl: string, options: ConnectOptions): Connection {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: options.maxConnections ?? 10,
    application_name: options.applicationName ?? 'zerorouter',
    connectionTimeoutMillis: CONNECTION_TIMEOUT,
    keepAlive: true,
    // A server that is paused keeps its connections: without this, what is asked of it waits as long as it does.
    ...(options.queryTimeoutMs === undefined ? {} : { query_timeout: options.queryTimeoutMs }),
  });
  // An idle connection that breaks (Postgres restarts) is replaced by the next query.
  pool.on('error', () => {});
  const prisma = new PrismaClient({
    adapter: new PrismaPg(pool),
    transactionOptions: { maxWait: CONNECTION_TIMEOUT, timeout: TRANSACTION_TIMEOUT },
  });
  return { pool, prisma };
}

/** Lets one transaction at a time past, until its end, among those that lock the same name. */
export async function lockForTransaction(transaction: Transaction, name: string): Promise<void> {
  await transaction.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`zerorouter:${name}`}, 0))`;
}
