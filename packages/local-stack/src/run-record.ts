import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DomainError } from '@zerorouter/contracts';
import { z } from 'zod';
import { POSTGRES_ENDING, postgresOn } from './postgres.js';
import {
  endProcess,
  identifyProcess,
  isRunning,
  type EndingStep,
  type ProcessIdentity,
} from './process-identity.js';

const identitySchema = z.object({ pid: z.number().int().positive(), startedAt: z.string() });

const recordSchema = z.object({
  supervisor: identitySchema,
  url: z.string().nullable(),
  children: z.record(z.string(), identitySchema),
});
type Contents = z.infer<typeof recordSchema>;

const APP_ENDING: readonly EndingStep[] = [
  { signal: 'SIGTERM', waitMs: 5_000 },
  { signal: 'SIGKILL', waitMs: 5_000 },
];

/** The name under which the record keeps the database; every other child is an app. */
export const POSTGRES_CHILD = 'postgres';

/**
 * `run.json` of a state folder: which processes the stack there consists of. It is what the next
 * start goes by when this one was killed.
 */
export class RunRecord {
  readonly #path: string;
  readonly #contents: Contents;

  private constructor(path: string, contents: Contents) {
    this.#path = path;
    this.#contents = contents;
  }

  /**
   * Takes the state folder for this process. Ends what a killed supervisor left behind, and nothing
   * else: a recorded pid that has become another process is not touched.
   *
   * @throws DomainError `already_running` while another supervisor runs there
   */
  static async claim(
    stateDir: string,
    dataDir: string,
    note: (line: string) => void,
  ): Promise<RunRecord> {
    const path = join(stateDir, 'run.json');
    const previous = readRecord(path);
    if (previous !== null && isRunning(previous.supervisor)) {
      throw new DomainError(
        'already_running',
        `ZeroRouter already runs from this folder (pid ${previous.supervisor.pid}${previous.url === null ? '' : `, ${previous.url}`})`,
      );
    }
    if (previous !== null) {
      await endLeftovers(previous.children, dataDir, note);
    }
    const supervisor = identifyProcess(process.pid);
    if (supervisor === null) {
      throw new DomainError('no_process_table', 'Cannot read this process from the process table');
    }
    const record = new RunRecord(path, { supervisor, url: null, children: {} });
    record.#write();
    return record;
  }

  add(name: string, identity: ProcessIdentity): void {
    this.#contents.children[name] = identity;
    this.#write();
  }

  remove(name: string): void {
    if (name in this.#contents.children) {
      this.#contents.children = Object.fromEntries(
        Object.entries(this.#contents.children).filter(([child]) => child !== name),
      );
      this.#write();
    }
  }

  setUrl(url: string): void {
    this.#contents.url = url;
    this.#write();
  }

  /** Gives the state folder back: nothing runs any more. */
  release(): void {
    rmSync(this.#path, { force: true });
  }

  // Written at once and in one step: a kill at any moment leaves a whole record.
  #write(): void {
    mkdirSync(dirname(this.#path), { recursive: true });
    writeFileSync(`${this.#path}.partial`, JSON.stringify(this.#contents, null, 2), {
      mode: 0o600,
    });
    renameSync(`${this.#path}.partial`, this.#path);
  }
}

function readRecord(path: string): Contents | null {
  if (!existsSync(path)) {
    return null;
  }
  try {
    return recordSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
}

/**
 * Apps first, the database last. After an unclean end a Postgres on our data is ours even where the
 * kill came before it was noted down.
 */
async function endLeftovers(
  children: Contents['children'],
  dataDir: string,
  note: (line: string) => void,
): Promise<void> {
  const running = Object.entries(children).filter(([, identity]) => isRunning(identity));
  const apps = running.filter(([name]) => name !== POSTGRES_CHILD);
  const database = children[POSTGRES_CHILD];
  const postgres = database !== undefined && isRunning(database) ? database : postgresOn(dataDir);
  const names = [...apps.map(([name]) => name), ...(postgres === null ? [] : [POSTGRES_CHILD])];
  if (names.length > 0) {
    note(`the last run was killed: ending what it left (${names.join(', ')})`);
  }
  await Promise.all(apps.map(([, identity]) => endProcess(identity, APP_ENDING)));
  if (postgres !== null) {
    await endProcess(postgres, POSTGRES_ENDING);
  }
}
