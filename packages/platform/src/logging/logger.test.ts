import { describe, expect, it } from '@jest/globals';
import { runFrom } from '../telemetry/origin.js';
import { createLogger, NestLogger } from './logger.js';

function capture(level: string) {
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger('gateway', level, {
    write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>),
  });
  return { lines, logger };
}

describe('createLogger', () => {
  it('writes the app and a level by name', () => {
    const { lines, logger } = capture('info');
    logger.info({ port: 3000 }, 'listening');
    expect(lines).toEqual([
      expect.objectContaining({ app: 'gateway', level: 'info', port: 3000, msg: 'listening' }),
    ]);
  });

  it('keeps secrets and query texts out, at some depth too', () => {
    const { lines, logger } = capture('info');
    logger.info({ headers: { authorization: 'Bearer zr_1' }, job: { data: { text: 'my words' } } });
    expect(JSON.stringify(lines)).not.toMatch(/zr_1|my words/);
  });
});

describe('createLogger, of errors', () => {
  it('tells type, message, frames and causes, and none of their other properties', () => {
    const { lines, logger } = capture('info');
    const cause = Object.assign(new TypeError('inner'), { detail: 'Failing row: my words' });
    const error = new Error('key zr_0123456789 is bad', { cause });
    logger.error({ err: Object.assign(error, { code: 'E1', detail: 'my words' }) }, 'failed');
    expect(lines).toEqual([
      expect.objectContaining({
        err: {
          type: 'Error',
          message: 'key [redacted] is bad',
          code: 'E1',
          stack: expect.stringMatching(/^\s+at /),
          cause: { type: 'TypeError', message: 'inner', stack: expect.any(String) },
        },
      }),
    ]);
    expect(JSON.stringify(lines)).not.toContain('my words');
  });

  it('keeps the arguments out that Prisma prints', () => {
    const { lines, logger } = capture('info');
    const error = new Error(
      '\nInvalid invocation:\n{ data: { x: "my words" } }\n\nArgument `y` is missing.',
    );
    error.name = 'PrismaClientValidationError';
    logger.error({ err: error });
    expect(lines[0]).toMatchObject({ err: { message: 'Argument `y` is missing.' } });
    expect(JSON.stringify(lines)).not.toContain('my words');
  });
});

describe('createLogger, within a request', () => {
  it('adds the id of the request, and nothing outside of one', () => {
    const { lines, logger } = capture('info');
    runFrom({ requestId: 'req_1' }, () => {
      logger.info('inside');
      runFrom({}, () => logger.info('work of nobody'));
    });
    logger.info('outside');
    expect(lines.map(({ msg, requestId }) => [msg, requestId])).toEqual([
      ['inside', 'req_1'],
      ['work of nobody', undefined],
      ['outside', undefined],
    ]);
  });
});

describe('NestLogger', () => {
  it('keeps the context that Nest passes last, and quiets its chatter', () => {
    const { lines, logger } = capture('info');
    const nest = new NestLogger(logger);
    nest.log('Nest application started', 'NestApplication');
    nest.error(new Error('boom'), 'ExceptionsHandler');
    expect(lines).toEqual([
      expect.objectContaining({ level: 'error', context: 'ExceptionsHandler', msg: 'boom' }),
    ]);
  });
});
