import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createDatabase,
  freePort,
  startStack,
  type Stack,
} from '../../packages/local-stack/dist/index.js';
import { connectClient, type Client } from './client.js';

/** What the global setup has prepared for every suite of this run. */
export interface Prepared {
  serverUrl: string;
  /** Beginning of the name of every database that goes at the end. */
  prefix: string;
  /** A set-up database to copy. */
  template: string;
  adminKey: string;
  /** The encoder, built once. */
  encoderDir: string;
  redisUrl: string | null;
  /** The gateway of the stack that all suites share. */
  sharedUrl: string;
}

export function prepared(): Prepared {
  const json = process.env['ZEROROUTER_E2E'];
  if (json === undefined) {
    throw new Error('ZEROROUTER_E2E is not set: run these tests with e2e/jest.api.config.js');
  }
  return JSON.parse(json) as Prepared;
}

/** A client of the stack that all suites share: for what neither stops nor changes it. */
export function sharedClient(): Client {
  return connectClient(prepared().sharedUrl);
}

export interface OwnStack {
  stack: Stack;
  client: Client;
  databaseUrl: string;
  /** Holds the logs of its processes, in `logs`. */
  stateDir: string;
  notes: string[];
  stop(): Promise<void>;
}

export interface OwnStackOptions {
  env?: Record<string, string>;
  host?: string;
  /** An earlier stack's database, to be found as it was left. Default: a fresh copy. */
  databaseUrl?: string;
  /** A Redis of the suite's own, where the run has one at all. */
  redisUrl?: string | null;
}

/** A stack of the suite's own, which it may kill and change; the suite stops it. */
export async function bootOwnStack(options: OwnStackOptions = {}): Promise<OwnStack> {
  const { serverUrl, prefix, template, encoderDir, redisUrl } = prepared();
  const name = `${prefix}_${randomBytes(4).toString('hex')}`;
  const databaseUrl = options.databaseUrl ?? (await createDatabase(serverUrl, name, template));
  const stateDir = mkdtempSync(join(tmpdir(), 'zerorouter-e2e-'));
  const notes: string[] = [];
  const stack = await startStack({
    stateDir,
    databaseUrl,
    redisUrl: options.redisUrl ?? redisUrl ?? undefined,
    host: options.host,
    port: await freePort(),
    env: { QUEUE_PREFIX: name, ENCODER_CACHE_DIR: encoderDir, ...options.env },
    note: (line) => notes.push(line),
  });
  return {
    stack,
    client: connectClient(stack.gatewayUrl),
    databaseUrl,
    stateDir,
    notes,
    stop: async () => {
      await stack.stop();
      rmSync(stateDir, { recursive: true });
    },
  };
}
