import { join, relative } from 'node:path';
import { DomainError } from '@zerorouter/contracts';
import { Stack } from './stack.js';

/** npm passes a terminal's signal on to a child that has had it already: that is no second wish. */
const ECHO_MS = 1_500;
const PARENT_CHECK_MS = 500;

/** What `npm start` reads from its environment; the apps read the rest themselves. */
export interface SupervisorEnvironment {
  DATABASE_URL?: string | undefined;
  REDIS_URL?: string | undefined;
  HOST?: string | undefined;
  PORT?: string | undefined;
  /** Set by npm for the scripts that it runs. */
  npm_lifecycle_event?: string | undefined;
}

/** An npm that was killed outright passes no signal on: what it ran must not run on unseen. */
function whenParentIsGone(act: () => void): void {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid !== parent) {
      clearInterval(watch);
      act();
    }
  }, PARENT_CHECK_MS).unref();
}

function wantedPort(value: string | undefined): number | undefined {
  if (value === undefined || value === '') {
    return undefined;
  }
  const port = Number(value);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new DomainError('bad_port', `PORT must be a number from 1 to 65535, not "${value}"`);
  }
  return port;
}

const textOrNothing = (value: string | undefined): string | undefined =>
  value === '' ? undefined : value;

/** The lines that a person sees when all is up; the first URL is the one to use. */
function welcome({ gatewayUrl, adminKey, localKey }: Stack, logFolder: string): string {
  return [
    '',
    `ZeroRouter is ready at ${gatewayUrl}`,
    '',
    'Ask it which model to use:',
    `  curl -s ${gatewayUrl}/v1/route -H 'content-type: application/json' -H 'authorization: Bearer ${localKey}' -d '{"query": "Prove that there are infinitely many primes."}'`,
    '',
    ...(adminKey === null ? [] : [`admin key (shown once): ${adminKey}`, '']),
    `API pages: ${gatewayUrl}/docs   Logs: ${logFolder}   Stop: Ctrl-C`,
    '',
  ].join('\n');
}

/**
 * Runs the stack in the foreground until a signal ends it. `onClaimed` is called once its folder is
 * taken: until then no other start may look at it.
 *
 * @returns the exit code: 0 after an orderly stop
 */
export async function superviseStack(
  { rootDir, stateDir, newAdminKey }: { rootDir: string; stateDir: string; newAdminKey: boolean },
  environment: SupervisorEnvironment,
  onClaimed: () => void,
): Promise<number> {
  const note = (line: string): void => {
    process.stderr.write(`${line}\n`);
  };
  // A reader that has gone (`npm start | head -1`) must not end the server.
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
  const host = textOrNothing(environment.HOST) ?? '127.0.0.1';
  const stack = new Stack({
    rootDir,
    stateDir,
    newAdminKey,
    host,
    port: wantedPort(environment.PORT),
    databaseUrl: textOrNothing(environment.DATABASE_URL),
    redisUrl: textOrNothing(environment.REDIS_URL),
    note,
    onClaimed,
  });
  const asked = new Promise<'asked'>((resolve) => {
    let firstAt: number | null = null;
    const ask = (): void => {
      if (firstAt === null) {
        firstAt = Date.now();
        note('stopping: the apps finish their work, then the database ends');
        resolve('asked');
      } else if (Date.now() - firstAt > ECHO_MS) {
        stack.hurry();
      }
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, ask);
    }
    if (environment.npm_lifecycle_event !== undefined) {
      whenParentIsGone(ask);
    }
  });
  const started = stack.start().then(
    () => 'ready' as const,
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  );
  const outcome = await Promise.race([asked, started]);
  if (outcome instanceof Error) {
    // A full disk and the like are told by one line, as are the failures that have a name.
    const isExpected = outcome instanceof DomainError || 'syscall' in outcome;
    note(isExpected ? outcome.message : String(outcome.stack));
    return 1;
  }
  if (outcome === 'ready') {
    process.stdout.write(welcome(stack, relative(process.cwd(), join(stateDir, 'logs'))));
    await asked;
  }
  await stack.stop();
  return 0;
}
