import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { endProcess, identifyProcess, isRunning, signalProcess } from './process-identity.js';

function sleeper(script = 'setTimeout(() => {}, 60_000); console.log("up")') {
  const child = spawn(process.execPath, ['-e', script], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return once(child.stdout, 'data').then(() => {
    const identity = identifyProcess(child.pid ?? 0);
    if (identity === null) {
      throw new Error('the process is not in the process table');
    }
    return { child, identity };
  });
}

describe('a process identity', () => {
  it('holds while the process runs and no longer', async () => {
    const { child, identity } = await sleeper();
    expect(isRunning(identity)).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isRunning(identity)).toBe(false);
    expect(identifyProcess(identity.pid)).toBeNull();
  });

  it('is not that of a later process with the same pid', async () => {
    const { child, identity } = await sleeper();
    const earlier = { ...identity, startedAt: `${identity.startedAt}0` };
    expect(isRunning(earlier)).toBe(false);
    expect(signalProcess(earlier, 'SIGKILL')).toBe(false);
    expect(await endProcess(earlier, [{ signal: 'SIGKILL', waitMs: 1_000 }])).toBe(true);
    expect(child.exitCode ?? child.signalCode).toBeNull();
    expect(await endProcess(identity, [{ signal: 'SIGKILL', waitMs: 5_000 }])).toBe(true);
  });
});

describe('endProcess', () => {
  it('takes the next step when a signal is not heeded', async () => {
    const { child, identity } = await sleeper(
      'process.on("SIGTERM", () => {}); setTimeout(() => {}, 60_000); console.log("up")',
    );
    const ended = once(child, 'exit');
    await endProcess(identity, [
      { signal: 'SIGTERM', waitMs: 200 },
      { signal: 'SIGKILL', waitMs: 5_000 },
    ]);
    expect(await ended).toEqual([null, 'SIGKILL']);
  });
});
