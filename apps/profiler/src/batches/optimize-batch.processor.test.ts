import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { BatchFailure, Database } from '@zerorouter/database';
import { createLogger } from '@zerorouter/platform';
import { OptimizeBatchProcessor } from './optimize-batch.processor.js';

/** Each starts a process, which takes its time on a busy machine. */
jest.setTimeout(30_000);

/** Programs in the place of the optimization process, which need no database. */
const ENDINGS = {
  done: `process.once('message', ({ batchId }) => process.send({ kind: 'done', completed: batchId === 'bat_1' }, () => process.exit(0)));`,
  infeasible: `process.once('message', () => process.send({ kind: 'failed', code: 'infeasible',
    message: 'no', details: { constraint: 'budget_usd', nearest: 2 } }, () => process.exit(0)));`,
  polite: `import { getPriority } from 'node:os';
    process.once('message', () => process.send({ kind: 'done', completed: getPriority() >= 10 }, () => process.exit(0)));`,
  killed: `process.once('message', () => process.kill(process.pid, 'SIGKILL'));`,
  endless: `process.once('message', () => setInterval(() => {}, 1_000));`,
};

describe('OptimizeBatchProcessor', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'zerorouter-test-'));
    for (const [name, code] of Object.entries(ENDINGS))
      writeFileSync(join(folder, `${name}.mjs`), code);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function harness(ending: keyof typeof ENDINGS) {
    const failures: BatchFailure[] = [];
    const batchWork = {
      get: () => Promise.resolve({ itemCount: 1_000 }),
      fail: (_id: string, failure: BatchFailure) => Promise.resolve(failures.push(failure) > 0),
    };
    const processor = new OptimizeBatchProcessor({
      database: { batchWork } as unknown as Database,
      databaseUrl: 'postgres://nowhere',
      script: pathToFileURL(join(folder, `${ending}.mjs`)),
      logger: createLogger('test', 'silent'),
    });
    const run = (attempt = 1, signal = new AbortController().signal) =>
      processor.process({ batchId: 'bat_1' }, { attempt, signal });
    return { failures, run };
  }

  it('is done when the process says so', async () => {
    const { failures, run } = harness('done');
    expect(await run()).toEqual({ state: 'completed' });
    expect(failures).toEqual([]);
  });

  it('lets what answers live requests go before', async () => {
    expect(await harness('polite').run()).toEqual({ state: 'completed' });
  });

  it('ends a batch whose constraints cannot be kept, with what the optimizer said', async () => {
    const { failures, run } = harness('infeasible');
    expect(await run()).toEqual({ state: 'failed' });
    expect(failures).toEqual([
      { code: 'infeasible', message: 'no', constraint: 'budget_usd', nearest: 2 },
    ]);
  });

  it('tries again when the process died, and not for ever', async () => {
    const { failures, run } = harness('killed');
    await expect(run(1)).rejects.toThrow('SIGKILL');
    expect(failures).toEqual([]);
    expect(await run(3)).toEqual({ state: 'failed' });
    expect(failures).toMatchObject([{ code: 'optimization-failed' }]);
  });

  it('blames nobody when it is told to stop', async () => {
    const { failures, run } = harness('endless');
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 100);
    await expect(run(3, stop.signal)).rejects.toThrow('interrupted');
    expect(failures).toEqual([]);
  });
});
