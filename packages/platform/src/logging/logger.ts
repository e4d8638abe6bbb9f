import { pino } from 'pino';
import type { DestinationStream, LogFn, Logger } from 'pino';
import type { LoggerService } from '@nestjs/common';
import { currentRequestId } from '../telemetry/origin.js';
import { currentSpanContext } from '../telemetry/tracing.js';
import { describeError } from './describe-error.js';
import { redactFields, redactSecrets } from './redact.js';

export type { Logger } from 'pino';

/**
 * One JSON object a line on stdout, each with the name of the app and, within a request, the ids of the request and of its
 * trace. What looks like a secret or like text of people is blanked, whoever logs it.
 */
export function createLogger(
  app: string,
  level: string,
  destination: DestinationStream = pino.destination({ fd: 1, sync: true }),
): Logger {
  return pino(
    {
      level,
      base: { app, pid: process.pid },
      mixin: originFields,
      mixinMergeStrategy: (fields, ofOrigin) => ({ ...ofOrigin, ...fields }),
      serializers: { err: (error: unknown) => describeError(error) },
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => redactFields(fields) as Record<string, unknown>,
      },
      hooks: { logMethod: sayWhat, streamWrite: redactSecrets },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    destination,
  );
}

/** Without a message pino would write that of the error, which may speak of anything. */
function sayWhat(this: Logger, args: Parameters<LogFn>, method: LogFn): void {
  const [fields, message] = args as unknown[];
  const error = fields instanceof Error ? fields : (fields as { err?: unknown } | null)?.err;
  if (message === undefined && error instanceof Error)
    method.call(
      this,
      fields instanceof Error ? { err: error } : fields,
      describeError(error).message,
    );
  else method.apply(this, args);
}

function originFields(): Record<string, string> {
  const requestId = currentRequestId();
  const span = currentSpanContext();
  return {
    ...(requestId === undefined ? {} : { requestId }),
    ...(span === undefined ? {} : { traceId: span.traceId, spanId: span.spanId }),
  };
}

/** Sends what Nest itself logs through pino. Its own start-up chatter counts as debug. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }
  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }
  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }
  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }
  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }
  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  /** Nest passes the name of the speaking class as the last argument. */
  private write(
    level: 'trace' | 'debug' | 'warn' | 'error' | 'fatal',
    message: unknown,
    rest: unknown[],
  ): void {
    const context = rest.at(-1);
    const fields = typeof context === 'string' ? { context } : {};
    if (message instanceof Error) this.logger[level]({ ...fields, err: message });
    else this.logger[level](fields, String(message));
  }
}
