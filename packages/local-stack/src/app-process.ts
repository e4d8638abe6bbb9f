import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError } from '@zerorouter/contracts';
import { lastLines, withLog } from './log-files.js';
import {
  endProcess,
  identifyProcess,
  signalProcess,
  type EndingStep,
  type ProcessIdentity,
} from './process-identity.js';
import { countEnds, restartDelay } from './restart-delay.js';

/** An app that ends so often before it was ready once will not get there. */
const HOPELESS_ENDS = 3;
const POLL_MS = 50;

/** The apps give themselves 10 s to drain; the one who asked allows for a slow machine. */
const DRAIN: readonly EndingStep[] = [
  { signal: 'SIGTERM', waitMs: 20_000 },
  { signal: 'SIGKILL', waitMs: 5_000 },
];

export interface AppOptions {
  name: string;
  /** The script that node runs. */
  entry: string;
  nodeFlags: readonly string[];
  env: NodeJS.ProcessEnv;
  cwd: string;
  logFile: string;
  /** Answers 200 when the app can do its work. */
  readyUrl: string;
  onSpawn: (identity: ProcessIdentity) => void;
  note: (line: string) => void;
}

/** One app in a process of its own: started again, with growing pauses, whenever it ends unasked. */
export class AppProcess {
  readonly #options: AppOptions;
  #identity: ProcessIdentity | null = null;
  #ends = 0;
  #wasReady = false;
  #stopping = false;
  #restart: NodeJS.Timeout | undefined;

  constructor(options: AppOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  /** Undefined while the app waits for its next start. */
  get pid(): number | undefined {
    return this.#identity?.pid;
  }

  start(): void {
    const { name, entry, nodeFlags, env, cwd, logFile, onSpawn, note } = this.#options;
    const startedAt = Date.now();
    const child = withLog(logFile, (log) =>
      spawn(process.execPath, [...nodeFlags, entry], {
        cwd,
        env,
        // A group of its own: a terminal's Ctrl-C reaches the supervisor alone, which then asks
        // the apps to drain in order.
        detached: true,
        // By the channel's end an app learns that its supervisor was killed, and stops by itself.
        stdio: ['ignore', log, log, 'ipc'],
      }),
    );
    this.#identity = child.pid === undefined ? null : identifyProcess(child.pid);
    if (this.#identity !== null) {
      onSpawn(this.#identity);
    }
    onceEnded(child, (how) => {
      this.#identity = null;
      if (this.#stopping) {
        return;
      }
      this.#ends = countEnds(this.#ends, Date.now() - startedAt);
      const delay = restartDelay(this.#ends);
      note(`${name} ended (${how}): starting it again in ${delay / 1000} s; see ${logFile}`);
      this.#restart = setTimeout(() => {
        this.start();
      }, delay);
    });
  }

  /**
   * Waits until the app answers that it is ready.
   *
   * @throws DomainError `app_failed` when it keeps ending or stays silent for `timeoutMs`,
   *   `stack_stopped` when it is stopped meanwhile
   */
  async waitUntilReady(timeoutMs: number, abort: AbortSignal): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    const { name, logFile, readyUrl } = this.#options;
    for (;;) {
      if (abort.aborted) {
        throw new DomainError('stack_stopped', `Stopped while ${name} was awaited`);
      }
      const answer = await askReady(readyUrl);
      if (answer === 'ready') {
        this.#wasReady = true;
        return;
      }
      if ((!this.#wasReady && this.#ends >= HOPELESS_ENDS) || Date.now() > deadline) {
        throw new DomainError(
          'app_failed',
          `${name} does not become ready (${answer}); the end of ${logFile}: ${lastLines(logFile, 2)}`,
        );
      }
      await sleep(POLL_MS);
    }
  }

  /** Signals the app as an outsider would; it is started again if that ends it. */
  signal(signal: NodeJS.Signals): void {
    if (this.#identity !== null) {
      signalProcess(this.#identity, signal);
    }
  }

  /** Ends the app at once, for good. */
  abandon(): void {
    this.#stopping = true;
    clearTimeout(this.#restart);
    this.signal('SIGKILL');
  }

  /** Asks the app to finish its work and end, and waits for it. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#restart);
    if (this.#identity !== null) {
      await endProcess(this.#identity, DRAIN);
    }
  }
}

function onceEnded(child: ChildProcess, use: (how: string) => void): void {
  child.once('exit', (code, signal) => {
    use(signal ?? `exit code ${String(code)}`);
  });
  child.once('error', (error) => {
    if (child.pid === undefined) {
      use(error.message);
    }
  });
}

async function askReady(url: string): Promise<string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    const body = await response.text();
    return response.ok ? 'ready' : `HTTP ${response.status}: ${body.slice(0, 300)}`;
  } catch (error) {
    return error instanceof Error && error.name === 'TimeoutError' ? 'no answer' : 'not listening';
  }
}
