import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

const LOCK = new URL('../../scripts/command-lock.mjs', import.meta.url).href;

describe('the lock of the commands', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'zerorouter-lock-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('lets one process in at a time, also past the lock of a dead one', async () => {
    const path = join(folder, 'command.lock');
    const journal = join(folder, 'journal');
    writeFileSync(path, '4194303 1');
    writeFileSync(journal, '');
    const script = `
      const { takeLock } = await import(${JSON.stringify(LOCK)});
      const { appendFileSync } = await import('node:fs');
      const release = await takeLock(${JSON.stringify(path)}, () => {});
      appendFileSync(${JSON.stringify(journal)}, 'in ');
      await new Promise((resolve) => setTimeout(resolve, 30));
      appendFileSync(${JSON.stringify(journal)}, 'out ');
      release();`;
    const children = Array.from({ length: 6 }, () =>
      spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' }),
    );
    const codes = await Promise.all(children.map((child) => once(child, 'exit')));
    expect(codes.map(([code]) => code as number)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(readFileSync(journal, 'utf8')).toBe('in out '.repeat(6));
  });
});
