import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

export interface SandboxProgram {
  code: string;
  /** Evaluated in order after the code, in its global scope. */
  expressions: string[];
  timeLimitMs: number;
  memoryLimitBytes: number;
}

export interface SandboxRun {
  /** `timeout` and `crash`: the limits struck; results may be missing. */
  status: 'ran' | 'timeout' | 'crash';
  /** What the code threw while loading, if it did. */
  loadError: string | null;
  /** One per expression: its value as JSON text, or what it threw. */
  results: { value?: string; error?: string }[];
  /** What the program wrote to the console, up to 64 Ki characters. */
  printed: string;
}

interface Reply {
  id: number;
  outcome: SandboxRun;
}

/** How long past its time limit a program may keep the thread before the thread is ended. */
const GRACE_MS = 500;

let worker: Promise<Worker> | null = null;
let nextId = 1;
let tail: Promise<unknown> = Promise.resolve();

/**
 * Runs a program in QuickJS-WASM under time and memory limits: no network, files, clock of the host
 * or handle on this process. Programs run one after another on one thread that starts with the first
 * and does not keep the process alive.
 */
export function runInSandbox(program: SandboxProgram): Promise<SandboxRun> {
  const run = tail.then(() => runNow(program));
  tail = run.catch(() => undefined);
  return run;
}

/** Ends the thread; the next program starts a new one. */
export async function closeSandbox(): Promise<void> {
  await tail;
  const closing = worker;
  worker = null;
  await (await closing)?.terminate();
}

async function runNow(program: SandboxProgram): Promise<SandboxRun> {
  worker ??= startWorker();
  const thread = await worker;
  const id = nextId++;
  return new Promise((resolve) => {
    const settle = (outcome: SandboxRun, healthy: boolean): void => {
      clearTimeout(timer);
      thread.off('message', onMessage);
      thread.off('error', onFailure);
      thread.off('exit', onFailure);
      thread.unref();
      if (healthy) return resolve(outcome);
      worker = null;
      void thread.terminate().then(() => resolve(outcome));
    };
    const onMessage = (reply: Reply): void => {
      if (reply.id === id) settle(reply.outcome, true);
    };
    const stopped = (status: 'timeout' | 'crash'): SandboxRun => ({
      status,
      loadError: null,
      results: [],
      printed: '',
    });
    const onFailure = (): void => settle(stopped('crash'), false);
    const timer = setTimeout(
      () => settle(stopped('timeout'), false),
      program.timeLimitMs + GRACE_MS,
    );
    thread.on('message', onMessage);
    thread.on('error', onFailure);
    thread.on('exit', onFailure);
    thread.ref();
    thread.postMessage({ ...program, id });
  });
}

/** Resolves when the engine is loaded, so that a cold start takes nothing from a program's time. */
function startWorker(): Promise<Worker> {
  const path = fileURLToPath(new URL('./quickjs-worker.js', import.meta.url));
  const thread = new Worker(path, {
    resourceLimits: { maxOldGenerationSizeMb: 256 },
    execArgv: [],
  });
  return new Promise((resolve, reject) => {
    const onFailure = (cause: unknown): void => {
      worker = null;
      reject(new Error('The code sandbox did not start: QuickJS could not be loaded.', { cause }));
    };
    thread.once('error', onFailure);
    thread.once('message', () => {
      thread.off('error', onFailure);
      resolve(thread);
    });
  });
}
