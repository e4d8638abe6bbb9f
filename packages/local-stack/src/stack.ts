import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { DomainError } from '@zerorouter/contracts';
import { AppProcess } from './app-process.js';
import { errorMessage } from './error-code.js';
import { lastLines, limitLog, withLog } from './log-files.js';
import { freePort, nextFreePort } from './ports.js';
import { startPostgres, type PostgresServer } from './postgres.js';
import { identifyProcess, signalProcess } from './process-identity.js';
import { countEnds, restartDelay } from './restart-delay.js';
import { POSTGRES_CHILD, RunRecord } from './run-record.js';
import { ensureSecretsKey } from './secrets-key.js';

/** In the order in which they are asked to drain: who hands work on before who does it. */
const APPS = ['gateway', 'predictor', 'profiler'] as const;
export type AppName = (typeof APPS)[number];

/** The apps that keep or use the API keys of deployments, and no other gets what opens them. */
const KEEPERS_OF_SECRETS: readonly AppName[] = ['gateway', 'profiler'];

/**
 * What node is told beside the app's script. A decision among some ninety models leaves 100 kB behind: with a young
 * generation of four times its usual size the gateway copies little of it, for a sixth less of its time and up to
 * 100 MB more of memory.
 */
export const NODE_FLAGS: Readonly<Record<AppName, readonly string[]>> = {
  gateway: ['--max-semi-space-size=64'],
  predictor: [],
  profiler: [],
};

const READY_MS = 120_000;
const LOG_CHECK_MS = 60_000;
const ADMIN_KEY = /admin key \(shown once\): (\S+)/;

export interface StackOptions {
  /** The clone whose built apps are run. Default: the one that this file lies in. */
  rootDir?: string;
  /** Database, logs and the run record. Default: `.zerorouter` in the clone. */
  stateDir?: string;
  /** An external Postgres in place of the embedded one. */
  databaseUrl?: string | undefined;
  /** The queues run on this Redis; without it on Postgres. */
  redisUrl?: string | undefined;
  /** Default 127.0.0.1. */
  host?: string | undefined;
  /** Default 3000; the next free one if it is taken. */
  port?: number | undefined;
  /** Makes one more admin key, for who has lost the first. Default: false. */
  newAdminKey?: boolean;
  /** Settings of the apps beyond this process's environment. */
  env?: Record<string, string>;
  /** False for a database that is thrown away: nothing is flushed to the disk. Default: true. */
  durable?: boolean;
  note?: (line: string) => void;
  /** Called once the state folder is this stack's own. */
  onClaimed?: () => void;
}

/**
 * The whole of ZeroRouter on one machine: Postgres, the one-shot setup, and the three apps as
 * processes that this one supervises.
 */
export class Stack {
  readonly #options: StackOptions;
  readonly #rootDir: string;
  readonly #stateDir: string;
  readonly #note: (line: string) => void;
  readonly #apps = new Map<AppName, AppProcess>();
  #record: RunRecord | null = null;
  #postgres: PostgresServer | null = null;
  #postgresEnds = 0;
  #postgresStart: Promise<void> = Promise.resolve();
  #postgresRestart: NodeJS.Timeout | undefined;
  #logCheck: NodeJS.Timeout | undefined;
  readonly #abort = new AbortController();
  #booted: Promise<void> | null = null;
  #stopped: Promise<void> | null = null;
  #gatewayUrl = '';
  #databaseUrl = '';
  #adminKey: string | null = null;
  #localKey = '';

  constructor(options: StackOptions = {}) {
    this.#options = options;
    this.#rootDir = options.rootDir ?? fileURLToPath(new URL('../../..', import.meta.url));
    this.#stateDir = options.stateDir ?? join(this.#rootDir, '.zerorouter');
    this.#note = options.note ?? (() => undefined);
  }

  get gatewayUrl(): string {
    return this.#gatewayUrl;
  }

  get databaseUrl(): string {
    return this.#databaseUrl;
  }

  /** The admin key that this start has made: the first one, or a further one that was asked for. */
  get adminKey(): string | null {
    return this.#adminKey;
  }

  /** The key with which this machine's programs route and chat; the state folder keeps it. */
  get localKey(): string {
    return this.#localKey;
  }

  pid(app: AppName): number | undefined {
    return this.#app(app).pid;
  }

  /** Boots everything and waits until it is ready; on failure nothing is left running. */
  async start(): Promise<void> {
    this.#booted = this.#boot();
    try {
      await this.#booted;
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Waits until every app is ready, for instance after one of them was killed. */
  async waitUntilReady(): Promise<void> {
    await Promise.all(
      [...this.#apps.values()].map((app) => app.waitUntilReady(READY_MS, this.#abort.signal)),
    );
  }

  /** Signals an app or the database from outside; what ends is started again. */
  kill(child: AppName | 'postgres', signal: NodeJS.Signals): void {
    if (child !== 'postgres') {
      this.#app(child).signal(signal);
    } else if (this.#postgres !== null) {
      signalProcess(this.#postgres.identity, signal);
    }
  }

  /** Drains the apps one after the other, then stops the database. */
  stop(): Promise<void> {
    this.#abort.abort();
    this.#stopped ??= this.#stopInOrder();
    return this.#stopped;
  }

  /** Does not wait for the apps' work any more; the database still stops in good order. */
  hurry(): void {
    for (const app of this.#apps.values()) {
      app.abandon();
    }
  }

  async #boot(): Promise<void> {
    this.#prepareStateDir();
    const dataDir = join(this.#stateDir, 'postgres');
    this.#record = await RunRecord.claim(this.#stateDir, dataDir, this.#note);
    this.#options.onClaimed?.();
    this.#logCheck = setInterval(() => {
      this.#limitLogs();
    }, LOG_CHECK_MS).unref();
    this.#limitLogs();
    if (this.#options.databaseUrl === undefined) {
      this.#postgresStart = this.#startPostgres();
      await this.#postgresStart;
    } else {
      this.#databaseUrl = this.#options.databaseUrl;
    }
    await this.#runSetup();
    await this.#startApps();
    await this.waitUntilReady();
    this.#record.setUrl(this.#gatewayUrl);
  }

  #prepareStateDir(): void {
    try {
      mkdirSync(join(this.#stateDir, 'logs'), { recursive: true, mode: 0o755 });
      accessSync(this.#stateDir, constants.W_OK);
    } catch (cause) {
      throw new DomainError(
        'state_folder_not_writable',
        `Cannot write to ${this.#stateDir}: ZeroRouter keeps its database and logs there`,
        { cause },
      );
    }
  }

  async #startPostgres(port?: number): Promise<void> {
    this.#mustGoOn();
    const server = await startPostgres({
      dataDir: join(this.#stateDir, 'postgres'),
      logFile: this.#log('postgres'),
      durable: this.#options.durable ?? true,
      note: this.#note,
      onSpawn: (identity) => this.#record?.add(POSTGRES_CHILD, identity),
      ...(port === undefined ? {} : { port }),
    });
    this.#postgres = server;
    this.#databaseUrl = server.databaseUrl;
    const startedAt = Date.now();
    void server.ended.then(() => {
      if (!this.#abort.signal.aborted) {
        this.#postgresEnds = countEnds(this.#postgresEnds, Date.now() - startedAt);
        this.#restartPostgres(server.port);
      }
    });
  }

  /** On the same port: the apps hold its address and connect again by themselves. */
  #restartPostgres(port: number): void {
    const delay = restartDelay(this.#postgresEnds);
    this.#note(`postgres ended: starting it again in ${delay / 1000} s`);
    this.#postgresRestart = setTimeout(() => {
      this.#postgresStart = this.#startPostgres(port).catch((error: unknown) => {
        if (!this.#abort.signal.aborted) {
          this.#note(errorMessage(error));
          this.#postgresEnds += 1;
          this.#restartPostgres(port);
        }
      });
    }, delay);
  }

  async #runSetup(): Promise<void> {
    this.#mustGoOn();
    const logFile = this.#log('setup');
    const localKeyFile = join(this.#stateDir, 'local-key');
    const args = [
      ...(this.#options.newAdminKey === true ? ['--new-admin-key'] : []),
      `--local-key-file=${localKeyFile}`,
    ];
    const child = spawn(process.execPath, [this.#entry('setup'), ...args], {
      cwd: this.#rootDir,
      // A configuration file may have keys of providers stored.
      env: this.#environment(this.#hasConfigFile() ? this.#secrets() : {}),
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      signal: this.#abort.signal,
      killSignal: 'SIGTERM',
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      withLog(logFile, (log) => {
        writeSync(log, chunk);
      });
      this.#note(chunk.toString().trimEnd());
    });
    const ended = new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    const identity = child.pid === undefined ? null : identifyProcess(child.pid);
    if (identity !== null) {
      this.#record?.add('setup', identity);
    }
    if (child.stdout === null) {
      throw new DomainError('setup_failed', 'The setup has no output');
    }
    const [output, code] = await Promise.all([text(child.stdout), ended]).finally(() => {
      this.#record?.remove('setup');
      this.#mustGoOn();
    });
    if (code !== 0) {
      throw new DomainError(
        'setup_failed',
        `The setup of the database failed; the end of ${logFile}: ${lastLines(logFile, 1)}`,
      );
    }
    this.#adminKey = ADMIN_KEY.exec(output)?.[1] ?? null;
    this.#localKey = readFileSync(localKeyFile, 'utf8').trim();
  }

  async #startApps(): Promise<void> {
    this.#mustGoOn();
    const host = this.#options.host ?? '127.0.0.1';
    const wanted = this.#options.port ?? 3000;
    const port = await nextFreePort(wanted, host);
    if (port !== wanted) {
      this.#note(`port ${wanted} is taken: using ${port}`);
    }
    this.#gatewayUrl = urlOf(host, port);
    const secrets = this.#secrets();
    for (const name of APPS) {
      const isGateway = name === 'gateway';
      const healthPort = isGateway ? port : await freePort();
      const app = new AppProcess({
        name,
        entry: this.#entry(name),
        nodeFlags: NODE_FLAGS[name],
        cwd: this.#rootDir,
        logFile: this.#log(name),
        readyUrl: `${isGateway ? this.#gatewayUrl : urlOf('127.0.0.1', healthPort)}/health/ready`,
        // The workers' health endpoints stay on the loopback interface whatever HOST is.
        env: this.#environment({
          ...(isGateway
            ? { HOST: host, PORT: String(port) }
            : { HOST: '127.0.0.1', HEALTH_PORT: String(healthPort) }),
          ...(KEEPERS_OF_SECRETS.includes(name) ? secrets : {}),
        }),
        onSpawn: (identity) => this.#record?.add(name, identity),
        note: this.#note,
      });
      this.#apps.set(name, app);
    }
    this.#mustGoOn();
    for (const app of this.#apps.values()) {
      app.start();
    }
  }

  async #stopInOrder(): Promise<void> {
    clearInterval(this.#logCheck);
    clearTimeout(this.#postgresRestart);
    // What a boot or a restart has begun must be there to be stopped.
    await Promise.allSettled([this.#booted, this.#postgresStart]);
    for (const app of this.#apps.values()) {
      await app.stop();
    }
    await this.#postgres?.stop();
    this.#record?.release();
  }

  /** A boot that is stopped half-way must not start anything more. */
  #mustGoOn(): void {
    if (this.#abort.signal.aborted) {
      throw new DomainError('stack_stopped', 'Stopped before it was ready');
    }
  }

  #hasConfigFile(): boolean {
    return Boolean({ ...process.env, ...this.#options.env }['ZEROROUTER_CONFIG']);
  }

  /** The keys of this process's environment; without them, the one that the state folder keeps. */
  #secrets(): Record<string, string> {
    const { SECRETS_KEY: key, SECRETS_KEY_PREVIOUS: previous } = {
      ...process.env,
      ...this.#options.env,
    };
    return {
      SECRETS_KEY: key || ensureSecretsKey(join(this.#stateDir, 'secrets-key')),
      ...(previous ? { SECRETS_KEY_PREVIOUS: previous } : {}),
    };
  }

  #environment(own: Record<string, string>): NodeJS.ProcessEnv {
    const {
      REDIS_URL: _inherited,
      SECRETS_KEY: _key,
      SECRETS_KEY_PREVIOUS: _previous,
      ...environment
    } = process.env;
    return {
      NODE_ENV: 'production',
      ENCODER_CACHE_DIR: join(this.#stateDir, 'encoder'),
      ...environment,
      ...this.#options.env,
      ...own,
      DATABASE_URL: this.#databaseUrl,
      ...(this.#options.redisUrl === undefined ? {} : { REDIS_URL: this.#options.redisUrl }),
    };
  }

  #entry(app: AppName | 'setup'): string {
    const entry = join(this.#rootDir, 'apps', app, 'dist', 'main.js');
    if (!existsSync(entry)) {
      throw new DomainError('not_built', `${entry} is missing: build the apps first (npm start)`);
    }
    return entry;
  }

  #app(name: AppName): AppProcess {
    const app = this.#apps.get(name);
    if (app === undefined) {
      throw new DomainError('not_started', `${name} has not been started`);
    }
    return app;
  }

  #log(name: string): string {
    return join(this.#stateDir, 'logs', `${name}.log`);
  }

  #limitLogs(): void {
    for (const name of [POSTGRES_CHILD, 'setup', ...APPS]) {
      limitLog(this.#log(name));
    }
  }
}

/** The address at which a client on this machine reaches a server that listens on `host`. */
function urlOf(host: string, port: number): string {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${isIPv6(reachable) ? `[${reachable}]` : reachable}:${port}`;
}

/** Boots a stack; the one door for tests and for `npm start` alike. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const stack = new Stack(options);
  await stack.start();
  return stack;
}
