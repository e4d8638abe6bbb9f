import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DomainError } from '@zerorouter/contracts';
import { loadConfig } from '../config/load-config.js';
import type { Config } from '../config/variables.js';
import { isConnectionError } from '../http/problem.js';
import { createLogger } from '../logging/logger.js';
import type { Logger } from '../logging/logger.js';
import { startTracing } from '../telemetry/start-tracing.js';

export interface RunningApp {
  app: NestFastifyApplication;
  host: string;
  port: number;
  /** Called after the HTTP server is closed: queues, database, sessions, in this order. */
  release: readonly (() => Promise<void>)[];
}

/**
 * Runs one app from its environment until it is told to stop: reads the configuration, starts,
 * listens, and prints one line with the port (a parent with an IPC channel gets it as a message).
 * SIGTERM, SIGINT or a vanished parent stop it: it takes no more, finishes what runs and exits 0. A
 * second signal, or SHUTDOWN_TIMEOUT_MS, ends it at once with 1.
 */
export async function runApp(
  name: string,
  start: (config: Config, logger: Logger) => Promise<RunningApp>,
): Promise<void> {
  let logger = createLogger(name, 'info');
  process.on('unhandledRejection', (error) => {
    logger.fatal({ err: error }, 'unhandled rejection');
    process.exit(1);
  });
  try {
    const config = loadConfig(process.env);
    logger = createLogger(name, config.LOG_LEVEL);
    const stopTracing = await startTracing(name, config);
    const running = await start(config, logger);
    if (stopTracing !== null) running.release = [...running.release, stopTracing];
    stopOnSignal(running, config.SHUTDOWN_TIMEOUT_MS, logger);
    await running.app.listen({ host: running.host, port: running.port });
    const address = running.app.getHttpServer().address();
    const port = typeof address === 'object' && address !== null ? address.port : running.port;
    const listening = { host: running.host, port };
    // Told even when LOG_LEVEL hides the rest: whoever starts the process needs the port.
    createLogger(name, 'info').info(listening, 'listening');
    process.send?.({ event: 'listening', app: name, ...listening });
  } catch (error) {
    reportStartFailure(error, logger);
    process.exit(1);
  }
}

function reportStartFailure(error: unknown, logger: Logger): void {
  if (error instanceof DomainError) logger.fatal({ code: error.code }, error.message);
  else if (isConnectionError(error))
    logger.fatal(
      { err: error },
      'Postgres or Redis cannot be reached: see DATABASE_URL and REDIS_URL, and that both run',
    );
  else if (
    error instanceof Error &&
    error.message.includes('does not exist in the current database')
  )
    logger.fatal({ err: error }, 'the database is not set up: run the set-up first');
  else logger.fatal({ err: error }, 'could not start');
}

function stopOnSignal(running: RunningApp, timeoutMs: number, logger: Logger): void {
  let stopping = false;
  const stop = (reason: string): void => {
    if (stopping) {
      logger.warn({ reason }, 'told to stop again: exiting at once');
      process.exit(1);
    }
    stopping = true;
    logger.info({ reason }, 'stopping');
    setTimeout(() => {
      logger.warn({ timeoutMs }, 'did not finish in time: exiting');
      process.exit(1);
    }, timeoutMs).unref();
    closeAll(running, logger).then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  if (process.connected) process.on('disconnect', () => stop('parent went away'));
}

async function closeAll({ app, release }: RunningApp, logger: Logger): Promise<void> {
  await app.close();
  for (const step of release) await step();
  logger.info('stopped');
}
