import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { runStatement } from '../../packages/local-stack/dist/index.js';

/** A place where a text was found, for people. */
export type Leak = string;

/** Looks for a text in all that a stack leaves behind. Secrets are looked for in hex and base64 too. */
export interface LeakSearch {
  logs: (text: string) => Leak[];
  postgres: (text: string) => Promise<Leak[]>;
  redis: (text: string) => Promise<Leak[]>;
}

export function searchFor(
  stateDir: string,
  databaseUrl: string,
  redisUrl: string | null,
): LeakSearch {
  return {
    logs: (text) => searchLogs(join(stateDir, 'logs'), text),
    postgres: (text) => searchPostgres(databaseUrl, text),
    redis: (text) => (redisUrl === null ? Promise.resolve([]) : searchRedis(redisUrl, text)),
  };
}

function formsOf(text: string): string[] {
  const bytes = Buffer.from(text);
  // Base64 of a text in the midst of others begins at any of three offsets: its inner part tells.
  const shifted = [0, 1, 2].map((before) =>
    Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .slice(4, -4),
  );
  return [text, bytes.toString('hex'), ...shifted];
}

function holds(haystack: string, text: string): boolean {
  return formsOf(text).some((form) => haystack.includes(form));
}

function searchLogs(folder: string, text: string): Leak[] {
  return readdirSync(folder).flatMap((name) =>
    readFileSync(join(folder, name), 'utf8')
      .split('\n')
      .filter((line) => holds(line, text))
      .map((line) => `${name}: ${line.slice(0, 500)}`),
  );
}

async function searchPostgres(databaseUrl: string, text: string): Promise<Leak[]> {
  const tables = await runStatement(
    databaseUrl,
    `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
     WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`,
  );
  const found: Leak[] = [];
  for (const { name } of tables as { name: string }[]) {
    const conditions = formsOf(text).map(
      (form) => `strpos(t::text, '${form.replaceAll("'", "''")}') > 0`,
    );
    const rows = await runStatement(
      databaseUrl,
      `SELECT left(t::text, 500) AS row FROM ${name} t WHERE ${conditions.join(' OR ')} LIMIT 3`,
    );
    found.push(...rows.map(({ row }) => `${name}: ${String(row)}`));
  }
  return found;
}

async function searchRedis(redisUrl: string, text: string): Promise<Leak[]> {
  const redis = new Redis(redisUrl);
  try {
    const found: Leak[] = [];
    for await (const keys of redis.scanStream({ count: 1_000 }) as AsyncIterable<string[]>)
      for (const key of keys)
        if (holds(key, text) || holds(await readValue(redis, key), text)) found.push(key);
    return found;
  } finally {
    redis.disconnect();
  }
}

/** All of a key's value, as JSON. */
async function readValue(redis: Redis, key: string): Promise<string> {
  switch (await redis.type(key)) {
    case 'string':
      return (await redis.get(key)) ?? '';
    case 'hash':
      return JSON.stringify(await redis.hgetall(key));
    case 'list':
      return JSON.stringify(await redis.lrange(key, 0, -1));
    case 'set':
      return JSON.stringify(await redis.smembers(key));
    case 'zset':
      return JSON.stringify(await redis.zrange(key, '0', '-1'));
    case 'stream':
      return JSON.stringify(await redis.xrange(key, '-', '+'));
    default:
      return '';
  }
}
