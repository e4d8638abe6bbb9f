import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { identifyProcess, type ProcessIdentity } from './process-identity.js';
import { RunRecord } from './run-record.js';

const GONE: ProcessIdentity = { pid: 4_194_303, startedAt: 'long ago' };

describe('RunRecord.claim', () => {
  let stateDir: string;
  const claim = () => RunRecord.claim(stateDir, join(stateDir, 'postgres'), () => undefined);
  const write = (contents: object) => {
    writeFileSync(join(stateDir, 'run.json'), JSON.stringify(contents));
  };

  beforeEach(() => {
    stateDir = mkdtempSync(join(tmpdir(), 'zerorouter-test-'));
  });

  afterEach(() => {
    rmSync(stateDir, { recursive: true });
  });

  async function leftover() {
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000); console.log("")'], {
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await once(child.stdout, 'data');
    const identity = identifyProcess(child.pid ?? 0) ?? GONE;
    return { child, identity, ended: once(child, 'exit') };
  }

  it('ends what a killed supervisor left, and spares a recycled pid', async () => {
    const ours = await leftover();
    const recycled = await leftover();
    write({
      supervisor: GONE,
      url: null,
      children: {
        gateway: ours.identity,
        predictor: { ...recycled.identity, startedAt: 'at another time' },
      },
    });
    await claim();
    expect(await ours.ended).toEqual([null, 'SIGTERM']);
    expect(recycled.child.exitCode ?? recycled.child.signalCode).toBeNull();
    recycled.child.kill();
    await recycled.ended;
  });

  it('refuses while the other supervisor runs, with its address', async () => {
    write({ supervisor: identifyProcess(process.pid), url: 'http://127.0.0.1:3000', children: {} });
    await expect(claim()).rejects.toThrow(
      `already runs from this folder (pid ${process.pid}, http://127.0.0.1:3000)`,
    );
  });

  it('keeps count of the children and goes when it is released', async () => {
    write({ not: 'a record' });
    const record = await claim();
    record.add('gateway', GONE);
    record.add('predictor', GONE);
    record.remove('gateway');
    const path = join(stateDir, 'run.json');
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({
      supervisor: { pid: process.pid },
      children: { predictor: GONE },
    });
    record.release();
    expect(existsSync(path)).toBe(false);
  });
});
