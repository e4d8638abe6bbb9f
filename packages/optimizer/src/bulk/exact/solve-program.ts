import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { CoreProgram } from './core-problem.js';

export interface HighsRequest {
  readonly program: CoreProgram;
  readonly timeLimitS: number;
  /** Distance of bound and solution, in units of the program's cost, that counts as optimal. */
  readonly absoluteGap: number;
}

export interface HighsSolution {
  readonly optimal: boolean;
  /** Of each variable; empty when no solution was found. */
  readonly values: Float64Array;
  /** Lower bound on the program's cost. */
  readonly bound: number;
}

export type HighsReply =
  | { readonly kind: 'solution'; readonly solution: HighsSolution }
  | { readonly kind: 'failed'; readonly problem: string };

/** Workers are plain files: the built one serves the sources under test, too. */
const WORKER = new URL('../../../dist/bulk/exact/highs-worker.js', import.meta.url);
/** HiGHS looks at the clock now and then only; a thread that is so much later is ended. */
const GRACE_S = 2;

/** One thread serves the process: its first runs, while the solver is compiled, cost seconds. */
let thread: Worker | null = null;
let last: Promise<unknown> = Promise.resolve();

/**
 * Solves a program in a thread of its own, after those that were asked for before. The thread does
 * not keep the process alive while it is idle.
 * @returns null when HiGHS did not heed its time limit.
 */
export function solveProgram(request: HighsRequest): Promise<HighsSolution | null> {
  const solution = last.then(() => solveNext(request));
  last = solution.catch(() => undefined);
  return solution;
}

async function solveNext(request: HighsRequest): Promise<HighsSolution | null> {
  const worker = (thread ??= new Worker(WORKER, { execArgv: [] }));
  worker.ref();
  const listening = new AbortController();
  const { signal } = listening;
  const late = setTimeout(() => listening.abort(), 1000 * (request.timeLimitS + GRACE_S));
  try {
    worker.postMessage(request);
    const [reply] = (await Promise.race([
      once(worker, 'message', { signal }),
      once(worker, 'exit', { signal }).then(([code]) => {
        throw new Error(`the HiGHS thread ended with code ${code}`);
      }),
    ])) as [HighsReply];
    if (reply.kind === 'failed') throw new Error(`HiGHS failed: ${reply.problem}`);
    return reply.solution;
  } catch (error) {
    thread = null;
    await worker.terminate();
    if (signal.aborted) return null;
    throw error;
  } finally {
    clearTimeout(late);
    listening.abort();
    worker.unref();
  }
}
