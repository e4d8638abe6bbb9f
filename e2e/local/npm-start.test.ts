import { spawn, execFileSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { routeResponseSchema } from '../../packages/contracts/dist/index.js';
import { freePort } from '../../packages/local-stack/dist/index.js';
import { connectClient } from '../stack/client.js';

const ROOT = join(import.meta.dirname, '..', '..');

interface Start {
  child: ChildProcess;
  output: () => string;
  errors: () => string;
  /** Resolves with the first URL of the output. */
  url: Promise<string>;
  ended: Promise<number | null>;
}

describe('npm start', () => {
  let stateDir: string;
  let port: number;
  const started: Start[] = [];

  beforeAll(async () => {
    stateDir = mkdtempSync(join(tmpdir(), 'zerorouter-start-'));
    chmodSync(stateDir, 0o711);
    port = await freePort();
  });

  afterEach(async () => {
    for (const { child, ended } of started.splice(0)) {
      signalGroup(child, 'SIGTERM');
      await ended;
    }
  });

  afterAll(() => {
    rmSync(stateDir, { recursive: true });
  });

  /** As a terminal would run it: in a process group of its own. */
  function npmStart(...args: string[]): Start {
    const { DATABASE_URL: _database, REDIS_URL: _redis, ...environment } = process.env;
    const child = spawn('npm', ['start', '--', ...args], {
      cwd: ROOT,
      detached: true,
      env: {
        ...environment,
        ZEROROUTER_STATE_DIR: stateDir,
        ENCODER_CACHE_DIR: join(ROOT, '.zerorouter', 'encoder'),
        PORT: String(port),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output: string[] = [];
    const errors: string[] = [];
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk.toString()));
    const ended = once(child, 'close').then(([code]) => code as number | null);
    const url = new Promise<string>((resolve, reject) => {
      child.stdout.on('data', (chunk: Buffer) => {
        output.push(chunk.toString());
        const found = /https?:\/\/\S+/.exec(output.join(''));
        if (found !== null) {
          resolve(found[0]);
        }
      });
      void ended.then((code) => {
        reject(new Error(`npm start ended with ${String(code)}: ${errors.join('')}`));
      });
    });
    url.catch(() => undefined);
    const start = {
      child,
      url,
      ended,
      output: () => output.join(''),
      errors: () => errors.join(''),
    };
    started.push(start);
    return start;
  }

  function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
    try {
      process.kill(-(pid ?? 0), signal);
    } catch {
      // It has ended already.
    }
  }

  /** The processes that the run record names, the supervisor too. */
  function recorded(): { supervisor: number; children: Record<string, number> } {
    const record = JSON.parse(readFileSync(join(stateDir, 'run.json'), 'utf8')) as {
      supervisor: { pid: number };
      children: Record<string, { pid: number }>;
    };
    const children = Object.entries(record.children).map(([name, { pid }]) => [name, pid]);
    return {
      supervisor: record.supervisor.pid,
      children: Object.fromEntries(children) as Record<string, number>,
    };
  }

  const runs = (pid: number): boolean => {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  };

  async function untilTrue(what: () => boolean): Promise<void> {
    const deadline = Date.now() + 30_000;
    while (!what()) {
      if (Date.now() > deadline) {
        throw new Error(`still not true: ${String(what)}`);
      }
      await sleep(50);
    }
  }

  it('prints a URL and a curl that works, drains on SIGTERM and finds its data again', async () => {
    const first = npmStart();
    const url = await first.url;
    expect(url).toBe(`http://127.0.0.1:${port}`);
    await untilTrue(() => first.output().includes('Stop: Ctrl-C'));
    expect(first.output()).toMatch(/admin key \(shown once\): zr_\S+/);

    const curl = /^ *(curl .+)$/m.exec(first.output())?.[1] ?? '';
    const printed = execFileSync('sh', ['-c', curl], { encoding: 'utf8' });
    const decision = routeResponseSchema.parse(JSON.parse(printed));

    // The curl carries a key like any other caller, which routes and chats and no more.
    const localKey = readFileSync(join(stateDir, 'local-key'), 'utf8').trim();
    expect(statSync(join(stateDir, 'local-key')).mode & 0o777).toBe(0o600);
    expect(curl).toContain(`Bearer ${localKey}`);
    const local = connectClient(url);
    expect((await local.get('/v1/models', localKey)).status).toBe(200);
    expect((await local.get('/admin/v1/keys', localKey)).status).toBe(403);
    const chat = { model: decision.model, messages: [{ role: 'user', content: 'Hello?' }] };
    expect((await local.post('/v1/chat/completions', chat, localKey)).status).toBe(409);

    const { children, supervisor } = recorded();
    expect(Object.keys(children).sort()).toEqual(['gateway', 'postgres', 'predictor', 'profiler']);

    const second = npmStart();
    expect(await second.ended).toBe(1);
    expect(second.errors()).toContain(`already runs from this folder (pid ${supervisor}, ${url})`);

    process.kill(first.child.pid ?? 0, 'SIGTERM');
    expect(await first.ended).toBe(0);
    expect(Object.values(children).filter(runs)).toEqual([]);
    expect(existsSync(join(stateDir, 'run.json'))).toBe(false);

    const again = npmStart('--new-admin-key');
    const { body } = await connectClient(await again.url).get(
      `/v1/decisions/${decision.decision_id}`,
      localKey,
    );
    expect(body).toMatchObject({ model: decision.model });
    await untilTrue(() => again.output().includes('Stop: Ctrl-C'));
    expect(again.output()).toContain(`Bearer ${localKey}`);
    const key = /admin key \(shown once\): (zr_\S+)/.exec(again.output())?.[1] ?? '';
    expect(first.output()).not.toContain(key);
    expect((await connectClient(url).get('/admin/v1/keys', key)).status).toBe(200);

    // As a terminal does it: Ctrl-C goes to the whole group.
    const { children: those } = recorded();
    signalGroup(again.child, 'SIGINT');
    await again.ended;
    await untilTrue(() => !existsSync(join(stateDir, 'run.json')));
    expect(Object.values(those).filter(runs)).toEqual([]);
  });

  it('cleans up after a kill -9, and takes the next port when its own is taken', async () => {
    const first = npmStart();
    const client = connectClient(await first.url);
    const { decision_id: id } = await client.route({ query: 'Will this be remembered?' });
    const { children, supervisor } = recorded();
    port = await freePort();
    const other = createServer().listen(port, '127.0.0.1');
    await once(other, 'listening');
    process.kill(supervisor, 'SIGKILL');
    await first.ended;
    const next = npmStart();
    try {
      const url = await next.url;
      await untilTrue(() => next.output().includes('Stop: Ctrl-C'));
      expect(next.output()).not.toContain('admin key');
      expect(url).not.toBe(`http://127.0.0.1:${port}`);
      expect(next.errors()).toContain(`port ${port} is taken`);
      expect(Object.values(children).filter(runs)).toEqual([]);
      expect((await connectClient(url).get(`/v1/decisions/${id}`)).status).toBe(200);

      // A database that dies is started again, and the apps find it.
      process.kill(recorded().children['postgres'] ?? 0, 'SIGKILL');
      await untilTrue(() => next.errors().includes('postgres ended'));
      const deadline = Date.now() + 20_000;
      let status = 0;
      while (status !== 200 && Date.now() < deadline) {
        ({ status } = await connectClient(url).post('/v1/route', { query: 'Still there?' }));
      }
      expect(status).toBe(200);
    } finally {
      other.close();
    }
  });
});
