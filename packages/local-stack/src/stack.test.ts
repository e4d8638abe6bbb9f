import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { errorCode } from './error-code.js';
import { freePort } from './ports.js';
import { identifyProcess } from './process-identity.js';
import { startStack, type Stack } from './stack.js';

/**
 * Small programs in the place of the apps: the supervisor knows of them only that they answer on a
 * port and end on SIGTERM or when it is gone. Each notes in a journal whether the database was still there at its end.
 */
const APP = `
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { appendFileSync } from 'node:fs';
const [, name] = /apps.(\\w+).dist/.exec(process.argv[1]);
if (process.env.SECRETS_KEY) appendFileSync(process.env.JOURNAL + '.keys', name + ' ' + process.env.SECRETS_KEY + '\\n');
const server = createServer((request, response) => response.end(name));
server.listen(Number(name === 'gateway' ? process.env.PORT : process.env.HEALTH_PORT), '127.0.0.1');
const stop = () => {
  const socket = connect(Number(new URL(process.env.DATABASE_URL).port), '127.0.0.1');
  const end = (database) => {
    appendFileSync(process.env.JOURNAL, name + ' ' + database + '\\n');
    process.exit(0);
  };
  socket.on('connect', () => end('up'));
  socket.on('error', () => end('down'));
};
process.on('SIGTERM', stop);
process.on('disconnect', stop);
`;

const SETUP = `
import { writeFileSync } from 'node:fs';
const [, file] = /--local-key-file=(.+)/.exec(process.argv.join(' '));
writeFileSync(file, 'zr_local');
console.log('admin key (shown once): zr_abc');
`;

// Each boots a Postgres and four processes.
jest.setTimeout(120_000);

describe('a stack', () => {
  let rootDir: string;
  let journal: string;
  let notes: string[];

  beforeEach(() => {
    rootDir = mkdtempSync(join(tmpdir(), 'zerorouter-test-'));
    chmodSync(rootDir, 0o711);
    journal = join(rootDir, 'journal');
    notes = [];
    writeFileSync(join(rootDir, 'package.json'), '{"type":"module"}');
    for (const name of ['setup', 'gateway', 'predictor', 'profiler']) {
      mkdirSync(join(rootDir, 'apps', name, 'dist'), { recursive: true });
      writeFileSync(join(rootDir, 'apps', name, 'dist', 'main.js'), name === 'setup' ? SETUP : APP);
    }
  });

  afterEach(() => {
    rmSync(rootDir, { recursive: true });
  });

  const start = async (): Promise<Stack> =>
    startStack({
      rootDir,
      port: await freePort(),
      env: { JOURNAL: journal },
      durable: false,
      note: (line) => notes.push(line),
    });

  async function untilTrue(what: () => boolean | Promise<boolean>): Promise<void> {
    const deadline = Date.now() + 20_000;
    while (!(await what())) {
      if (Date.now() > deadline) {
        throw new Error(`still not true: ${String(what)}`);
      }
      await sleep(50);
    }
  }

  it('boots, starts again what ends, and drains the apps in order before the database', async () => {
    const stack = await start();
    try {
      expect(stack.adminKey).toBe('zr_abc');
      expect(await (await fetch(stack.gatewayUrl)).text()).toBe('gateway');
      const key = readFileSync(join(rootDir, '.zerorouter', 'secrets-key'), 'utf8');
      expect(
        readFileSync(`${journal}.keys`, 'utf8')
          .split(/(?<=\n)/)
          .sort(),
      ).toEqual([`gateway ${key}`, `profiler ${key}`]);
      await expect(start()).rejects.toMatchObject({ code: 'already_running' });

      const pid = stack.pid('predictor');
      stack.kill('predictor', 'SIGKILL');
      await untilTrue(() => stack.pid('predictor') !== pid);
      await stack.waitUntilReady();
      expect(notes.join()).toMatch(/predictor ended \(SIGKILL\): starting it again in 0\.5 s/);

      stack.kill('postgres', 'SIGKILL');
      await untilTrue(() => notes.some((line) => line.startsWith('postgres ended')));
      const port = Number(new URL(stack.databaseUrl).port);
      await untilTrue(() => isListening(port));
    } finally {
      await stack.stop();
    }
    expect(readFileSync(journal, 'utf8')).toBe('gateway up\npredictor up\nprofiler up\n');
    expect(existsSync(join(rootDir, '.zerorouter', 'run.json'))).toBe(false);
    await expect(fetch(stack.gatewayUrl)).rejects.toThrow();
    expect(await isListening(Number(new URL(stack.databaseUrl).port))).toBe(false);
  });

  it('takes the next port when the wanted one is taken, and says so', async () => {
    const port = await freePort();
    const other = createServer().listen(port, '127.0.0.1');
    await once(other, 'listening');
    const stack = await startStack({
      rootDir,
      port,
      env: { JOURNAL: journal },
      durable: false,
      note: (line) => notes.push(line),
    });
    try {
      expect(Number(new URL(stack.gatewayUrl).port)).toBeGreaterThan(port);
      expect(notes.join()).toContain(`port ${port} is taken: using`);
    } finally {
      await stack.stop();
      other.close();
    }
  });

  it('fails with the words of an app that cannot run, and leaves nothing behind', async () => {
    writeFileSync(
      join(rootDir, 'apps', 'profiler', 'dist', 'main.js'),
      'console.error("no such setting"); process.exit(1);',
    );
    await expect(start()).rejects.toThrow(/profiler does not become ready.*no such setting/);
    expect(existsSync(join(rootDir, '.zerorouter', 'run.json'))).toBe(false);
  });

  it('finds its data and ends the leftovers after a kill -9', async () => {
    // A supervisor of its own, since this process cannot be killed: it prints what it started.
    const script = `
      const { startStack } = await import(${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)});
      const stack = await startStack({ rootDir: ${JSON.stringify(rootDir)}, port: ${await freePort()},
        env: { JOURNAL: ${JSON.stringify(journal)} }, durable: false });
      console.log(JSON.stringify([stack.databaseUrl, stack.pid('gateway'), stack.pid('predictor')]));`;
    const supervisor = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let pids: number[];
    try {
      const [line] = (await once(supervisor.stdout, 'data')) as [Buffer];
      const [databaseUrl, ...others] = JSON.parse(line.toString()) as [string, number, number];
      pids = others;
      await query(databaseUrl, 'CREATE TABLE kept AS SELECT 7 AS n');
    } finally {
      supervisor.kill('SIGKILL');
    }
    await once(supervisor, 'exit');
    // The apps notice by themselves; the database waits for the next start.
    await untilTrue(() => pids.every((pid) => identifyProcess(pid) === null));

    const stack = await start();
    try {
      expect(notes.join()).toContain('the last run was killed: ending what it left (postgres)');
      expect(await query(stack.databaseUrl, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
    } finally {
      await stack.stop();
    }
  });

  it('stops in good order in the middle of its boot', async () => {
    writeFileSync(
      join(rootDir, 'apps', 'setup', 'dist', 'main.js'),
      `import { writeFileSync } from 'node:fs'; writeFileSync(process.env.JOURNAL, 'begun');
       setTimeout(() => {}, 60_000);`,
    );
    const { Stack: StackClass } = await import('./stack.js');
    const stack = new StackClass({ rootDir, env: { JOURNAL: journal }, durable: false });
    const started = stack.start().catch((error: unknown) => error);
    await untilTrue(() => existsSync(journal));
    await stack.stop();
    expect(await started).toMatchObject({ code: 'stack_stopped' });
    expect(await isListening(Number(new URL(stack.databaseUrl).port))).toBe(false);
  });
});

async function query(databaseUrl: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function isListening(port: number): Promise<boolean> {
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'nobody', password: 'x' });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch (error) {
    return errorCode(error) !== 'ECONNREFUSED';
  } finally {
    await client.end().catch(() => undefined);
  }
}
