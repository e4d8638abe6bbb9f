import { describe, expect, it, jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GraphBuilder } from '../onnx/graph-builder.js';
import { SessionPool } from './session-pool.js';

jest.setTimeout(60_000);

describe('SessionPool', () => {
  it('answers each run with its own result, also when runs outnumber the sessions', async () => {
    const pool = await SessionPool.open(buildSquare, 2);
    try {
      const runs = Array.from({ length: 20 }, (_, index) =>
        pool.run({ x: { type: 'float32', data: Float32Array.of(index), shape: [1] } }),
      );
      expect((await Promise.all(runs)).map(({ y }) => y?.[0])).toEqual(
        runs.map((_, index) => index * index),
      );
    } finally {
      await pool.close();
    }
  });

  it('lets every other run pass those in the background', async () => {
    const pool = await SessionPool.open(buildSquare, 1);
    try {
      const { done, run } = recorded(pool);
      await Promise.all([
        run('under way', true),
        run('batch 1', true),
        run('batch 2', true),
        run('live 1', false),
        run('live 2', false),
      ]);
      expect(done).toEqual(['under way', 'live 1', 'live 2', 'batch 1', 'batch 2']);
    } finally {
      await pool.close();
    }
  });

  it('gives those in the background a turn, however many others there are', async () => {
    const pool = await SessionPool.open(buildSquare, 1);
    try {
      const { done, run } = recorded(pool);
      await Promise.all([
        run('under way', false),
        run('batch', true),
        ...Array.from({ length: 40 }, () => run('live', false)),
      ]);
      expect(done.indexOf('batch')).toBe(1 + 20);
    } finally {
      await pool.close();
    }
  });

  it('rejects a run that fails and serves the next', async () => {
    const pool = await SessionPool.open(buildSquare, 1);
    try {
      const wrong = pool.run({ x: { type: 'int64', data: BigInt64Array.of(3n), shape: [1] } });
      const right = pool.run({ x: { type: 'float32', data: Float32Array.of(3), shape: [1] } });
      await expect(wrong).rejects.toMatchObject({ code: 'encoder_session' });
      expect((await right)['y']?.[0]).toBe(9);
    } finally {
      await pool.close();
    }
  });

  it('refuses a model that onnxruntime does not read, and leaves no thread behind', async () => {
    await expect(SessionPool.open(() => Uint8Array.of(1, 2, 3), 2)).rejects.toMatchObject({
      code: 'encoder_session',
    });
    await expect(SessionPool.open(buildSquare, 0)).rejects.toThrow(RangeError);
  });

  it('throws what hinders the making of the model', async () => {
    const making = () => Promise.reject(new Error('no weights'));
    await expect(SessionPool.open(making, 2)).rejects.toThrow('no weights');
  });

  it('tells of threads that die before the model is made', async () => {
    const dying = `if (!require('node:worker_threads').isMainThread) throw new Error('no library');`;
    const program = `
      import { setTimeout } from 'node:timers/promises';
      import { SessionPool } from ${built('sessions/session-pool.js')};
      const makeModel = () => setTimeout(1_500, Uint8Array.of(1));
      const failed = await SessionPool.open(makeModel, 2).catch((error) => error.message);
      process.exit(failed === 'no library' ? 5 : 6);`;
    const folder = await mkdtemp(join(tmpdir(), 'dying-threads-'));
    try {
      const preload = join(folder, 'preload.cjs');
      await writeFile(preload, dying);
      expect(await run(program, { NODE_OPTIONS: `--require ${preload}` })).toBe(5);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('lets a process exit with its own code in the middle of a run', async () => {
    expect(await exitCode(`process.exit(7);`)).toBe(7);
  });

  it('lets a process end that forgets to close', async () => {
    expect(await exitCode(`await Promise.all(runs);`)).toBe(0);
  });
});

/** Runs by name, and the names of those that have ended, in their order. */
function recorded(pool: SessionPool) {
  const done: string[] = [];
  const run = (name: string, background: boolean) =>
    pool
      .run({ x: { type: 'float32', data: Float32Array.of(1), shape: [1] } }, { background })
      .then(() => done.push(name));
  return { done, run };
}

/** y = x². */
function buildSquare(): Uint8Array {
  const graph = new GraphBuilder('square');
  const x = graph.input('x', 'float32', [1]);
  graph.node('Mul', [x, x], {}, 'y');
  graph.output('y', 'float32', [1]);
  return graph.build();
}

/** Exit code of a process that has heavy runs under way in two threads and then does `ending`. */
function exitCode(ending: string): Promise<number | string | null | undefined> {
  const program = `
    import { SessionPool } from ${built('sessions/session-pool.js')};
    import { GraphBuilder } from ${built('onnx/graph-builder.js')};
    const graph = new GraphBuilder('product');
    let y = graph.input('x', 'float32', [512, 512]);
    for (let power = 0; power < 4; power += 1) y = graph.node('MatMul', [y, 'x']);
    graph.node('Identity', [y], {}, 'y');
    graph.output('y', 'float32', [512, 512]);
    const pool = await SessionPool.open(() => graph.build(), 2);
    const x = { type: 'float32', data: new Float32Array(512 * 512), shape: [512, 512] };
    const runs = Array.from({ length: 8 }, () => pool.run({ x }));
    await runs[1];
    ${ending}`;
  return run(program);
}

/** Where a built module lies, as an import reads it. */
function built(path: string): string {
  return JSON.stringify(new URL(`../../dist/${path}`, import.meta.url).href);
}

/** Exit code of a process that runs the program. */
function run(
  program: string,
  env: NodeJS.ProcessEnv = {},
): Promise<number | string | null | undefined> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, ['--input-type=module', '--eval', program], {
      env: { ...process.env, ...env },
    });
    child.once('exit', (code, signal) => resolve(code ?? signal));
  });
}
