import { Worker } from 'node:worker_threads';
import { EncoderSessionError } from '../errors.js';
import { guardBusyFlag, releaseBusyFlag } from './busy-flag.js';
import type { Feeds, Outputs, WorkerReply, WorkerRequest, WorkerSetup } from './messages.js';

/** Workers are plain files: the built one serves the sources under test, too. */
const WORKER = new URL('../../dist/sessions/session-worker.js', import.meta.url);

interface Job {
  readonly feeds: Feeds;
  readonly resolve: (outputs: Outputs) => void;
  readonly reject: (error: Error) => void;
}

/** How a run stands among those that wait. */
export interface RunOptions {
  /** It lets others pass, {@link MOST_PASSING} of them at most: work that nobody waits for at this moment. */
  readonly background?: boolean;
}

/** Others that may pass those in the background before one of these has its turn, so that none starves. */
const MOST_PASSING = 20;

interface Slot {
  readonly worker: Worker;
  readonly exited: Promise<void>;
  job: Job | undefined;
}

/**
 * Several onnxruntime sessions of one model, each on a thread of its own. A run goes to an idle
 * session or waits its turn, background runs behind all others; a session does one run at a time.
 * Sessions share no state, so that what a run returns depends on its feeds alone.
 *
 * The threads do not keep the process alive while they are idle.
 */
export class SessionPool {
  readonly #slots: Slot[];
  readonly #waiting: Job[] = [];
  readonly #inBackground: Job[] = [];
  #passing = 0;
  readonly #running = new Set<Promise<Outputs>>();
  #failure: EncoderSessionError | undefined;

  private constructor(slots: Slot[]) {
    this.#slots = slots;
    for (const slot of slots) this.#listen(slot);
  }

  /**
   * Opens `sessions` sessions of the model.
   * @param makeModel the bytes of the ONNX model; the threads load onnxruntime while they are made.
   * @throws EncoderSessionError when onnxruntime refuses the model, and what `makeModel` throws.
   */
  static async open(
    makeModel: () => Uint8Array | Promise<Uint8Array>,
    sessions: number,
  ): Promise<SessionPool> {
    if (!Number.isInteger(sessions) || sessions < 1) {
      throw new RangeError(`sessions must be a positive integer, it is ${sessions}`);
    }
    const slots = Array.from({ length: sessions }, startThread);
    // Listened to from the start: a thread may die of loading onnxruntime while the model is made.
    const opened = Promise.allSettled(slots.map(({ worker }) => ready(worker)));
    try {
      const model = await makeModel();
      for (const { worker } of slots) post(worker, { kind: 'open', model });
      for (const result of await opened) if (result.status === 'rejected') throw result.reason;
      return new SessionPool(slots);
    } catch (error) {
      await Promise.all(slots.map(endThread));
      throw error;
    }
  }

  /** @throws EncoderSessionError when the model fails on these feeds, or the pool is closed. */
  async run(feeds: Feeds, { background = false }: RunOptions = {}): Promise<Outputs> {
    if (this.#failure !== undefined) throw this.#failure;
    const outputs = new Promise<Outputs>((resolve, reject) => {
      (background ? this.#inBackground : this.#waiting).push({ feeds, resolve, reject });
      const idle = this.#slots.find((slot) => slot.job === undefined);
      if (idle !== undefined) this.#next(idle);
    });
    this.#running.add(outputs);
    try {
      return await outputs;
    } finally {
      this.#running.delete(outputs);
    }
  }

  /** Lets the runs that were begun or wait finish, then ends the threads. */
  async close(): Promise<void> {
    this.#failure ??= new EncoderSessionError('the encoder is closed: open it again to use it');
    await Promise.allSettled(this.#running);
    await Promise.all(this.#slots.map(endThread));
  }

  #next(slot: Slot): void {
    const job = this.#take();
    slot.job = job;
    if (job === undefined) {
      slot.worker.unref();
      return;
    }
    slot.worker.ref();
    post(slot.worker, { kind: 'run', feeds: job.feeds });
  }

  #take(): Job | undefined {
    if (this.#inBackground.length === 0) return this.#waiting.shift();
    if (this.#waiting.length > 0 && this.#passing < MOST_PASSING) {
      this.#passing++;
      return this.#waiting.shift();
    }
    this.#passing = 0;
    return this.#inBackground.shift();
  }

  #listen(slot: Slot): void {
    slot.worker.unref();
    slot.worker.on('message', (reply: WorkerReply) => {
      const { job } = slot;
      if (reply.kind === 'outputs') job?.resolve(reply.outputs);
      if (reply.kind === 'failed') job?.reject(new EncoderSessionError(reply.message));
      this.#next(slot);
    });
    slot.worker.on('error', (cause) => {
      this.#fail(new EncoderSessionError(`an encoder thread died: ${cause.message}`, { cause }));
    });
    slot.worker.on('exit', () => {
      this.#fail(new EncoderSessionError('an encoder thread ended before its runs did'));
    });
  }

  /** A thread that dies takes the pool with it: what caused it would meet the others, too. */
  #fail(failure: EncoderSessionError): void {
    this.#failure ??= failure;
    for (const job of [...this.#waiting.splice(0), ...this.#inBackground.splice(0)])
      job.reject(failure);
    for (const slot of this.#slots) {
      slot.job?.reject(failure);
      slot.job = undefined;
    }
  }
}

function startThread(): Slot {
  const busy = guardBusyFlag();
  const workerData: WorkerSetup = { busy };
  const worker = new Worker(WORKER, { workerData, execArgv: [] });
  const exited = new Promise<void>((resolve) => {
    worker.once('exit', () => {
      releaseBusyFlag(busy);
      resolve();
    });
  });
  return { worker, exited, job: undefined };
}

/** Asks an idle thread to release its session, if it has one, and end. */
async function endThread({ worker, exited }: Slot): Promise<void> {
  worker.ref();
  post(worker, { kind: 'close' });
  await exited;
}

function post(worker: Worker, request: WorkerRequest): void {
  worker.postMessage(request);
}

/** Resolves when the worker has opened its session. */
function ready(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', (reply: WorkerReply) => {
      worker.off('error', reject);
      if (reply.kind === 'ready') resolve();
      if (reply.kind === 'failed') reject(new EncoderSessionError(reply.message));
    });
  });
}
